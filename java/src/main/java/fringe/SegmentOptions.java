package fringe;

/** How a model is applied. Each setter returns the options themselves, so that calls may be chained. */
public final class SegmentOptions {
    /** How the pixels are scaled before the network; all but MODEL replace the model's own preparation. */
    public enum Normalize {
        MODEL, NONE, ZSCORE, MINMAX, PERCENTILE
    }

    /* Read by the library, by name. */
    private double threshold = 0.5;
    private int normalize = Normalize.MODEL.ordinal();
    private double pixelSize;
    private boolean resample = true;
    private double resampleTo;
    private int excludeBottom = -1;
    private int bandRows;
    private int tile;
    private long memoryBytes;
    private boolean mirror;
    private boolean labelsOnly;

    /** Foreground from this probability on; 0.5 without it. */
    public SegmentOptions threshold(double value) {
        threshold = value;
        return this;
    }

    public SegmentOptions normalize(Normalize value) {
        normalize = value.ordinal();
        return this;
    }

    /** The micrograph's nanometres per pixel, instead of its calibration; 0: the calibration. */
    public SegmentOptions pixelSize(double value) {
        pixelSize = value;
        return this;
    }

    /** Whether the image is resampled to the model's pixel size, where both are known. */
    public SegmentOptions resample(boolean value) {
        resample = value;
        return this;
    }

    /** Nanometres per pixel to work at; 0: the model's own. */
    public SegmentOptions resampleTo(double value) {
        resampleTo = value;
        return this;
    }

    /** Rows to leave out at the bottom, and nothing else; -1: data bars as they are detected. */
    public SegmentOptions excludeBottom(int value) {
        excludeBottom = value;
        return this;
    }

    /** Rows per band, 0 for a choice by itself. Does not change the result. */
    public SegmentOptions bandRows(int value) {
        bandRows = value;
        return this;
    }

    /** Columns per tile, 0 for the whole width where memory allows. Does not change the result. */
    public SegmentOptions tile(int value) {
        tile = value;
        return this;
    }

    /** Above this the image is cut into tiles; 0 for 1 GiB. */
    public SegmentOptions memoryBytes(long value) {
        memoryBytes = value;
        return this;
    }

    /** Whether what counts is the mean over four mirrored views of the image: more accurate, four times slower. */
    public SegmentOptions mirror(boolean value) {
        mirror = value;
        return this;
    }

    /** Whether probabilities of masks and classes are not kept, which saves most of the memory. Same labels. */
    public SegmentOptions labelsOnly(boolean value) {
        labelsOnly = value;
        return this;
    }
}
