package fringe;

/**
 * What is known of a model. Texts are "" and numbers 0 where the package does not say. The library fills in the
 * fields.
 */
public final class ModelInfo {
    private String name;
    private String description;
    private String version;
    private String license;
    private String format;
    private String path;
    private String sha256;
    private String preparation;
    private String completion;
    private String outputs;
    private String operators;
    private String[] outputNames;
    private int opset;
    private int inputChannels;
    private int outputChannels;
    private int fixedHeight;
    private int fixedWidth;
    private int stride;
    private int receptiveField;
    private boolean streams;
    private long parameterCount;
    private double flopPerPixel;
    private double pixelSize;
    private double pixelSizeMin;
    private double pixelSizeMax;

    ModelInfo() {
    }

    void setOutputNames(String[] names) {
        outputNames = names;
    }

    public String name() {
        return name;
    }

    public String description() {
        return description;
    }

    public String version() {
        return version;
    }

    public String license() {
        return license;
    }

    /** "bioimage.io 0.5.4" or "onnx". */
    public String format() {
        return format;
    }

    /** Folder, zip or file that it was loaded from. */
    public String path() {
        return path;
    }

    /** Of the .onnx bytes, hexadecimal. */
    public String sha256() {
        return sha256;
    }

    /** The steps before the network, one line. */
    public String preparation() {
        return preparation;
    }

    /** The steps behind the network, one line. */
    public String completion() {
        return completion;
    }

    /** How the output is read: "mask", "classes", "masks", "values". */
    public String outputs() {
        return outputs;
    }

    /** "Conv 21, Relu 20". */
    public String operators() {
        return operators;
    }

    /** One for each output channel. */
    public String[] outputNames() {
        return outputNames.clone();
    }

    public int opset() {
        return opset;
    }

    public int inputChannels() {
        return inputChannels;
    }

    public int outputChannels() {
        return outputChannels;
    }

    /** The only height in pixels that it accepts, 0 when free. */
    public int fixedHeight() {
        return fixedHeight;
    }

    /** The only width in pixels that it accepts, 0 when free. */
    public int fixedWidth() {
        return fixedWidth;
    }

    /** Sizes in pixels are multiples of this; padded otherwise. */
    public int stride() {
        return stride;
    }

    /** Side in pixels of the square that one output pixel depends on; 0: the whole image. */
    public int receptiveField() {
        return receptiveField;
    }

    /** Whether it runs in bands of rows. */
    public boolean streams() {
        return streams;
    }

    public long parameterCount() {
        return parameterCount;
    }

    /** 2 for each multiply-add. */
    public double flopPerPixel() {
        return flopPerPixel;
    }

    /** Nanometres per pixel that it works at. */
    public double pixelSize() {
        return pixelSize;
    }

    /** The finest pixel size in nanometres that it was trained for. */
    public double pixelSizeMin() {
        return pixelSizeMin;
    }

    /** The coarsest pixel size in nanometres that it was trained for. */
    public double pixelSizeMax() {
        return pixelSizeMax;
    }
}
