package fringe.imagej;

import fringe.Model;
import ij.IJ;
import ij.Macro;
import ij.gui.GenericDialog;
import ij.plugin.PlugIn;

/**
 * Plugins>Fringe>Fringe Install Model...: runs a package's test tensors and, where they agree, copies it into the folder
 * that the command line uses too.
 */
public class InstallModelCommand implements PlugIn {
    private static final String TITLE = "Fringe Install Model";

    @Override
    public void run(String argument) {
        String options = Macro.getOptions();
        Commands.run(TITLE, null, () -> {
            String path = options == null ? ask() : Macro.getValue(options, "path", "");
            if (path != null) IJ.log("Fringe: installed " + call(path));
        });
    }

    private static String ask() {
        GenericDialog dialog = new GenericDialog(TITLE);
        dialog.addMessage("A bioimage.io package: its .zip, or the rdf.yaml in its folder.\n"
                + "Its test tensors are run before it is copied.");
        dialog.addFileField("path", "");
        dialog.addHelp(HelpCommand.text());
        dialog.showDialog();
        return dialog.wasCanceled() ? null : dialog.getNextString();
    }

    /**
     * The same for macros without windows: a zip, a folder, or the rdf.yaml that stands for its folder. Returns the path
     * of what was written.
     */
    public static String call(String path) {
        try (Monitor monitor = new Monitor(path)) {
            return Model.install(path.replaceFirst("[/\\\\]((rdf|bioimageio)\\.yaml)?$", ""), monitor.run);
        } finally {
            IJ.showStatus("");
        }
    }
}
