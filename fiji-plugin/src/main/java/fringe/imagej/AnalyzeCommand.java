package fringe.imagej;

import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.gui.Plot;
import ij.plugin.PlugIn;

/** Plugins>Fringe>Fringe Analyze...: finds, measures and classifies the particles of the current micrograph. */
public class AnalyzeCommand implements PlugIn {
    private static final String TITLE = "Fringe Analyze";

    @Override
    public void run(String argument) {
        String options = Macro.getOptions(); // before any dialog is built
        ImagePlus image = IJ.getImage();
        Commands.run(TITLE, image, () -> {
            AnalyzeSettings settings = options == null ? AnalyzeDialog.ask(TITLE, image) : AnalyzeSettings.parse(options);
            if (settings != null) show(image, settings);
        });
    }

    /** For macros without windows: the current image; rows go to ImageJ's table. Returns their number. */
    public static String call(String options) {
        return Integer.toString(show(IJ.getImage(), AnalyzeSettings.parse(options)));
    }

    static void analyze(ImagePlus image, String options) {
        show(image, AnalyzeSettings.parse(options));
    }

    /** The mask comes last, so that it is the current image of a macro's next line. */
    private static int show(ImagePlus image, AnalyzeSettings settings) {
        Analyzer.Result result = Analyzer.analyze(image, settings);
        MeasureSettings measure = settings.measure;
        Outlines.show(image, result.found, measure.overlay, measure.roiManager);
        String title = Outputs.stem(image.getTitle()) + "-diameters";
        boolean withBorder = measure.border.equals("keep");
        Plot plot = settings.plot ? SummaryPlot.of(result.found.table, title, withBorder) : null;
        if (plot != null) plot.show();
        if (result.images.probability != null) result.images.probability.show();
        if (result.labels != null) result.labels.show();
        if (result.images.labels != null) result.images.labels.show();
        return result.found.table.size();
    }
}
