package fringe;

/**
 * A calibrated image from a file or from arrays: slices of channels of height x width pixels, row by row from the top
 * left. Arrays are copied. One thread at a time.
 */
public final class Micrograph extends Handle {
    private Micrograph(long address) {
        super("micrograph", address, false);
    }

    /** Opens a TIFF, PNG or JPEG file, by its content. The run may be null. */
    public static Micrograph open(String path, Run run) {
        Library.load();
        long used = Run.acquire(run);
        try {
            return new Micrograph(open(Library.utf8(path), used, run));
        } finally {
            Run.release(run);
        }
    }

    /** One slice of unsigned 8-bit pixels: `channels` planes behind each other from `offset` on. */
    public static Micrograph of(byte[] pixels, int offset, int channels, int height, int width) {
        Library.load();
        return new Micrograph(putBytes(0, pixels, offset, channels, height, width));
    }

    /** The same of 16-bit pixels, unsigned or signed. */
    public static Micrograph of(short[] pixels, boolean signed, int offset, int channels, int height, int width) {
        Library.load();
        return new Micrograph(putShorts(0, pixels, offset, channels, height, width, signed));
    }

    /** The same of 32-bit floating point pixels. */
    public static Micrograph of(float[] pixels, int offset, int channels, int height, int width) {
        Library.load();
        return new Micrograph(putFloats(0, pixels, offset, channels, height, width));
    }

    /** The luminance of colours 0xRRGGBB. */
    public static Micrograph ofColours(int[] pixels, int offset, int height, int width) {
        Library.load();
        return new Micrograph(putColours(0, pixels, offset, 1, height, width));
    }

    /**
     * Goes on to the next slice of the same stack, for a micrograph that was made of an array of this type and size.
     * Data bars that were found in the first slice are left out in the others too.
     */
    public void next(byte[] pixels, int offset, int channels, int height, int width) {
        long address = acquire();
        try {
            putBytes(address, pixels, offset, channels, height, width);
        } finally {
            release();
        }
    }

    public void next(short[] pixels, boolean signed, int offset, int channels, int height, int width) {
        long address = acquire();
        try {
            putShorts(address, pixels, offset, channels, height, width, signed);
        } finally {
            release();
        }
    }

    public void next(float[] pixels, int offset, int channels, int height, int width) {
        long address = acquire();
        try {
            putFloats(address, pixels, offset, channels, height, width);
        } finally {
            release();
        }
    }

    public void nextColours(int[] pixels, int offset, int height, int width) {
        long address = acquire();
        try {
            putColours(address, pixels, offset, 1, height, width);
        } finally {
            release();
        }
    }

    /** Nanometres in a pixel of `size` units ("nm", "micron"); 0 where that is no pixel size, as for files. */
    public static double pixelSize(double size, String unit) {
        Library.load();
        return pixelSize(size, Library.utf8(unit));
    }

    /** Nanometres per pixel; 0 for unknown. */
    public void setPixelSize(double x, double y) {
        long address = acquire();
        try {
            setPixelSize(address, x, y);
        } finally {
            release();
        }
    }

    public MicrographInfo info() {
        MicrographInfo info = new MicrographInfo();
        long address = acquire();
        try {
            describe(address, info);
        } finally {
            release();
        }
        return info;
    }

    /** The title of a slice, which counts from 0; "" where it has none. */
    public String sliceLabel(int slice) {
        long address = acquire();
        try {
            return sliceLabel(address, slice);
        } finally {
            release();
        }
    }

    /** Reads one channel of one slice into height x width values from `offset` on. Both count from 0. */
    public void read(int slice, int channel, float[] into, int offset) {
        if (into == null) throw new FringeArgumentException("pixels: the array is null");
        long address = acquire();
        try {
            read(address, slice, channel, into, offset);
        } finally {
            release();
        }
    }

    @Override
    void dispose(long freed) {
        free(freed);
    }

    private static native long open(byte[] path, long run, Run owner);

    private static native void free(long micrograph);

    private static native long putBytes(long micrograph, byte[] pixels, int offset, int channels, int height,
            int width);

    private static native long putShorts(long micrograph, short[] pixels, int offset, int channels, int height,
            int width, boolean signed);

    private static native long putFloats(long micrograph, float[] pixels, int offset, int channels, int height,
            int width);

    private static native long putColours(long micrograph, int[] pixels, int offset, int channels, int height,
            int width);

    private static native double pixelSize(double size, byte[] unit);

    private static native void setPixelSize(long micrograph, double x, double y);

    private static native void describe(long micrograph, MicrographInfo into);

    private static native String sliceLabel(long micrograph, int slice);

    private static native void read(long micrograph, int slice, int channel, float[] into, int offset);
}
