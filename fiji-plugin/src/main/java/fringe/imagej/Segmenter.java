package fringe.imagej;

import fringe.Library;
import fringe.Micrograph;
import fringe.Model;
import fringe.ModelInfo;
import fringe.SegmentOptions;
import fringe.Segmentation;
import ij.ImagePlus;
import ij.gui.Overlay;

/** Applies a model to an ImagePlus, slice by slice. Needs no window. */
final class Segmenter {
    private Segmenter() {
    }

    /** What came out. Images that were not asked for are null; so are rois, which belong to the input's own grid. */
    static final class Result {
        ImagePlus labels;
        ImagePlus probability;
        Overlay rois;
    }

    /** A FringeCancelledException leaves nothing behind. */
    static Result segment(ImagePlus image, Settings settings) {
        return segment(image, settings, null);
    }

    /** The same with what the network made of the current slice already, where that is all; null where it is not. */
    static Result segment(ImagePlus image, Settings settings, Segmentation kept) {
        try (Monitor monitor = new Monitor(image.getTitle());
                Models.Loaded loaded = Models.use(settings.model, monitor.run)) {
            return segment(image, settings, loaded.model, monitor, kept);
        }
    }

    /** The current slice alone, for a preview: the caller closes it. */
    static Segmentation segmentSlice(ImagePlus image, Settings settings, Monitor monitor) {
        try (Models.Loaded loaded = Models.use(settings.model, monitor.run); Slices slices = new Slices(image)) {
            Micrograph micrograph = slices.at(image.getZ(), image.getT());
            return Segmentation.of(loaded.model, micrograph, 0, settings.options(), monitor.run);
        }
    }

    private static Result segment(ImagePlus image, Settings settings, Model model, Monitor monitor,
            Segmentation kept) {
        boolean all = settings.stack && image.getNSlices() * image.getNFrames() > 1;
        int depth = all ? image.getNSlices() : 1, times = all ? image.getNFrames() : 1;
        SegmentOptions options = settings.options().labelsOnly(!settings.probability);
        Outputs outputs = new Outputs(image, settings, describe(model.info(), settings), depth, times);
        try (Slices slices = new Slices(image)) {
            if (kept != null) {
                outputs.add(kept, image.getZ(), image.getT(), slices.bounds);
                return outputs.result();
            }
            for (int t = 1; t <= times; t++) {
                for (int z = 1; z <= depth; z++) {
                    monitor.part((t - 1) * depth + z - 1, depth * times);
                    Micrograph micrograph = slices.at(all ? z : image.getZ(), all ? t : image.getT());
                    try (Segmentation made = Segmentation.of(model, micrograph, 0, options, monitor.run)) {
                        outputs.add(made, all ? z : image.getZ(), all ? t : image.getT(), slices.bounds);
                    }
                }
            }
        }
        return outputs.result();
    }

    /** What a result's Info says of its making. */
    static String describe(ModelInfo info, Settings settings) {
        return "Fringe: " + Library.version() + ", instruction path " + Library.cpuPath() + "\nFringe model: " + info.name()
                + " " + info.version() + ", sha256 " + info.sha256() + "\nFringe threshold: " + settings.threshold
                + ", normalize: " + settings.normalize + (settings.mirror ? ", mirror" : "") + "\n";
    }
}
