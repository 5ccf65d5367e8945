package fringe.imagej;

import fringe.Segmentation;
import ij.ImagePlus;
import ij.gui.DialogListener;
import ij.gui.GenericDialog;
import ij.io.OpenDialog;
import java.awt.AWTEvent;
import java.awt.Choice;
import java.io.File;
import java.util.List;

/**
 * Asks for the settings. Labels are the keys of macros: what ImageJ records is what Settings.parse reads.
 */
final class SegmentDialog implements DialogListener {
    private static Settings last = new Settings();

    private final ImagePlus image;
    private final boolean stack;
    private final Preview preview;
    private Segmentation kept;

    private SegmentDialog(ImagePlus image) {
        this.image = image;
        this.stack = image.getNSlices() * image.getNFrames() > 1;
        this.preview = new Preview(image);
    }

    /** Asks, and does what was asked for unless the dialog was cancelled; what the preview made is used again. */
    static void run(ImagePlus image) {
        SegmentDialog asked = new SegmentDialog(image);
        GenericDialog dialog = asked.build();
        Settings settings = null;
        try {
            dialog.showDialog();
            if (!dialog.wasCanceled()) settings = last = asked.read(dialog);
        } finally {
            asked.kept = asked.preview.close(settings);
        }
        if (settings == null) return;
        try (Segmentation kept = asked.kept) {
            SegmentCommand.show(image, settings, Segmenter.segment(image, settings, kept));
        }
    }

    private GenericDialog build() {
        GenericDialog dialog = new GenericDialog("Fringe Segment");
        addModel(dialog, last.model);
        dialog.addSlider("threshold", 0.01, 1, last.threshold, 0.01);
        dialog.addChoice("normalize", Settings.NORMALIZE, last.normalize);
        dialog.addNumericField("pixel_size", last.pixelSize, 4, 8, "nm, 0: the image's");
        dialog.addCheckboxGroup(3, 2, new String[] {"mask", "probability", "overlay", "roi_manager", "mirror"},
                new boolean[] {last.mask, last.probability, last.overlay, last.roiManager, last.mirror});
        if (stack) {
            dialog.addMessage("Process all " + image.getNSlices() * image.getNFrames() + " images?");
            dialog.addCheckbox("stack", true);
        }
        dialog.addCheckbox("preview", false);
        dialog.addDialogListener(this);
        dialog.addHelp(HelpCommand.text());
        return dialog;
    }

    /** Adds the choice of a network, which begins with the one that was used before. */
    static void addModel(GenericDialog dialog, String before) {
        List<String> names = Models.networks();
        if (!names.contains(before) && new File(before).exists()) names.add(before);
        String first = names.contains(before) ? before : names.isEmpty() ? "" : names.get(0);
        dialog.addChoice("model", names.toArray(new String[0]), first);
        Choice model = (Choice) dialog.getChoices().lastElement();
        dialog.addButton("Browse...", event -> browse(model));
    }

    private static void browse(Choice model) {
        OpenDialog file = new OpenDialog("A model: .zip, .onnx or the rdf.yaml of a folder");
        if (file.getPath() == null) return;
        boolean description = file.getFileName().endsWith(".yaml");
        String path = description ? file.getDirectory().replaceFirst("[/\\\\]$", "") : file.getPath();
        model.add(path);
        model.select(path);
    }

    @Override
    public boolean dialogItemChanged(GenericDialog dialog, AWTEvent event) {
        Settings now = read(dialog);
        boolean wanted = dialog.getNextBoolean();
        if (event != null) preview.show(now, wanted);
        return !dialog.invalidNumber() && now.threshold > 0 && now.threshold <= 1 && now.pixelSize >= 0;
    }

    /** Reads the fields in the dialog's order, all but the preview's. */
    private Settings read(GenericDialog dialog) {
        Settings settings = new Settings();
        settings.model = dialog.getNextChoice();
        settings.threshold = dialog.getNextNumber();
        settings.normalize = dialog.getNextChoice();
        settings.pixelSize = dialog.getNextNumber();
        settings.mask = dialog.getNextBoolean();
        settings.probability = dialog.getNextBoolean();
        settings.overlay = dialog.getNextBoolean();
        settings.roiManager = dialog.getNextBoolean();
        settings.mirror = dialog.getNextBoolean();
        if (stack) settings.stack = dialog.getNextBoolean();
        return settings;
    }
}
