package fringe.imagej;

import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.measure.ResultsTable;
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
            else MeasureDialog.run(labels);
        });
    }

    static void measure(ImagePlus labels, String options) {
        measure(labels, MeasureSettings.parse(options));
    }

    /** For macros without windows: the current image; rows go to ImageJ's table. Returns their number. */
    public static String call(String options) {
        return Integer.toString(measure(IJ.getImage(), MeasureSettings.parse(options)));
    }

    /** Measures and shows what was asked for. Returns how many particles there are. */
    static int measure(ImagePlus labels, MeasureSettings settings) {
        ImagePlus image = OpenImages.lock(settings.image, "image"), probability = null;
        Measurer.Result result;
        try {
            probability = OpenImages.lock(settings.probability, "probability");
            result = Measurer.measure(labels, image, probability, settings);
        } finally {
            if (image != null) image.unlock();
            if (probability != null) probability.unlock();
        }
        if (settings.roiManager) Outlines.addToManager(result.rois);
        if (settings.overlay) Outlines.show(image == null ? labels : image, result.rois);
        ResultsTable table = ResultsTable.getResultsTable();
        result.table.appendTo(table);
        table.show("Results");
        if (result.labels != null) result.labels.show();
        return result.table.size();
    }
}
