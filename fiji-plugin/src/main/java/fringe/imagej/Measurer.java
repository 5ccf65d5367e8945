package fringe.imagej;

import fringe.FringeArgumentException;
import fringe.Micrograph;
import fringe.MicrographInfo;
import fringe.Particles;
import fringe.ParticlesOptions;
import ij.ImagePlus;
import ij.ImageStack;
import ij.gui.Overlay;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import ij.process.ShortProcessor;
import java.awt.Rectangle;
import java.util.ArrayList;
import java.util.List;

/** Finds and measures the particles of an image of labels, slice by slice. Needs no window. */
final class Measurer {
    private static final int MOST_OF_16_BITS = 65535;

    private final ImagePlus labels;
    private final ImagePlus image;
    private final ImagePlus probability;
    private final MeasureSettings settings;
    private final boolean all;
    private final Result result = new Result();
    private final List<int[]> planes = new ArrayList<>();
    private int most;

    /** What came out. Labels that were not asked for are null. */
    static final class Result {
        final ParticleTable table = new ParticleTable();
        final Overlay rois = new Overlay();
        ImagePlus labels;
    }

    private Measurer(ImagePlus labels, ImagePlus image, ImagePlus probability, MeasureSettings settings) {
        this.labels = labels;
        this.image = image;
        this.probability = probability;
        this.settings = settings;
        all = settings.stack && countOf(labels) > 1;
    }

    /** A FringeCancelledException leaves nothing behind. `image` and `probability` may be null. */
    static Result measure(ImagePlus labels, ImagePlus image, ImagePlus probability, MeasureSettings settings) {
        try (Monitor monitor = new Monitor(labels.getTitle())) {
            return new Measurer(labels, image, probability, settings).measure(monitor);
        }
    }

    private static int countOf(ImagePlus image) {
        return image.getNSlices() * image.getNFrames();
    }

    private Result measure(Monitor monitor) {
        check(image, "image");
        check(probability, "probability");
        Rectangle bounds = Slices.boundsOf(labels);
        int depth = all ? labels.getNSlices() : 1, times = all ? labels.getNFrames() : 1;
        try (Slices own = new Slices(labels, bounds, true); Slices grey = slices(image, bounds);
                Slices map = slices(probability, bounds)) {
            for (int t = 1; t <= times; t++)
                for (int z = 1; z <= depth; z++) {
                    monitor.part((t - 1) * depth + z - 1, depth * times);
                    measure(own, grey, map, all ? z : labels.getZ(), all ? t : labels.getT(), monitor);
                }
        }
        if (settings.labels) result.labels = labels(depth, times);
        return result;
    }

    /** Sizes are compared here too: a selection cuts all images alike. */
    private void check(ImagePlus beside, String key) {
        if (beside == null) return;
        if (beside.getWidth() != labels.getWidth() || beside.getHeight() != labels.getHeight())
            throw new FringeArgumentException(key + ": " + beside.getTitle() + " is " + beside.getWidth() + " x "
                    + beside.getHeight() + " pixels, the labels of " + labels.getTitle() + " " + labels.getWidth() + " x "
                    + labels.getHeight());
        boolean alike = beside.getNSlices() == labels.getNSlices() && beside.getNFrames() == labels.getNFrames();
        if (!alike)
            throw new FringeArgumentException(key + ": " + beside.getTitle() + " has " + countOf(beside)
                    + " slices, the labels of " + labels.getTitle() + " " + countOf(labels));
    }

    private static Slices slices(ImagePlus beside, Rectangle bounds) {
        return beside == null ? null : new Slices(beside, bounds, false);
    }

    private void measure(Slices own, Slices grey, Slices map, int z, int t, Monitor monitor) {
        ParticlesOptions options = settings.options();
        Micrograph values = own.at(z, t), greys = grey == null ? null : grey.at(z, t);
        if (planes.isEmpty() && result.rois.size() == 0) setOrigin(own.bounds, values, greys);
        try (Particles found = Particles.find(values, greys, map == null ? null : map.at(z, t), 0, options, monitor.run)) {
            boolean channels = image != null && image.getNChannels() > 1;
            int slice = countOf(labels) > 1 ? (t - 1) * labels.getNSlices() + z : 0;
            result.table.add(found, labels.getTitle(), slice, channels ? settings.channel : 0);
            ImagePlus target = image == null ? labels : image;
            if (settings.overlay || settings.roiManager)
                for (int i = 0; i < found.count(); i++) result.rois.add(Outlines.of(found, i, target, own.bounds, z, t));
            if (settings.labels) planes.add(found.labels());
            most = Math.max(most, found.count());
        }
    }

    /** A length's unit is that of the labels' pixels, else of the image's, as the library takes it. */
    private void setOrigin(Rectangle bounds, Micrograph values, Micrograph greys) {
        MicrographInfo own = values.info(), other = greys == null ? own : greys.info();
        MicrographInfo known = own.pixelSizeX() > 0 ? own : other;
        boolean calibrated = known.pixelSizeX() > 0;
        double width = settings.pixelSize > 0 ? settings.pixelSize : calibrated ? known.pixelSizeX() : 1;
        double height = settings.pixelSize > 0 ? settings.pixelSize : calibrated ? known.pixelSizeY() : 1;
        result.table.setOrigin(bounds.x, bounds.y, width, height);
    }

    private ImagePlus labels(int depth, int times) {
        Rectangle bounds = Slices.boundsOf(labels);
        ImageStack stack = new ImageStack(bounds.width, bounds.height);
        for (int i = 0; i < planes.size(); i++) {
            int z = all ? i % depth + 1 : labels.getZ(), t = all ? i / depth + 1 : labels.getT();
            stack.addSlice(labels.getStack().getSliceLabel(labels.getStackIndex(1, z, t)),
                    plane(planes.get(i), bounds.width, bounds.height));
        }
        String stem = Outputs.stem(labels.getTitle());
        ImagePlus made = new ImagePlus(stem + "-labels", stack);
        made.setDimensions(1, depth, times);
        made.setOpenAsHyperStack(depth > 1 && times > 1);
        ij.measure.Calibration calibration = labels.getCalibration().copy();
        calibration.disableDensityCalibration();
        made.setCalibration(calibration);
        made.setLut(ClassColours.table());
        made.setDisplayRange(0, Math.max(1, most));
        return made;
    }

    private ImageProcessor plane(int[] numbers, int width, int height) {
        ImageProcessor plane = most > MOST_OF_16_BITS ? new FloatProcessor(width, height) : new ShortProcessor(width, height);
        for (int i = 0; i < numbers.length; i++) plane.setf(i, numbers[i]);
        return plane;
    }
}
