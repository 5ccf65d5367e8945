package fringe.imagej;

import fringe.FringeException;
import fringe.Segmentation;
import ij.IJ;
import ij.ImagePlus;
import ij.gui.ImageRoi;
import ij.gui.Overlay;
import ij.process.ColorProcessor;
import java.awt.Rectangle;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The threshold seen while it is chosen: the network runs once over the current slice, on a thread of its own, and what
 * comes out is kept, for the result too; a moved slider labels it anew. The image's own overlay comes back in the end.
 */
final class Preview {
    private static final int COLOUR = 0xffd000;
    private static final double OPACITY = 0.4;

    private final ImagePlus image;
    private final Overlay before;
    private final ExecutorService worker = Executors.newSingleThreadExecutor();
    private final AtomicReference<Settings> wanted = new AtomicReference<>();
    private Segmentation kept;
    private String keptKey = "";
    private volatile Monitor running;

    Preview(ImagePlus image) {
        this.image = image;
        before = image.getOverlay();
    }

    /** Called on the event thread, which never waits: only the newest settings are worked on. */
    void show(Settings settings, boolean visible) {
        Settings next = visible ? settings : null;
        wanted.set(next);
        if (!visible) stop();
        worker.execute(() -> {
            if (wanted.get() == next) update(next);
        });
    }

    private void update(Settings settings) {
        if (settings == null) {
            image.setOverlay(before);
            return;
        }
        try {
            String key = keyOf(settings);
            if (!key.equals(keptKey)) {
                free();
                try (Monitor monitor = new Monitor(image.getTitle())) {
                    running = monitor;
                    kept = Segmenter.segmentSlice(image, settings, monitor);
                } finally {
                    running = null;
                }
                keptKey = key;
            }
            draw(settings.threshold);
        } catch (FringeException e) {
            IJ.showStatus("Fringe: no preview: " + e.getMessage());
        }
    }

    private String keyOf(Settings settings) {
        return settings.probabilityKey() + '\n' + image.getCurrentSlice() + '\n' + image.getRoi();
    }

    private void relabel(double threshold) {
        boolean masks = kept.kind() == Segmentation.Kind.MASK || kept.kind() == Segmentation.Kind.MASKS;
        if (masks) kept.setThreshold(threshold);
    }

    private void draw(double threshold) {
        Segmentation.Kind kind = kept.kind();
        if (kind == Segmentation.Kind.VALUES) return;
        relabel(threshold);
        byte[] labels = kept.labels(0);
        int[] colours = new int[labels.length];
        for (int i = 0; i < labels.length; i++) colours[i] = labels[i] == 0 ? 0 : COLOUR;
        Rectangle bounds = Slices.boundsOf(image);
        ImageRoi drawn = new ImageRoi(bounds.x, bounds.y, new ColorProcessor(kept.width(), kept.height(), colours));
        drawn.setZeroTransparent(true);
        drawn.setOpacity(OPACITY);
        image.setOverlay(new Overlay(drawn));
    }

    /** Stops a network that runs. */
    private void stop() {
        Monitor monitor = running;
        if (monitor != null) monitor.cancel();
    }

    private void free() {
        if (kept != null) kept.close();
        kept = null;
        keptKey = "";
    }

    /**
     * Ends the thread and gives the overlay back. Returns what the network made of the current slice where that is what
     * these settings ask for, for the caller to close; null otherwise, and for null.
     */
    Segmentation close(Settings settings) {
        wanted.set(null);
        stop();
        worker.execute(() -> image.setOverlay(before));
        worker.shutdown();
        try {
            worker.awaitTermination(1, java.util.concurrent.TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null; // the thread may still use it
        }
        if (settings == null || settings.stack || !keyOf(settings).equals(keptKey)) {
            free();
            return null;
        }
        relabel(settings.threshold);
        return kept;
    }
}
