package fringe.imagej;

import fringe.FringeException;
import ij.IJ;
import ij.ImagePlus;
import ij.gui.ImageCanvas;
import ij.gui.Toolbar;
import ij.plugin.frame.Recorder;
import java.awt.event.MouseAdapter;
import java.awt.event.MouseEvent;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A click on a particle shows its spectrum. Only a plain, short click of the tools to which one means nothing: rectangle,
 * oval and hand; drags, other tools and ImageJ's own clicks (Alt, Ctrl, a long press, a double click) stay what they are.
 * It lives on the image's canvas and goes with its window.
 */
final class ParticleClicks extends MouseAdapter {
    /** From here on ImageJ selects the outline. */
    private static final long LONG_PRESS_MS = 250;

    private static final ExecutorService WORKER = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "Fringe Spectrum");
        thread.setDaemon(true);
        return thread;
    });
    private static final AtomicReference<MouseEvent> NEWEST = new AtomicReference<>();

    private final ImagePlus image;
    private long pressed;

    private ParticleClicks(ImagePlus image) {
        this.image = image;
    }

    /** Listens to an image, once; nothing where it has no window. */
    static void listenTo(ImagePlus image) {
        ImageCanvas canvas = image.getCanvas();
        if (canvas == null) return;
        for (Object listener : canvas.getMouseListeners()) if (listener instanceof ParticleClicks) return;
        canvas.addMouseListener(new ParticleClicks(image));
    }

    @Override
    public void mousePressed(MouseEvent event) {
        pressed = event.getWhen();
    }

    @Override
    public void mouseClicked(MouseEvent event) {
        FoundParticles found = FoundParticles.of(image);
        boolean shown = image.getOverlay() != null && !image.getHideOverlay();
        if (found == null || !shown || event.isConsumed() || !isPlain(event) || !isFree()) return;
        ImageCanvas canvas = (ImageCanvas) event.getComponent();
        int x = canvas.offScreenX(event.getX()), y = canvas.offScreenY(event.getY());
        if (found.at(x, y, image.getZ(), image.getT()) == null) return;
        NEWEST.set(event);
        WORKER.execute(() -> {
            if (NEWEST.compareAndSet(event, null)) show(x, y); // the event would hold the image
        });
    }

    private boolean isPlain(MouseEvent event) {
        boolean keys = event.isAltDown() || event.isControlDown() || event.isShiftDown() || event.isMetaDown();
        boolean brief = event.getWhen() - pressed < LONG_PRESS_MS;
        return event.getButton() == MouseEvent.BUTTON1 && event.getClickCount() == 1 && !keys && brief && !IJ.spaceBarDown();
    }

    /** Whether the chosen tool does nothing with a click. */
    private static boolean isFree() {
        int tool = Toolbar.getToolId();
        boolean oval = tool == Toolbar.OVAL && Toolbar.getBrushSize() == 0;
        return Toolbar.getPlugInTool() == null && (tool == Toolbar.RECTANGLE || tool == Toolbar.HAND || oval);
    }

    private void show(int x, int y) {
        if (!image.lockSilently()) {
            IJ.showStatus("Fringe: another command works on " + image.getTitle());
            return;
        }
        try {
            SpectrumWindow.show(SpectrumCommand.of(image, x, y), image);
            record(x, y);
        } catch (FringeException e) {
            IJ.showStatus("Fringe: " + e.getMessage());
        } finally {
            image.unlock();
        }
    }

    private static void record(int x, int y) {
        if (!Recorder.record) return;
        String words = "\"Fringe Spectrum...\", \"x=" + x + " y=" + y + "\");";
        if (Recorder.scriptMode()) Recorder.recordCall("IJ.run(imp, " + words);
        else Recorder.recordString("run(" + words + "\n");
    }
}
