package fringe.imagej;

import fringe.FringeArgumentException;
import fringe.SegmentOptions;
import ij.Macro;

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
    boolean mask = true;
    boolean probability;
    boolean overlay = true;
    boolean roiManager;
    boolean stack;

    /** Reads a macro's options, "model=hrtem-particles threshold=0.5 mask overlay". */
    static Settings parse(String text) {
        Settings settings = new Settings();
        String options = text.trim() + " ";
        settings.model = Macro.getValue(options, "model", "");
        settings.threshold = number(options, "threshold", settings.threshold);
        settings.normalize = Macro.getValue(options, "normalize", settings.normalize);
        settings.pixelSize = number(options, "pixel_size", 0);
        settings.mask = has(options, "mask");
        settings.probability = has(options, "probability");
        settings.overlay = has(options, "overlay");
        settings.roiManager = has(options, "roi_manager");
        settings.stack = has(options, "stack");
        boolean nothing = !settings.mask && !settings.probability && !settings.overlay && !settings.roiManager;
        if (nothing) settings.mask = true;
        return settings;
    }

    /** The options of the library; refuses what it does not know. */
    SegmentOptions options() {
        return new SegmentOptions().threshold(threshold).pixelSize(pixelSize).normalize(normalizeNumber());
    }

    /** All that the probabilities depend on. */
    String probabilityKey() {
        return model + '\n' + normalize + '\n' + pixelSize;
    }

    private SegmentOptions.Normalize normalizeNumber() {
        for (int i = 0; i < NORMALIZE.length; i++)
            if (NORMALIZE[i].equals(normalize)) return SegmentOptions.Normalize.values()[i];
        throw new FringeArgumentException("normalize: '" + normalize + "' is none of "
                + String.join(", ", NORMALIZE));
    }

    private static double number(String options, String key, double other) {
        String text = Macro.getValue(options, key, "");
        if (text.isEmpty()) return other;
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new FringeArgumentException(key + ": '" + text + "' is no number");
        }
    }

    /** Whether a word stands alone among the options, outside the brackets of another's value. */
    private static boolean has(String options, String key) {
        String bare = options.replaceAll("\\[[^\\]]*\\]", "[]");
        return (" " + bare).contains(" " + key + " ");
    }
}
