package fringe.imagej;

import fringe.Listener;
import fringe.Run;
import ij.IJ;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A run under ImageJ's eyes: its progress bar, its Esc key, notices in its log. A watcher of its own looks for the key,
 * so that the run hears of it within 50 ms, wherever it is.
 */
final class Monitor implements Listener, AutoCloseable {
    private static final int LOOK_MS = 20;
    final Run run = new Run(0, this);
    private final String title;
    private final Set<String> notices = new LinkedHashSet<>();
    private final Thread watcher = new Thread(this::watch, "fringe-escape");
    private volatile boolean done;
    private int part;
    private int parts = 1;

    Monitor(String title) {
        this.title = title;
        IJ.resetEscape();
        watcher.setDaemon(true);
        watcher.start();
    }

    /** The work now beginning is number `index` of `count` equal parts. */
    void part(int index, int count) {
        part = index;
        parts = count;
        IJ.showStatus("Fringe: " + title + (count > 1 ? " " + (index + 1) + "/" + count : ""));
    }

    @Override
    public void progress(Run current, long units, long total) {
        IJ.showProgress((part + (double) units / total) / parts);
    }

    @Override
    public void notice(Run current, String name, String text) {
        if (notices.add(name + text)) IJ.log("Fringe: " + title + ": " + text);
    }

    private void watch() {
        while (!done) {
            if (IJ.escapePressed()) {
                cancel();
                return;
            }
            IJ.wait(LOOK_MS);
        }
    }

    /** Stops the run, from any thread; nothing once it is closed. */
    synchronized void cancel() {
        if (!done) run.cancel();
    }

    @Override
    public void close() {
        synchronized (this) {
            done = true;
        }
        IJ.showProgress(1.0);
        run.close();
    }
}
