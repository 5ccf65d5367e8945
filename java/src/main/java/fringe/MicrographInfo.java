package fringe;

/** What is known of a micrograph without reading all its pixels. The library fills in the fields. */
public final class MicrographInfo {
    private String reader;
    private String pixel;
    private String unit;
    private int width;
    private int height;
    private int sliceCount;
    private int frameCount;
    private int channelCount;
    private boolean colour;
    private boolean ownOutput;
    private double pixelSizeX;
    private double pixelSizeY;
    private double sliceDistance;
    private double frameInterval;

    MicrographInfo() {
    }

    /** "tiff", "png", "jpeg" or "memory". */
    public String reader() {
        return reader;
    }

    /** Type of the pixels as they lie in the file: "uint16". */
    public String pixel() {
        return pixel;
    }

    /** The unit of length as the file spells it, "" when it has none. */
    public String unit() {
        return unit;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    public int sliceCount() {
        return sliceCount;
    }

    /** Time points among the slices, at least 1; the slices of one time point follow each other. */
    public int frameCount() {
        return frameCount;
    }

    /** At least 1; colour counts as one channel. */
    public int channelCount() {
        return channelCount;
    }

    /** Whether colour is read as luminance. */
    public boolean colour() {
        return colour;
    }

    /** Whether the file says that Fringe wrote it. */
    public boolean ownOutput() {
        return ownOutput;
    }

    /** Nanometres per pixel, 0 when unknown. */
    public double pixelSizeX() {
        return pixelSizeX;
    }

    /** Nanometres per pixel, 0 when unknown. */
    public double pixelSizeY() {
        return pixelSizeY;
    }

    /** Nanometres between slices, 0 when unknown. */
    public double sliceDistance() {
        return sliceDistance;
    }

    /** Seconds between time points, 0 when unknown. */
    public double frameInterval() {
        return frameInterval;
    }
}
