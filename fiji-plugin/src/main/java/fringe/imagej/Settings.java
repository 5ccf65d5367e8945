package fringe.imagej;

import fringe.SegmentOptions;

/**
 * What one run of "Fringe Segment..." is asked for. The keys of a macro are the labels of the dialog and the names of
 * the command line's options with _ for -; they are never renamed.
 */
final class Settings {
    static final String[] NORMALIZE = {"model", "none", "zscore", "minmax", "percentile"};

    String model = "";
    double threshold = 0.5;
    String normalize = NORMALIZE[0];
    double pixelSize;
    boolean mirror;
    boolean mask = true;
    boolean probability;
    boolean overlay = true;
    boolean roiManager;
    boolean stack;

    /** Reads a macro's options, "model=hrtem-particles threshold=0.5 mask overlay". */
    static Settings parse(String text) {
        MacroOptions options = new MacroOptions(text);
        Settings settings = new Settings();
        settings.model = options.text("model", "");
        settings.threshold = options.number("threshold", settings.threshold);
        settings.normalize = options.text("normalize", settings.normalize);
        settings.pixelSize = options.number("pixel_size", 0);
        settings.mirror = options.has("mirror");
        settings.mask = options.has("mask");
        settings.probability = options.has("probability");
        settings.overlay = options.has("overlay");
        settings.roiManager = options.has("roi_manager");
        settings.stack = options.has("stack");
        boolean nothing = !settings.mask && !settings.probability && !settings.overlay && !settings.roiManager;
        if (nothing) settings.mask = true;
        return settings;
    }

    /** The options of the library; refuses what it does not know. */
    SegmentOptions options() {
        return new SegmentOptions().threshold(threshold).pixelSize(pixelSize).normalize(normalizeNumber()).mirror(mirror);
    }

    /** All that the probabilities depend on. */
    String probabilityKey() {
        return model + '\n' + normalize + '\n' + pixelSize + '\n' + mirror;
    }

    private SegmentOptions.Normalize normalizeNumber() {
        return SegmentOptions.Normalize.values()[MacroOptions.indexOf("normalize", normalize, NORMALIZE)];
    }
}
