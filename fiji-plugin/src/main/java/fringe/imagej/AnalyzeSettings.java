package fringe.imagej;

import fringe.FaultModel;
import fringe.ParticlesOptions;
import fringe.Run;
import ij.IJ;

/**
 * What one run of "Fringe Analyze..." or "Fringe Analyze Folder..." is asked for: how the image is segmented, and what
 * becomes of its particles. Keys are those of both parts, and the command line's with _ for -; they are never renamed.
 */
final class AnalyzeSettings {
    /** Its overlay and ROI Manager say nothing here. */
    Settings segment = new Settings();
    /** Its threshold and pixel size say nothing here. */
    MeasureSettings measure = new MeasureSettings();
    boolean plot = true;
    /* Of a folder. */
    boolean recursive;
    boolean overwrite;
    boolean compress;
    boolean table = true;

    AnalyzeSettings() {
        ParticlesOptions usual = ParticlesOptions.forAnalysis();
        measure.split = usual.split();
        measure.minDiameter = usual.minDiameter();
        measure.minPixels = usual.minPixels();
    }

    /** Reads a macro's options, "model=hrtem-particles forest=none overlay plot". */
    static AnalyzeSettings parse(String text) {
        MacroOptions options = new MacroOptions(text);
        AnalyzeSettings settings = new AnalyzeSettings();
        settings.segment = Settings.parse(text);
        settings.segment.mask = options.has("mask");
        settings.measure = MeasureSettings.parse(text, settings.measure);
        settings.measure.threshold = 0;
        settings.plot = options.has("plot");
        settings.recursive = options.has("recursive");
        settings.overwrite = options.has("overwrite");
        settings.compress = options.has("compress");
        settings.table = options.has("table");
        return settings;
    }

    /** The forest, to be closed; null where particles are not classified. */
    FaultModel loadFaults(Run run) {
        if (Forests.NONE.equals(measure.forest)) return null;
        if (!Forests.absent(measure.forest)) return Forests.load(measure.forest, measure.phases, run);
        IJ.log("Fringe: no forest " + FaultModel.DEFAULT + " is installed: particles are measured and not classified");
        return null;
    }
}
