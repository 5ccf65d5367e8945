package fringe.imagej;

import fringe.Listener;
import fringe.Run;
import ij.IJ;
import java.awt.Component;
import java.awt.Dialog;
import java.awt.GraphicsEnvironment;
import java.awt.KeyEventDispatcher;
import java.awt.KeyboardFocusManager;
import java.awt.event.KeyEvent;
import java.util.LinkedHashSet;
import java.util.Set;
import javax.swing.SwingUtilities;

/**
 * A run under ImageJ's eyes: its progress bar, its Esc key, notices in its log. The key stops the run before any window
 * sees it, so that no block of rows begins after it; in a dialog it closes the dialog and nothing else. What other code
 * told ImageJ of the key is heard with the progress.
 */
final class Monitor implements Listener, KeyEventDispatcher, AutoCloseable {
    final Run run;
    private final String title;
    private final Set<String> notices = new LinkedHashSet<>();
    private boolean escaped;
    private boolean done;
    private int part;
    private int parts = 1;

    Monitor(String title) {
        this.title = title;
        IJ.resetEscape();
        listenToKeys(true);
        Run made = null;
        try {
            made = new Run(0, this); // the first one waits until the library is unpacked and loaded
        } finally {
            if (made == null) listenToKeys(false);
        }
        synchronized (this) {
            run = made;
            if (escaped) run.cancel();
        }
    }

    private void listenToKeys(boolean begin) {
        if (GraphicsEnvironment.isHeadless()) return;
        KeyboardFocusManager keyboard = KeyboardFocusManager.getCurrentKeyboardFocusManager();
        if (begin) keyboard.addKeyEventDispatcher(this);
        else keyboard.removeKeyEventDispatcher(this);
    }

    /** The work now beginning is number `index` of `count` equal parts. */
    void part(int index, int count) {
        part = index;
        parts = count;
        IJ.showStatus("Fringe: " + title + (count > 1 ? " " + (index + 1) + "/" + count : ""));
    }

    @Override
    public void progress(Run current, long units, long total) {
        if (IJ.escapePressed()) cancel();
        IJ.showProgress((part + (double) units / total) / parts);
    }

    @Override
    public void notice(Run current, String name, String text) {
        if (notices.add(name + text)) IJ.log("Fringe: " + title + ": " + text);
    }

    @Override
    public boolean dispatchKeyEvent(KeyEvent event) {
        boolean escape = event.getID() == KeyEvent.KEY_PRESSED && event.getKeyCode() == KeyEvent.VK_ESCAPE;
        if (escape && !isInDialog(event.getComponent())) cancel();
        return false; // others may have it too
    }

    private static boolean isInDialog(Component component) {
        return component instanceof Dialog || SwingUtilities.getWindowAncestor(component) instanceof Dialog;
    }

    /** Stops the run, from any thread; nothing once it is closed. */
    synchronized void cancel() {
        escaped = true;
        if (run != null && !done) run.cancel();
    }

    @Override
    public void close() {
        listenToKeys(false);
        synchronized (this) {
            done = true; // the event thread may still be on its way to cancel
        }
        IJ.showProgress(1.0);
        run.close();
    }
}
