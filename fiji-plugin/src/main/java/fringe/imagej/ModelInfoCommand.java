package fringe.imagej;

import fringe.FaultModel;
import fringe.Model;
import fringe.ModelInfo;
import ij.IJ;
import ij.Macro;
import ij.gui.GenericDialog;
import ij.plugin.PlugIn;
import ij.text.TextWindow;
import java.awt.GraphicsEnvironment;
import java.util.List;
import java.util.Locale;

/** Plugins>Fringe>Fringe Model Info...: what a model is. */
public class ModelInfoCommand implements PlugIn {
    private static final String TITLE = "Fringe Model Info";
    private static final int SIDE_PX = 2048;

    @Override
    public void run(String argument) {
        String options = Macro.getOptions();
        Commands.run(TITLE, null, () -> {
            String model = options == null ? ask() : Macro.getValue(options, "model", "");
            if (model == null) return;
            if (GraphicsEnvironment.isHeadless()) IJ.log(call(model));
            else new TextWindow(TITLE, "fact\tvalue", call(model), 800, 480);
        });
    }

    private static String ask() {
        List<String> names = Models.networks();
        names.addAll(Models.forests());
        GenericDialog dialog = new GenericDialog(TITLE);
        dialog.addChoice("model", names.toArray(new String[0]), names.isEmpty() ? "" : names.get(0));
        dialog.addHelp(HelpCommand.text());
        dialog.showDialog();
        return dialog.wasCanceled() ? null : dialog.getNextChoice();
    }

    /** The same as text, a line "fact, tab, value" each, for macros without windows. */
    public static String call(String nameOrPath) {
        if (Models.isForest(Models.find(nameOrPath))) return forest(nameOrPath);
        try (Monitor monitor = new Monitor(nameOrPath); Models.Loaded loaded = Models.use(nameOrPath, monitor.run)) {
            Model model = loaded.model;
            ModelInfo info = model.info();
            int height = info.fixedHeight() > 0 ? info.fixedHeight() : SIDE_PX;
            int width = info.fixedWidth() > 0 ? info.fixedWidth() : SIDE_PX;
            return text(info, model.memory(height, width), height, width);
        } finally {
            IJ.showStatus("");
        }
    }

    private static String forest(String nameOrPath) {
        StringBuilder text = new StringBuilder();
        try (FaultModel forest = Forests.load(nameOrPath, "", null)) {
            line(text, "name", forest.name());
            line(text, "path", forest.path());
            line(text, "sha256", forest.sha256());
            line(text, "forest", forest.treeCount() + " trees");
            line(text, "classes", String.join(", ", FaultModel.classNames()));
        }
        return text.toString();
    }

    private static String text(ModelInfo info, long memory, int height, int width) {
        StringBuilder text = new StringBuilder();
        line(text, "name", info.name());
        line(text, "description", info.description());
        line(text, "version", info.version());
        line(text, "license", info.license());
        line(text, "format", info.format());
        line(text, "path", info.path());
        line(text, "sha256", info.sha256());
        line(text, "operators", info.operators() + ", opset " + info.opset());
        line(text, "parameters", Long.toString(info.parameterCount()));
        line(text, "channels", info.inputChannels() + " in, " + info.outputChannels() + " out: "
                + String.join(", ", info.outputNames()));
        line(text, "read as", info.outputs());
        if (info.fixedHeight() > 0)
            line(text, "input size", "only " + info.fixedWidth() + " x " + info.fixedHeight() + " px");
        line(text, "stride", info.stride() + " px");
        line(text, "receptive field", info.receptiveField() > 0 ? info.receptiveField() + " px" : "the whole image");
        line(text, "FLOPs", number("%.6g per pixel", info.flopPerPixel()));
        line(text, "memory", number("%.1f MiB", memory / 1048576.0) + " at " + width + " x " + height + " px"
                + (info.streams() ? ", in bands of rows" : ", the whole image at once"));
        if (info.pixelSize() > 0) line(text, "pixel size", IJ.d2s(info.pixelSize(), 6) + " nm");
        if (info.pixelSizeMax() > 0)
            line(text, "trained for", IJ.d2s(info.pixelSizeMin(), 6) + " to " + IJ.d2s(info.pixelSizeMax(), 6)
                    + " nm per pixel");
        line(text, "preparation", info.preparation());
        line(text, "completion", info.completion());
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(name).append('\t').append(value.isEmpty() ? "-" : value).append('\n');
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
