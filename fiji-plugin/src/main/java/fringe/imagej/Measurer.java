package fringe.imagej;

import fringe.FaultModel;
import fringe.FringeArgumentException;
import ij.ImagePlus;
import java.awt.Rectangle;

/** Measures the particles of an image of labels, slice by slice, and classifies them where that is asked for. Needs no window. */
final class Measurer {
    /** What came out. Labels that were not asked for are null. */
    static final class Result {
        final ParticleFinder found;
        final ImagePlus labels;

        Result(ParticleFinder found, ImagePlus labels) {
            this.found = found;
            this.labels = labels;
        }
    }

    private Measurer() {
    }

    /** A FringeCancelledException leaves nothing behind. `image`, `probability` and `faults` may be null. */
    static Result measure(ImagePlus labels, ImagePlus image, ImagePlus probability, MeasureSettings settings,
            FaultModel faults, Monitor monitor) {
        check(labels, image, "image");
        check(labels, probability, "probability");
        Rectangle bounds = Slices.boundsOf(labels);
        boolean all = settings.stack && countOf(labels) > 1;
        int depth = all ? labels.getNSlices() : 1, times = all ? labels.getNFrames() : 1;
        ParticleFinder finder = new ParticleFinder(labels, image == null ? labels : image, bounds,
                new ParticleFinder.Task(settings, faults));
        try (Slices own = new Slices(labels, bounds, true); Slices grey = slices(image, bounds);
                Slices map = slices(probability, bounds)) {
            for (int t = 1; t <= times; t++)
                for (int z = 1; z <= depth; z++) {
                    int zOfImage = all ? z : labels.getZ(), tOfImage = all ? t : labels.getT();
                    monitor.part((t - 1) * depth + z - 1, depth * times);
                    finder.add(own.at(zOfImage, tOfImage), grey == null ? null : grey.at(zOfImage, tOfImage),
                            map == null ? null : map.at(zOfImage, tOfImage), zOfImage, tOfImage, monitor.run);
                }
        }
        return new Result(finder, finder.labels(depth, times));
    }

    private static int countOf(ImagePlus image) {
        return image.getNSlices() * image.getNFrames();
    }

    /** Sizes are compared here too: a selection cuts all images alike. */
    private static void check(ImagePlus labels, ImagePlus beside, String key) {
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
}
