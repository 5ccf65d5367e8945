package fringe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The particles of one slice of a mask, class map or label image, numbered from 1 in the order in which ImageJ's particle
 * analyzer finds them. One thread at a time.
 */
public final class Particles extends Handle {
    /** What a column needs besides the labels, in the library's order. */
    private enum Source {
        SHAPE, IMAGE, PROBABILITY
    }

    /** The library's list of columns, asked for once. */
    private static final class Columns {
        static final List<String> NAMES;
        static final int[] SOURCES;

        static {
            Library.load();
            NAMES = Collections.unmodifiableList(Arrays.asList(columnNames()));
            SOURCES = columnSources();
        }
    }

    /* Filled in by the library, once. */
    private int count;
    private int width;
    private int height;
    private String unit;
    private final boolean image;
    private final boolean probability;

    private Particles(long address, boolean image, boolean probability) {
        super("list of particles", address, false);
        this.image = image;
        this.probability = probability;
        describe(address, this);
    }

    /**
     * Finds and measures the particles of a slice, which counts from 0. `image` and `probability`, of the labels' size,
     * and the run may be null. An image without particles gives none.
     */
    public static Particles find(Micrograph labels, Micrograph image, Micrograph probability, int slice,
            ParticlesOptions options, Run run) {
        require(labels, "image of labels");
        long[] used = acquireAll(labels, image, probability, run);
        try {
            return new Particles(find(used[0], used[1], used[2], slice, options, used[3], run), image != null,
                    probability != null);
        } finally {
            releaseAll(labels, image, probability, run);
        }
    }

    /** Every column that there may be: ImageJ's in ImageJ's order and under ImageJ's names, then Fringe's. */
    public static List<String> allColumns() {
        return Columns.NAMES;
    }

    /** The columns whose source was there. */
    public List<String> columns() {
        List<String> there = new ArrayList<>();
        for (int i = 0; i < Columns.SOURCES.length; i++) {
            Source source = Source.values()[Columns.SOURCES[i]];
            if (source == Source.SHAPE || (source == Source.IMAGE && image)
                    || (source == Source.PROBABILITY && probability))
                there.add(Columns.NAMES.get(i));
        }
        return there;
    }

    public int count() {
        return count;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** "nm" or "pixel": of lengths, and squared of areas. */
    public String unit() {
        return unit;
    }

    /** The particle of an index from 0, its number less one. */
    public Particle get(int index) {
        Particle particle = new Particle();
        long address = acquire();
        try {
            particle(address, index, particle, particle.values());
        } finally {
            release();
        }
        return particle;
    }

    /** The label plane, height x width: 0 or the particle's number. */
    public int[] labels() {
        int[] labels = new int[width * height];
        long address = acquire();
        try {
            labels(address, labels, 0);
        } finally {
            release();
        }
        return labels;
    }

    /** The corners x, y, x, y ... of a particle's outer outline, in the order of ImageJ's wand. */
    public int[] outline(int index) {
        long address = acquire();
        try {
            return outline(address, index);
        } finally {
            release();
        }
    }

    @Override
    void dispose(long freed) {
        free(freed);
    }

    private static native String[] columnNames();

    private static native int[] columnSources();

    static native void analysisDefaults(ParticlesOptions into);

    private static native long find(long labels, long image, long probability, int slice, ParticlesOptions options,
            long run, Run owner);

    private static native void free(long particles);

    private static native void describe(long particles, Particles into);

    private static native void particle(long particles, int index, Particle into, double[] values);

    private static native void labels(long particles, int[] into, int offset);

    private static native int[] outline(long particles, int index);
}
