package fringe.imagej;

import fringe.FaultModel;
import fringe.FringeArgumentException;
import fringe.Micrograph;
import fringe.MicrographInfo;
import fringe.Model;
import fringe.SegmentOptions;
import fringe.Segmentation;
import ij.ImagePlus;

/** The whole way over an ImagePlus, slice by slice: a model's mask, its particles, their classes. Needs no window. */
final class Analyzer {
    private final ImagePlus image;
    private final AnalyzeSettings settings;
    private final Monitor monitor;

    /** What came out. Images that were not asked for are null. */
    static final class Result {
        final ParticleFinder found;
        final Segmenter.Result images;
        final ImagePlus labels;

        Result(ParticleFinder found, Segmenter.Result images, ImagePlus labels) {
            this.found = found;
            this.images = images;
            this.labels = labels;
        }
    }

    private Analyzer(ImagePlus image, AnalyzeSettings settings, Monitor monitor) {
        this.image = image;
        this.settings = settings;
        this.monitor = monitor;
    }

    /** A FringeCancelledException leaves nothing behind. */
    static Result analyze(ImagePlus image, AnalyzeSettings settings) {
        try (Monitor monitor = new Monitor(image.getTitle());
                Models.Loaded loaded = Models.use(settings.segment.model, monitor.run);
                FaultModel faults = settings.loadFaults(monitor.run)) {
            return new Analyzer(image, settings, monitor).analyze(loaded.model, faults);
        }
    }

    private Result analyze(Model model, FaultModel faults) {
        boolean all = settings.segment.stack && image.getNSlices() * image.getNFrames() > 1;
        int depth = all ? image.getNSlices() : 1, times = all ? image.getNFrames() : 1;
        Settings segment = settings.segment;
        segment.overlay = segment.roiManager = false; // outlines are those of the particles
        SegmentOptions options = segment.options().labelsOnly(!segment.probability);
        Outputs outputs = new Outputs(image, segment, Segmenter.describe(model.info(), segment), depth, times);
        try (Slices slices = new Slices(image)) {
            ParticleFinder finder = null;
            for (int t = 1; t <= times; t++)
                for (int z = 1; z <= depth; z++) {
                    int zOfImage = all ? z : image.getZ(), tOfImage = all ? t : image.getT();
                    monitor.part((t - 1) * depth + z - 1, depth * times);
                    Micrograph micrograph = slices.at(zOfImage, tOfImage);
                    boolean calibrated = settings.measure.pixelSize > 0 || micrograph.info().pixelSizeX() > 0;
                    if (finder == null) finder = new ParticleFinder(image, image, slices.bounds, task(faults, calibrated));
                    try (Segmentation made = Segmentation.of(model, micrograph, 0, options, monitor.run)) {
                        find(finder, made, micrograph, zOfImage, tOfImage);
                        outputs.add(made, zOfImage, tOfImage, slices.bounds);
                    }
                }
            return new Result(finder, outputs.result(), finder.labels(depth, times));
        }
    }

    private ParticleFinder.Task task(FaultModel faults, boolean calibrated) {
        MeasureSettings measure = settings.measure;
        ParticleFinder.Task task = new ParticleFinder.Task(measure, faults);
        if (!calibrated && (measure.minDiameter > 0 || measure.maxDiameter > 0)) {
            task.options.minDiameter(0).maxDiameter(0);
            monitor.notice(monitor.run, "calibration", "without a pixel size particles are not limited in nm");
        }
        return task;
    }

    private void find(ParticleFinder finder, Segmentation made, Micrograph micrograph, int z, int t) {
        boolean mask = made.kind() == Segmentation.Kind.MASK;
        if (!mask && made.kind() != Segmentation.Kind.CLASSES)
            throw new FringeArgumentException("the model " + settings.segment.model
                    + " gives neither one mask nor classes, in which particles could be found");
        int height = made.height(), width = made.width();
        boolean rated = mask && settings.segment.probability;
        MicrographInfo info = micrograph.info();
        try (Micrograph values = Micrograph.of(made.labels(0), 0, 1, height, width);
                Micrograph map = rated ? Micrograph.of(made.probability(made.foreground()), 0, 1, height, width) : null) {
            if (info.pixelSizeX() > 0) values.setPixelSize(info.pixelSizeX(), info.pixelSizeY());
            finder.add(values, micrograph, map, z, t, monitor.run);
        }
    }
}
