package fringe.imagej;

import ij.ImagePlus;
import ij.gui.DialogListener;
import ij.gui.GenericDialog;
import java.awt.AWTEvent;
import java.util.Arrays;

/** Asks for the settings. Labels are the keys of macros: what ImageJ records is what MeasureSettings.parse reads. */
final class MeasureDialog implements DialogListener {
    private static MeasureSettings last = new MeasureSettings();

    private final ImagePlus labels;
    private final boolean stack;
    private final boolean classify;

    private MeasureDialog(ImagePlus labels, boolean classify) {
        this.labels = labels;
        this.classify = classify;
        this.stack = labels.getNSlices() * labels.getNFrames() > 1;
    }

    /** Asks, and measures or classifies unless the dialog was cancelled. */
    static void run(ImagePlus labels, String title, boolean classify) {
        MeasureDialog asked = new MeasureDialog(labels, classify);
        GenericDialog dialog = asked.build(title);
        dialog.showDialog();
        if (dialog.wasCanceled()) return;
        last = asked.read(dialog);
        if (classify) ClassifyCommand.show(labels, last);
        else MeasureCommand.show(labels, last, false);
    }

    private GenericDialog build(String title) {
        GenericDialog dialog = new GenericDialog(title);
        String[] titles = OpenImages.besides(labels);
        dialog.addChoice("image", titles, OpenImages.micrographOf(labels, titles));
        boolean there = Arrays.asList(titles).contains(last.probability);
        if (classify) {
            String[] forests = Forests.names(false);
            boolean listed = Arrays.asList(forests).contains(last.forest);
            dialog.addChoice("forest", forests, listed ? last.forest : forests.length > 0 ? forests[0] : "");
            dialog.addFileField("phases", last.phases);
        }
        dialog.addChoice("probability", titles, there ? last.probability : OpenImages.NONE);
        dialog.addNumericField("threshold", last.threshold, 3, 8, "0: pixels are labels");
        dialog.addChoice("connectivity", MeasureSettings.CONNECTIVITY, last.connectivity);
        dialog.addSlider("split", 0, 1, last.split, 0.05);
        dialog.addNumericField("min_diameter", last.minDiameter, 3, 8, "nm");
        dialog.addNumericField("max_diameter", last.maxDiameter, 3, 8, "nm, 0: any");
        dialog.addNumericField("min_pixels", last.minPixels, 0, 8, "");
        dialog.addChoice("border", MeasureSettings.BORDER, last.border);
        dialog.addNumericField("pixel_size", last.pixelSize, 4, 8, "nm, 0: the image's");
        dialog.addNumericField("channel", last.channel, 0, 8, "of the image");
        dialog.addCheckboxGroup(2, 2, new String[] {"fill_holes", "overlay", "roi_manager", "labels"},
                new boolean[] {last.fillHoles, last.overlay, last.roiManager, last.labels});
        if (stack) {
            dialog.addMessage("Process all " + labels.getNSlices() * labels.getNFrames() + " images?");
            dialog.addCheckbox("stack", true);
        }
        dialog.addDialogListener(this);
        dialog.addHelp(HelpCommand.text());
        return dialog;
    }

    @Override
    public boolean dialogItemChanged(GenericDialog dialog, AWTEvent event) {
        MeasureSettings now = read(dialog);
        boolean range = now.maxDiameter == 0 || now.maxDiameter >= now.minDiameter;
        return !dialog.invalidNumber() && now.threshold >= 0 && now.minDiameter >= 0 && now.maxDiameter >= 0 && range
                && now.minPixels >= 0 && now.pixelSize >= 0 && now.channel >= 1;
    }

    /** Reads the fields in the dialog's order. */
    private MeasureSettings read(GenericDialog dialog) {
        MeasureSettings settings = new MeasureSettings();
        settings.image = MeasureSettings.imageOf(dialog.getNextChoice());
        if (classify) {
            settings.forest = dialog.getNextChoice();
            settings.phases = dialog.getNextString();
        }
        settings.probability = MeasureSettings.imageOf(dialog.getNextChoice());
        settings.threshold = dialog.getNextNumber();
        settings.connectivity = dialog.getNextChoice();
        settings.split = dialog.getNextNumber();
        settings.minDiameter = dialog.getNextNumber();
        settings.maxDiameter = dialog.getNextNumber();
        settings.minPixels = (long) dialog.getNextNumber();
        settings.border = dialog.getNextChoice();
        settings.pixelSize = dialog.getNextNumber();
        settings.channel = (int) dialog.getNextNumber();
        settings.fillHoles = dialog.getNextBoolean();
        settings.overlay = dialog.getNextBoolean();
        settings.roiManager = dialog.getNextBoolean();
        settings.labels = dialog.getNextBoolean();
        if (stack) settings.stack = dialog.getNextBoolean();
        return settings;
    }
}
