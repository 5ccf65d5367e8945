package fringe;

/**
 * A model applied to one slice of a micrograph, on the micrograph's own grid. Pixels come row by row from the top left.
 * One thread at a time.
 */
public final class Segmentation extends Handle {
    /** What the labels are. */
    public enum Kind {
        /** One mask, 0 and 255. */
        MASK,
        /** The number of the most probable class. */
        CLASSES,
        /** One mask for each output channel. */
        MASKS,
        /** There are none: the outputs are no probabilities. */
        VALUES
    }

    /* Filled in by the library, once. */
    private int kind;
    private int width;
    private int height;
    private int planeCount;
    private int channelCount;
    private int foreground;
    private int excludedTop;
    private int excludedBottom;
    private int excludedLeft;
    private int excludedRight;
    private double workedAtX;
    private double workedAtY;
    private long nonFiniteCount;

    private Segmentation(long address) {
        super("segmentation", address, false);
        describe(address, this);
    }

    /** Segments a slice, which counts from 0. The run may be null. */
    public static Segmentation of(Model model, Micrograph micrograph, int slice, SegmentOptions options, Run run) {
        require(model, "model");
        require(micrograph, "micrograph");
        long[] used = acquireAll(model, micrograph, run);
        try {
            return new Segmentation(segment(used[0], used[1], slice, options, used[2], run));
        } finally {
            releaseAll(model, micrograph, run);
        }
    }

    public Kind kind() {
        return Kind.values()[kind];
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** Planes of labels: 1, or one per channel for MASKS, 0 for VALUES. */
    public int planeCount() {
        return planeCount;
    }

    /** Channels of the probability map. */
    public int channelCount() {
        return channelCount;
    }

    /** The channel of a mask's foreground. */
    public int foreground() {
        return foreground;
    }

    /** Rows and columns that were left out: top, bottom, left, right. */
    public int[] excluded() {
        return new int[] {excludedTop, excludedBottom, excludedLeft, excludedRight};
    }

    /** Nanometres per pixel that the network worked at, 0 when unknown. */
    public double workedAtX() {
        return workedAtX;
    }

    /** Nanometres per pixel that the network worked at, 0 when unknown. */
    public double workedAtY() {
        return workedAtY;
    }

    /** Pixels that were left out because they are NaN or infinite. */
    public long nonFiniteCount() {
        return nonFiniteCount;
    }

    /** Labels masks anew with another threshold, above 0 to 1. */
    public void setThreshold(double threshold) {
        long address = acquire();
        try {
            setThreshold(address, threshold);
        } finally {
            release();
        }
    }

    /** A plane of labels, height x width. */
    public byte[] labels(int plane) {
        byte[] labels = new byte[width * height];
        long address = acquire();
        try {
            labels(address, plane, labels, 0);
        } finally {
            release();
        }
        return labels;
    }

    /** A channel of the probability map, height x width. */
    public float[] probability(int channel) {
        float[] values = new float[width * height];
        long address = acquire();
        try {
            probability(address, channel, values, 0);
        } finally {
            release();
        }
        return values;
    }

    @Override
    void dispose(long freed) {
        free(freed);
    }

    private static native long segment(long model, long micrograph, int slice, SegmentOptions options, long run,
            Run owner);

    private static native void free(long segmentation);

    private static native void describe(long segmentation, Segmentation into);

    private static native void labels(long segmentation, int plane, byte[] into, int offset);

    private static native void probability(long segmentation, int channel, float[] into, int offset);

    private static native void setThreshold(long segmentation, double threshold);
}
