package fringe.imagej;

import fringe.ParticlesOptions;

/**
 * What one run of "Fringe Measure..." is asked for. The keys of a macro are the labels of the dialog and the names of
 * the command line's options with _ for -; they are never renamed.
 */
final class MeasureSettings {
    static final String[] CONNECTIVITY = {"8", "4"};
    static final String[] BORDER = {"mark", "keep", "exclude"};

    /** Titles of open images; "" for none. */
    String image = "";
    String probability = "";
    double threshold;
    String connectivity = CONNECTIVITY[0];
    boolean fillHoles;
    double split;
    double minDiameter;
    double maxDiameter;
    long minPixels;
    String border = BORDER[0];
    double pixelSize;
    int channel = 1;
    boolean overlay = true;
    boolean roiManager;
    boolean labels;
    boolean stack;
    /** A forest's name or path: null for the usual one where it is installed, "none" for no classes. */
    String forest;
    /** A file with the crystals that are possible; "" for those that come with Fringe. */
    String phases = "";

    /** Reads a macro's options, "image=a.tif split=0.7 overlay". */
    static MeasureSettings parse(String text) {
        return parse(text, new MeasureSettings());
    }

    /** The same, with other sizes and splitting where the options say nothing of them. */
    static MeasureSettings parse(String text, MeasureSettings usual) {
        MacroOptions options = new MacroOptions(text);
        MeasureSettings settings = new MeasureSettings();
        settings.image = imageOf(options.text("image", ""));
        settings.probability = imageOf(options.text("probability", ""));
        settings.threshold = options.number("threshold", 0);
        settings.connectivity = options.text("connectivity", CONNECTIVITY[0]);
        settings.fillHoles = options.has("fill_holes");
        settings.split = options.number("split", usual.split);
        settings.minDiameter = options.number("min_diameter", usual.minDiameter);
        settings.maxDiameter = options.number("max_diameter", 0);
        settings.minPixels = options.integer("min_pixels", usual.minPixels, 0, Integer.MAX_VALUE);
        settings.border = options.text("border", BORDER[0]);
        settings.pixelSize = options.number("pixel_size", 0);
        settings.channel = (int) options.integer("channel", 1, 1, Integer.MAX_VALUE);
        settings.overlay = options.has("overlay");
        settings.roiManager = options.has("roi_manager");
        settings.labels = options.has("labels");
        settings.stack = options.has("stack");
        settings.forest = options.text("forest", null);
        settings.phases = options.text("phases", "");
        return settings;
    }

    /** What a choice of images gives; the first of them is none. */
    static String imageOf(String choice) {
        return choice.equals(OpenImages.NONE) ? "" : choice;
    }

    /** The options of the library; refuses what it does not know. */
    ParticlesOptions options() {
        int borderNumber = MacroOptions.indexOf("border", border, BORDER);
        int neighbours = MacroOptions.indexOf("connectivity", connectivity, CONNECTIVITY) == 0 ? 8 : 4;
        return new ParticlesOptions().threshold(threshold).connectivity(neighbours).fillHoles(fillHoles).split(split)
                .minDiameter(minDiameter).maxDiameter(maxDiameter).minPixels(minPixels)
                .border(ParticlesOptions.Border.values()[borderNumber]).pixelSize(pixelSize).channel(channel - 1);
    }
}
