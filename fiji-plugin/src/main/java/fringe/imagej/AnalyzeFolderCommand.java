package fringe.imagej;

import fringe.Batch;
import fringe.FaultModel;
import fringe.FringeArgumentException;
import ij.IJ;
import ij.Macro;
import ij.gui.GenericDialog;
import ij.measure.ResultsTable;
import ij.plugin.PlugIn;
import java.io.File;
import java.io.IOException;

/**
 * Plugins>Fringe>Fringe Analyze Folder...: what `fringe analyze` does with files and folders, by the same code: results
 * beside each image or in a folder, and a report of all. Images that fail are named in the log, and the others go on.
 */
public class AnalyzeFolderCommand implements PlugIn {
    private static final String TITLE = "Fringe Analyze Folder";

    @Override
    public void run(String argument) {
        String options = Macro.getOptions(); // before any dialog is built
        Commands.run(TITLE, null, () -> {
            if (options == null) {
                ask();
                return;
            }
            MacroOptions words = new MacroOptions(options);
            show(words.text("input", ""), words.text("output", ""), AnalyzeSettings.parse(options));
        });
    }

    private static void ask() {
        GenericDialog folders = new GenericDialog(TITLE);
        folders.addDirectoryField("input", "");
        folders.addDirectoryField("output", "");
        AnalyzeDialog dialog = new AnalyzeDialog(null);
        dialog.build(folders);
        folders.showDialog();
        if (folders.wasCanceled()) return;
        String input = folders.getNextString(), output = folders.getNextString();
        show(input, output, dialog.accepted(folders));
    }

    /**
     * For macros without windows: a file or a folder; results go to the folder `output`, "" for beside each image.
     * Returns "done, tab, skipped, tab, failed", where the report counts as one.
     */
    public static String call(String input, String output, String options) {
        Batch.Summary summary = analyze(input, output, AnalyzeSettings.parse(options));
        return summary.done + "\t" + summary.skipped + "\t" + summary.failed;
    }

    private static void show(String input, String output, AnalyzeSettings settings) {
        Batch.Summary summary = analyze(input, output, settings);
        File folder = new File(output.isEmpty() ? input : output);
        if (output.isEmpty() && !folder.isDirectory()) folder = folder.getParentFile();
        IJ.log("Fringe: " + summary.done + " done, " + summary.skipped + " skipped, " + summary.failed + " failed; see "
                + new File(folder, "report.html"));
        File table = new File(folder, "particles.csv");
        if (!settings.table || !table.isFile()) return;
        try {
            ResultsTable.open(table.getPath()).show(table.getName());
        } catch (IOException e) {
            IJ.log("Fringe: " + table + " cannot be read: " + e.getMessage());
        }
    }

    private static Batch.Summary analyze(String input, String output, AnalyzeSettings settings) {
        if (input.isEmpty()) throw new FringeArgumentException("input: no file or folder is named: input=[its path]");
        Batch batch = new Batch().probability(settings.segment.probability).compress(settings.compress)
                .overwrite(settings.overwrite).recursive(settings.recursive).segment(settings.segment.options())
                .particles(settings.measure.options().pixelSize(0)).listener(AnalyzeFolderCommand::tell);
        try (Monitor monitor = new Monitor(new File(input).getName());
                Models.Loaded loaded = Models.use(settings.segment.model, monitor.run);
                FaultModel faults = settings.loadFaults(monitor.run)) {
            monitor.part(0, 1);
            return batch.analyze(loaded.model, faults, new String[] {input}, output.isEmpty() ? null : output, monitor.run);
        }
    }

    private static void tell(String input, String status, boolean skipped, String message, String[] outputs,
            String[] notices) {
        if (!status.equals("ok")) IJ.log("Fringe: " + message);
    }
}
