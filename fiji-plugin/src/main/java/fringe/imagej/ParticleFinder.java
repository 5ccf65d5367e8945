package fringe.imagej;

import fringe.FaultModel;
import fringe.FaultRating;
import fringe.Micrograph;
import fringe.MicrographInfo;
import fringe.Particles;
import fringe.ParticlesOptions;
import fringe.Run;
import ij.ImagePlus;
import ij.ImageStack;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.measure.Calibration;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import ij.process.ShortProcessor;
import java.awt.Rectangle;
import java.util.ArrayList;
import java.util.List;

/** Finds, measures and classifies the particles of one slice after the other, and gathers what comes of it. */
final class ParticleFinder {
    private static final int MOST_OF_16_BITS = 65535;

    /** What is to be done with each slice. */
    static final class Task {
        final ParticlesOptions options;
        /** Instead of the calibration; 0: the calibration. */
        private final double pixelSize;
        /** Of the micrograph, from 1. */
        private final int channel;
        /** Null where particles are not classified. */
        private final FaultModel faults;
        /** The crystals that are possible: a file, "" for those that come with Fringe. */
        private final String phases;
        private final boolean rois;
        private final boolean labels;

        Task(MeasureSettings settings, FaultModel faults) {
            options = settings.options();
            pixelSize = settings.pixelSize;
            channel = settings.channel;
            this.faults = faults;
            phases = settings.phases;
            rois = settings.overlay || settings.roiManager;
            labels = settings.labels;
        }
    }

    /** Classes are groups, and planes are lines, in the overlay alone. */
    final Overlay rois = new Overlay();
    final Overlay planes = new Overlay();
    final ParticleTable table = new ParticleTable();
    /** For spectra; null where there are no ROIs or no grey values. */
    FoundParticles particles;
    private final ImagePlus source;
    private final ImagePlus target;
    private final Rectangle bounds;
    private final Task task;
    private final List<int[]> numbers = new ArrayList<>();
    private final List<String> sliceLabels = new ArrayList<>();
    private boolean begun;
    private int most;

    /** `source` gives the rows their label and the results their grid, of which `bounds` are looked at; ROIs belong to `target`. */
    ParticleFinder(ImagePlus source, ImagePlus target, Rectangle bounds, Task task) {
        this.source = source;
        this.target = target;
        this.bounds = bounds;
        this.task = task;
    }

    /** Adds a slice at z and t, both from 1. Grey values and probabilities may be null. */
    void add(Micrograph values, Micrograph greys, Micrograph map, int z, int t, Run run) {
        if (!begun) begin(values, greys);
        begun = true;
        try (Particles found = Particles.find(values, greys, map, 0, task.options, run)) {
            FaultRating[] ratings = task.faults == null ? null : task.faults.rate(greys, 0, task.channel - 1, found, run);
            int slices = source.getNSlices() * source.getNFrames();
            boolean channels = greys != null && greys.info().channelCount() > 1;
            table.add(found, ratings, source.getTitle(), slices > 1 ? (t - 1) * source.getNSlices() + z : 0,
                    channels ? task.channel : 0);
            if (task.rois) addRois(found, ratings, z, t);
            if (particles != null) particles.add(found, bounds, z, t);
            if (task.labels) {
                numbers.add(found.labels());
                sliceLabels.add(source.getStack().getSliceLabel(source.getStackIndex(1, z, t)));
            }
            most = Math.max(most, found.count());
        }
    }

    private void addRois(Particles found, FaultRating[] ratings, int z, int t) {
        for (int i = 0; i < found.count(); i++) {
            Roi roi = Outlines.of(found, i, target, bounds, z, t);
            if (ratings != null) {
                Outlines.rate(roi, ratings[i]);
                for (FaultRating.Line line : ratings[i].lines())
                    planes.add(Outlines.of(line, ratings[i], target, bounds, z, t));
            }
            rois.add(roi);
        }
    }

    /** A length's unit is that of the labels' pixels, else of the image's, as the library takes it. */
    private void begin(Micrograph values, Micrograph greys) {
        MicrographInfo own = values.info(), other = greys == null ? own : greys.info();
        MicrographInfo known = own.pixelSizeX() > 0 ? own : other;
        boolean calibrated = known.pixelSizeX() > 0;
        double width = task.pixelSize > 0 ? task.pixelSize : calibrated ? known.pixelSizeX() : 1;
        double height = task.pixelSize > 0 ? task.pixelSize : calibrated ? known.pixelSizeY() : 1;
        table.setOrigin(bounds.x, bounds.y, width, height);
        if (!task.rois || greys == null) return;
        particles = new FoundParticles(task.channel, task.faults, task.phases);
        if (calibrated || task.pixelSize > 0) particles.setPixelSize(width, height);
    }

    /** The image of all particles' numbers; null where it was not asked for. */
    ImagePlus labels(int depth, int times) {
        if (!task.labels) return null;
        ImageStack stack = new ImageStack(bounds.width, bounds.height);
        for (int i = 0; i < numbers.size(); i++) stack.addSlice(sliceLabels.get(i), plane(numbers.get(i)));
        ImagePlus made = new ImagePlus(Outputs.stem(source.getTitle()) + "-labels", stack);
        made.setDimensions(1, depth, times);
        made.setOpenAsHyperStack(depth > 1 && times > 1);
        Calibration calibration = source.getCalibration().copy();
        calibration.disableDensityCalibration();
        made.setCalibration(calibration);
        made.setLut(ClassColours.table());
        made.setDisplayRange(0, Math.max(1, most));
        return made;
    }

    private ImageProcessor plane(int[] labels) {
        ImageProcessor plane = most > MOST_OF_16_BITS ? new FloatProcessor(bounds.width, bounds.height)
                : new ShortProcessor(bounds.width, bounds.height);
        for (int i = 0; i < labels.length; i++) plane.setf(i, labels[i]);
        return plane;
    }
}
