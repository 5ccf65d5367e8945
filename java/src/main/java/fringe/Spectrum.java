package fringe;

/**
 * The power spectrum of one particle, its reflections with their indices, and how a fault runs in it: what its class rests
 * on. A copy, which stays. The plane is `size` x `size` values, row by row; frequencies are vectors, x to the right and y
 * down, in 1/unit; frequency 0 is the middle of the pixel (size / 2, size / 2). Angles are ImageJ's.
 */
public final class Spectrum {
    /** A reflection that stands out. Of each and its opposite, which has the opposite indices, there is one. */
    public static final class Spot {
        /* Filled in by the library. */
        private double gX;
        private double gY;
        private double x;
        private double y;
        private double spacing;
        private double spacingError;
        private double contrast;
        private boolean indexed;
        private int h;
        private int k;
        private int l;

        private Spot() {
        }

        /** Its frequency. */
        public double gX() {
            return gX;
        }

        public double gY() {
            return gY;
        }

        /** Where it is seen in the plane, in pixels: pixel 0 covers 0 to 1. */
        public double x() {
            return x;
        }

        public double y() {
            return y;
        }

        /** d, in {@link Spectrum#unit}. */
        public double spacing() {
            return spacing;
        }

        /** The standard error of d. */
        public double spacingError() {
            return spacingError;
        }

        /** Its power as a multiple of the median on its ring. */
        public double contrast() {
            return contrast;
        }

        /** "111", "1-11", "0 0 12" where a number has two digits; "" where it does not belong to the particle's phase. */
        public String index() {
            return text(1);
        }

        /** The same of its opposite. */
        public String oppositeIndex() {
            return text(-1);
        }

        private String text(int sign) {
            if (!indexed) return "";
            String between = Math.max(Math.abs(h), Math.max(Math.abs(k), Math.abs(l))) > 9 ? " " : "";
            return sign * h + between + sign * k + between + sign * l;
        }
    }

    /** How a plane lies: the line of the same number in {@link #rating}. */
    public static final class Plane {
        /* Filled in by the library. */
        private double direction;
        private int layers;

        private Plane() {
        }

        /** Of its trace, in the image as in the spectrum. */
        public double direction() {
            return direction;
        }
    }

    /* Filled in by the library. */
    private int size;
    private double stepX;
    private double stepY;
    private String unit;
    private int spotCount;
    private int planeCount;
    private final float[] power;
    private final Spot[] spots;
    private final Plane[] planes;
    private final FaultRating rating = new FaultRating();

    private Spectrum(long address) {
        describe(address, this);
        power = new float[size * size];
        power(address, power);
        spots = new Spot[spotCount];
        for (int i = 0; i < spotCount; i++) spot(address, i, spots[i] = new Spot());
        planes = new Plane[planeCount];
        for (int i = 0; i < planeCount; i++) plane(address, i, planes[i] = new Plane());
        rating.setNumbers(rating(address, rating));
    }

    /**
     * Transforms the particle of an index from 0; the particles are those of a slice of the image, and slices and channels
     * count from 0. Without `faults`, which may be null, its class is not known, and its spots are indexed by the crystals
     * that come with Fringe. The run may be null. FringeArgumentException where a particle is too small, flat or large.
     */
    public static Spectrum of(FaultModel faults, Micrograph image, int slice, int channel, Particles particles, int index,
            Run run) {
        Handle.require(image, "image");
        Handle.require(particles, "list of particles");
        long[] used = Handle.acquireAll(faults, image, particles, run);
        try {
            long found = find(used[0], used[1], slice, channel, used[2], index, used[3], run);
            try {
                return new Spectrum(found);
            } finally {
                free(found);
            }
        } finally {
            Handle.releaseAll(faults, image, particles, run);
        }
    }

    /** Height and width of the plane. */
    public int size() {
        return size;
    }

    /** From one pixel to the next, in 1/unit. */
    public double stepX() {
        return stepX;
    }

    public double stepY() {
        return stepY;
    }

    /** "nm" or "pixel", of spacings. */
    public String unit() {
        return unit;
    }

    /** The power, which is 1 on average for white noise; no logarithm. */
    public float[] power() {
        return power.clone();
    }

    /** By falling contrast. */
    public Spot[] spots() {
        return spots.clone();
    }

    /** Planes, the most certain first. */
    public Plane[] planes() {
        return planes.clone();
    }

    /** The reflection of a plane's own layers, at right angles to its trace; null where none stands out. */
    public Spot layers(Plane plane) {
        return plane.layers < 0 ? null : spots[plane.layers];
    }

    /** What is said of the particle; without a forest its probabilities are 0. */
    public FaultRating rating() {
        return rating;
    }

    private static native long find(long model, long image, int slice, int channel, long particles, int index, long run,
            Run owner);

    private static native void free(long spectrum);

    private static native void describe(long spectrum, Spectrum into);

    private static native void power(long spectrum, float[] into);

    private static native void spot(long spectrum, int index, Spot into);

    private static native void plane(long spectrum, int index, Plane into);

    private static native double[][] rating(long spectrum, FaultRating into);
}
