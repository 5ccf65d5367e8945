package fringe.imagej;

import fringe.FringeArgumentException;
import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.plugin.PlugIn;

/** Plugins>Fringe>Fringe Classify...: like "Fringe Measure...", and tells which particles have stacking faults or twins. */
public class ClassifyCommand implements PlugIn {
    private static final String TITLE = "Fringe Classify";

    @Override
    public void run(String argument) {
        String options = Macro.getOptions(); // before any dialog is built
        ImagePlus labels = IJ.getImage();
        Commands.run(TITLE, labels, () -> {
            if (options != null) classify(labels, options);
            else MeasureDialog.run(labels, TITLE, true);
        });
    }

    /** For macros without windows: the current image; rows go to ImageJ's table. Returns their number. */
    public static String call(String options) {
        return Integer.toString(show(IJ.getImage(), MeasureSettings.parse(options)));
    }

    static void classify(ImagePlus labels, String options) {
        show(labels, MeasureSettings.parse(options));
    }

    static int show(ImagePlus labels, MeasureSettings settings) {
        if (settings.image.isEmpty())
            throw new FringeArgumentException("image: faults are seen in the micrograph: image=[its title]");
        return MeasureCommand.show(labels, settings, true);
    }
}
