package fringe.imagej;

import fringe.Segmentation;
import ij.CompositeImage;
import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.gui.Overlay;
import ij.measure.Calibration;
import ij.process.ByteProcessor;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import java.awt.Rectangle;

/** Gathers the results of slices into images with the input's calibration, labels and order of dimensions. */
final class Outputs {
    private final ImagePlus image;
    private final Settings settings;
    private final String made;
    private final int depth;
    private final int times;
    private final Overlay rois = new Overlay();
    private Segmentation.Kind kind;
    private ImageStack labels;
    private ImageStack probability;

    Outputs(ImagePlus image, Settings settings, String made, int depth, int times) {
        this.image = image;
        this.settings = settings;
        this.made = made;
        this.depth = depth;
        this.times = times;
    }

    /** Adds a slice, in the order of ImageJ's stacks: channels, then z, then t. */
    void add(Segmentation slice, int z, int t, Rectangle bounds) {
        kind = slice.kind();
        String label = image.getStack().getSliceLabel(image.getStackIndex(1, z, t));
        boolean values = kind == Segmentation.Kind.VALUES;
        for (int plane = 0; plane < slice.planeCount(); plane++) {
            ByteProcessor pixels = new ByteProcessor(slice.width(), slice.height(), slice.labels(plane));
            if (settings.mask) labels = append(labels, label, pixels, slice.planeCount());
            if (settings.overlay || settings.roiManager) Outlines.add(rois, image, pixels, kind, plane, bounds, z, t);
        }
        if (settings.probability || values)
            for (int channel = 0; channel < slice.channelCount(); channel++)
                probability = append(probability, label,
                        new FloatProcessor(slice.width(), slice.height(), slice.probability(channel)), slice.channelCount());
    }

    Segmenter.Result result() {
        Segmenter.Result result = new Segmenter.Result();
        boolean classes = kind == Segmentation.Kind.CLASSES, values = kind == Segmentation.Kind.VALUES;
        if (labels != null) {
            result.labels = image(classes ? "-classes" : "-mask", labels, 0, 255);
            ImageProcessor shown = result.labels.getProcessor();
            if (classes) result.labels.setLut(ClassColours.table());
            else shown.setThreshold(255, 255, ImageProcessor.NO_LUT_UPDATE);
        }
        if (probability != null) {
            result.probability = image(values ? "-output" : "-probability", probability, 0, 1);
            if (values) result.probability.resetDisplayRange();
        }
        if (settings.overlay || settings.roiManager) result.rois = rois;
        return result;
    }

    private ImageStack append(ImageStack stack, String label, ImageProcessor pixels, int channels) {
        ImageStack longer = stack == null ? DiskStack.forPlanes(pixels, channels * depth * times) : stack;
        longer.addSlice(label, pixels);
        return longer;
    }

    private ImagePlus image(String ending, ImageStack stack, double min, double max) {
        ImagePlus made = new ImagePlus(stem(image.getTitle()) + ending, stack);
        int channels = stack.getSize() / (depth * times);
        made.setDimensions(channels, depth, times);
        if (stack.getSize() == 1) made.setProperty("Label", stack.getSliceLabel(1));
        Calibration calibration = image.getCalibration().copy();
        calibration.disableDensityCalibration();
        made.setCalibration(calibration);
        Object info = image.getProperty("Info");
        made.setProperty("Info", this.made + (info == null ? "" : info));
        made.setDisplayRange(min, max);
        if (channels > 1) {
            made = new CompositeImage(made, IJ.GRAYSCALE);
            made.setProperty("Info", this.made + (info == null ? "" : info));
        } else if (depth > 1 && times > 1) {
            made.setOpenAsHyperStack(true);
        }
        return made;
    }

    /** A title without the ending of a file's name. */
    static String stem(String title) {
        return title.replaceFirst("(?i)\\.(tiff?|png|jpe?g|gif|dm[34]|mrc|ser|emd)$", "");
    }
}
