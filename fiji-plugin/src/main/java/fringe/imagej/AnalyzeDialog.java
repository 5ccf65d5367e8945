package fringe.imagej;

import fringe.Segmentation;
import ij.ImagePlus;
import ij.gui.DialogListener;
import ij.gui.GenericDialog;
import java.awt.AWTEvent;

/** Asks for the settings. Labels are the keys of macros: what ImageJ records is what AnalyzeSettings.parse reads. */
final class AnalyzeDialog implements DialogListener {
    private static AnalyzeSettings last = new AnalyzeSettings();

    private final boolean folder;
    private final boolean stack;
    private final ImagePlus image;
    private final Preview preview;

    /** For an image, or null for folders. */
    AnalyzeDialog(ImagePlus image) {
        this.image = image;
        folder = image == null;
        stack = !folder && image.getNSlices() * image.getNFrames() > 1;
        preview = folder ? null : new Preview(image);
    }

    /** The settings for an image; null where the dialog was cancelled. */
    static AnalyzeSettings ask(String title, ImagePlus image) {
        AnalyzeDialog asked = new AnalyzeDialog(image);
        GenericDialog dialog = new GenericDialog(title);
        asked.build(dialog);
        try {
            dialog.addDialogListener(asked);
            dialog.showDialog();
        } finally {
            Segmentation kept = asked.preview.close(null);
            if (kept != null) kept.close();
        }
        return dialog.wasCanceled() ? null : asked.accepted(dialog);
    }

    /** Adds the fields. */
    void build(GenericDialog dialog) {
        String[] forests = Forests.names(true);
        String forest = last.measure.forest == null ? forests[0] : last.measure.forest;
        MeasureSettings measure = last.measure;
        SegmentDialog.addModel(dialog, last.segment.model);
        dialog.addChoice("forest", forests, forest);
        dialog.addFileField("phases", measure.phases);
        dialog.addSlider("threshold", 0.01, 1, last.segment.threshold, 0.01);
        dialog.addChoice("normalize", Settings.NORMALIZE, last.segment.normalize);
        dialog.addNumericField("pixel_size", last.segment.pixelSize, 4, 8, "nm, 0: the image's");
        dialog.addSlider("split", 0, 1, measure.split, 0.05);
        dialog.addNumericField("min_diameter", measure.minDiameter, 3, 8, "nm");
        dialog.addNumericField("max_diameter", measure.maxDiameter, 3, 8, "nm, 0: any");
        dialog.addNumericField("min_pixels", measure.minPixels, 0, 8, "");
        dialog.addChoice("border", MeasureSettings.BORDER, measure.border);
        dialog.addChoice("connectivity", MeasureSettings.CONNECTIVITY, measure.connectivity);
        dialog.addNumericField("channel", measure.channel, 0);
        if (folder)
            dialog.addCheckboxGroup(3, 3, new String[] {"probability", "fill_holes", "mirror", "recursive", "overwrite", "compress", "table"},
                    new boolean[] {last.segment.probability, measure.fillHoles, last.segment.mirror, last.recursive,
                        last.overwrite, last.compress, last.table});
        else
            dialog.addCheckboxGroup(3, 3, new String[] {"mask", "probability", "labels", "overlay", "roi_manager", "plot", "fill_holes", "mirror"},
                    new boolean[] {last.segment.mask, last.segment.probability, measure.labels, measure.overlay,
                        measure.roiManager, last.plot, measure.fillHoles, last.segment.mirror});
        if (stack) {
            dialog.addMessage("Process all " + image.getNSlices() * image.getNFrames() + " images?");
            dialog.addCheckbox("stack", true);
        }
        if (!folder) dialog.addCheckbox("preview", false);
        dialog.addHelp(HelpCommand.text());
    }

    @Override
    public boolean dialogItemChanged(GenericDialog dialog, AWTEvent event) {
        AnalyzeSettings now = read(dialog);
        boolean wanted = dialog.getNextBoolean();
        if (event != null) preview.show(now.segment, wanted);
        MeasureSettings measure = now.measure;
        boolean range = measure.maxDiameter == 0 || measure.maxDiameter >= measure.minDiameter;
        return !dialog.invalidNumber() && now.segment.threshold > 0 && now.segment.threshold <= 1
                && now.segment.pixelSize >= 0 && measure.minDiameter >= 0 && range && measure.minPixels >= 0
                && measure.channel >= 1;
    }

    /** What was asked for, kept for the next dialog. */
    AnalyzeSettings accepted(GenericDialog dialog) {
        last = read(dialog);
        return last;
    }

    /** Reads the fields in the dialog's order, all but the preview's. */
    private AnalyzeSettings read(GenericDialog dialog) {
        AnalyzeSettings settings = new AnalyzeSettings();
        Settings segment = settings.segment;
        MeasureSettings measure = settings.measure;
        segment.model = dialog.getNextChoice();
        measure.forest = dialog.getNextChoice();
        measure.phases = dialog.getNextString();
        segment.threshold = dialog.getNextNumber();
        segment.normalize = dialog.getNextChoice();
        segment.pixelSize = measure.pixelSize = dialog.getNextNumber();
        measure.split = dialog.getNextNumber();
        measure.minDiameter = dialog.getNextNumber();
        measure.maxDiameter = dialog.getNextNumber();
        measure.minPixels = (long) dialog.getNextNumber();
        measure.border = dialog.getNextChoice();
        measure.connectivity = dialog.getNextChoice();
        measure.channel = (int) dialog.getNextNumber();
        segment.mask = !folder && dialog.getNextBoolean();
        segment.probability = dialog.getNextBoolean();
        if (folder) {
            measure.fillHoles = dialog.getNextBoolean();
            segment.mirror = dialog.getNextBoolean();
            settings.recursive = dialog.getNextBoolean();
            settings.overwrite = dialog.getNextBoolean();
            settings.compress = dialog.getNextBoolean();
            settings.table = dialog.getNextBoolean();
        } else {
            measure.labels = dialog.getNextBoolean();
            measure.overlay = dialog.getNextBoolean();
            measure.roiManager = dialog.getNextBoolean();
            settings.plot = dialog.getNextBoolean();
            measure.fillHoles = dialog.getNextBoolean();
            segment.mirror = dialog.getNextBoolean();
        }
        if (stack) segment.stack = dialog.getNextBoolean();
        return settings;
    }
}
