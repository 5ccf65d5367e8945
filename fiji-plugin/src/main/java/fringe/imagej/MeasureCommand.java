package fringe.imagej;

import fringe.FaultModel;
import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.plugin.PlugIn;

/** Plugins>Fringe>Fringe Measure...: a row for each particle of the current mask, class map or label image. */
public class MeasureCommand implements PlugIn {
    private static final String TITLE = "Fringe Measure";

    @Override
    public void run(String argument) {
        String options = Macro.getOptions(); // before any dialog is built
        ImagePlus labels = IJ.getImage();
        Commands.run(TITLE, labels, () -> {
            if (options != null) measure(labels, options);
            else MeasureDialog.run(labels, TITLE, false);
        });
    }

    /** For macros without windows: the current image; rows go to ImageJ's table. Returns their number. */
    public static String call(String options) {
        return Integer.toString(show(IJ.getImage(), MeasureSettings.parse(options), false));
    }

    static void measure(ImagePlus labels, String options) {
        show(labels, MeasureSettings.parse(options), false);
    }

    /** Measures, classifies on request, and shows what was asked for. Returns how many particles there are. */
    static int show(ImagePlus labels, MeasureSettings settings, boolean classify) {
        ImagePlus image = OpenImages.lock(settings.image, "image"), probability = null;
        Measurer.Result result;
        try (Monitor monitor = new Monitor(labels.getTitle())) {
            probability = OpenImages.lock(settings.probability, "probability");
            try (FaultModel faults = classify ? Forests.load(settings.forest, settings.phases, monitor.run) : null) {
                result = Measurer.measure(labels, image, probability, settings, faults, monitor);
            }
        } finally {
            if (image != null) image.unlock();
            if (probability != null) probability.unlock();
        }
        Outlines.show(image == null ? labels : image, result.found, settings.overlay, settings.roiManager);
        if (result.labels != null) result.labels.show();
        return result.found.table.size();
    }
}
