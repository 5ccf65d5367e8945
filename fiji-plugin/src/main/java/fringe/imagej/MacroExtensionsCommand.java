package fringe.imagej;

import fringe.FringeCancelledException;
import fringe.FringeException;
import ij.IJ;
import ij.ImagePlus;
import ij.WindowManager;
import ij.macro.ExtensionDescriptor;
import ij.macro.Functions;
import ij.macro.Interpreter;
import ij.macro.MacroExtension;
import ij.plugin.PlugIn;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Plugins>Fringe>Fringe Macro Extensions: functions for macros that go over many images. What fails is told in words,
 * so that a batch may go on with its next image.
 *
 * Ext.fringeSegment(options, error)   "Fringe Segment..." on the current image; the error is "" when all went well
 * Ext.fringeMeasure(options, error)   "Fringe Measure..." likewise
 * Ext.fringeClassify(options, error)  "Fringe Classify..." likewise
 * Ext.fringeAnalyze(options, error)   "Fringe Analyze..." likewise
 * Ext.fringeSpectrum(x, y, text)      "Fringe Spectrum..." of the particle at a pixel; the text is that of call(), or "error"
 *                                     and what went wrong behind a tab
 * Ext.fringeModelInfo(model, text)    what a model is, a line "fact, tab, value" each; the only fact of none is "error"
 * Ext.fringeRelease()                 frees the model that was used last, which stays loaded otherwise
 */
public class MacroExtensionsCommand implements PlugIn, MacroExtension {
    @Override
    public void run(String argument) {
        if (!IJ.macroRunning()) {
            IJ.error("Fringe Macro Extensions", "This command is for macros: run(\"Fringe Macro Extensions\");");
            return;
        }
        Functions.registerExtensions(this);
    }

    @Override
    public ExtensionDescriptor[] getExtensionFunctions() {
        int text = ARG_STRING, number = ARG_NUMBER, answer = ARG_STRING + ARG_OUTPUT;
        return new ExtensionDescriptor[] {
            ExtensionDescriptor.newDescriptor("fringeSegment", this, text, answer),
            ExtensionDescriptor.newDescriptor("fringeMeasure", this, text, answer),
            ExtensionDescriptor.newDescriptor("fringeClassify", this, text, answer),
            ExtensionDescriptor.newDescriptor("fringeAnalyze", this, text, answer),
            ExtensionDescriptor.newDescriptor("fringeSpectrum", this, number, number, answer),
            ExtensionDescriptor.newDescriptor("fringeModelInfo", this, text, answer),
            ExtensionDescriptor.newDescriptor("fringeRelease", this)};
    }

    @Override
    public String handleExtension(String name, Object[] arguments) {
        if (name.equals("fringeRelease")) Models.release();
        if (name.equals("fringeSegment")) ((String[]) arguments[1])[0] = apply(arguments, SegmentCommand::segment);
        if (name.equals("fringeMeasure")) ((String[]) arguments[1])[0] = apply(arguments, MeasureCommand::measure);
        if (name.equals("fringeClassify")) ((String[]) arguments[1])[0] = apply(arguments, ClassifyCommand::classify);
        if (name.equals("fringeAnalyze")) ((String[]) arguments[1])[0] = apply(arguments, AnalyzeCommand::analyze);
        if (name.equals("fringeSpectrum")) ((String[]) arguments[2])[0] = spectrum((Double) arguments[0], (Double) arguments[1]);
        if (name.equals("fringeModelInfo")) ((String[]) arguments[1])[0] = info((String) arguments[0]);
        return null;
    }

    private static String spectrum(double x, double y) {
        String[] text = {""};
        String error = apply(current -> {
            ImagePlus image = SpectrumWindow.micrographOf(current);
            SpectrumCommand.Result result = SpectrumCommand.of(image, (int) x, (int) y);
            SpectrumWindow.show(result, image);
            text[0] = result.text();
        });
        return error.isEmpty() ? text[0] : "error\t" + error + "\n";
    }

    private static String info(String model) {
        try {
            return ModelInfoCommand.call(model);
        } catch (FringeException e) {
            return "error\t" + e.getMessage() + "\n";
        }
    }

    /** A command on the current image; what went wrong, in words. */
    private static String apply(Consumer<ImagePlus> command) {
        ImagePlus image = WindowManager.getCurrentImage();
        if (image == null) return "there is no image";
        if (!image.lockSilently()) return image.getTitle() + ": another command works on it";
        try {
            command.accept(image);
            return "";
        } catch (FringeCancelledException e) {
            Interpreter.abort(); // Esc means the macro, not this image
            return e.getMessage();
        } catch (FringeException e) {
            return e.getMessage();
        } finally {
            image.unlock();
        }
    }

    /** The same with the options of a macro, the first argument. */
    private static String apply(Object[] arguments, BiConsumer<ImagePlus, String> command) {
        return apply(image -> command.accept(image, (String) arguments[0]));
    }
}
