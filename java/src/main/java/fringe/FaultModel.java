package fringe;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A forest that tells stacking faults and twins, and the crystals that are possible. It never changes and may be used by
 * many threads at once.
 */
public final class FaultModel extends Handle {
    /** The forest that is used where none is named. */
    public static final String DEFAULT = "hrtem-faults";

    /** The library's lists, asked for once. */
    private static final class Names {
        static final List<String> CLASSES;
        static final List<String> LATTICE;

        static {
            Library.load();
            CLASSES = Collections.unmodifiableList(Arrays.asList(classNamesOf()));
            LATTICE = Collections.unmodifiableList(Arrays.asList(latticeColumnsOf()));
        }
    }

    /* Filled in by the library, once. */
    private String name;
    private String path;
    private String sha256;
    private int treeCount;
    private int phaseCount;

    private FaultModel(long address) {
        super("model of faults", address, true);
        describe(address, this);
    }

    /**
     * Loads a forest, by path or by its name in one of the models folders; null: {@link #DEFAULT}. `phases` is a CIF or
     * YAML file with the crystals that are possible, null for those that come with Fringe. The run may be null.
     */
    public static FaultModel load(String pathOrName, String phases, Run run) {
        Library.load();
        long used = Run.acquire(run);
        try {
            return new FaultModel(load(Library.utf8(pathOrName), Library.utf8(phases), used, run));
        } finally {
            Run.release(run);
        }
    }

    /** The classes, in the library's order. */
    public static List<String> classNames() {
        return Names.CLASSES;
    }

    /** Whether a fault is seen in a class, by its place in {@link #classNames}. */
    public static boolean seen(int fault) {
        Library.load();
        return isSeen(fault);
    }

    /** The columns of numbers about a lattice, in the library's order. */
    public static List<String> latticeColumns() {
        return Names.LATTICE;
    }

    public String name() {
        return name;
    }

    public String path() {
        return path;
    }

    /** Of the forest's bytes. */
    public String sha256() {
        return sha256;
    }

    public int treeCount() {
        return treeCount;
    }

    public int phaseCount() {
        return phaseCount;
    }

    /**
     * Rates the particles of a slice of an image, in their order; slices and channels count from 0. The particles must be
     * of that slice. The run may be null.
     */
    public FaultRating[] rate(Micrograph image, int slice, int channel, Particles particles, Run run) {
        require(image, "image");
        require(particles, "list of particles");
        long[] used = acquireAll(this, image, particles, run);
        try {
            return ratings(find(used[0], used[1], slice, channel, used[2], used[3], run), particles.count());
        } finally {
            releaseAll(this, image, particles, run);
        }
    }

    private static FaultRating[] ratings(long faults, int count) {
        try {
            FaultRating[] ratings = new FaultRating[count];
            for (int i = 0; i < count; i++) {
                ratings[i] = new FaultRating();
                ratings[i].setNumbers(rating(faults, i, ratings[i]));
            }
            return ratings;
        } finally {
            freeFaults(faults);
        }
    }

    @Override
    void dispose(long freed) {
        free(freed);
    }

    private static native String[] latticeColumnsOf();

    private static native String[] classNamesOf();

    private static native boolean isSeen(int fault);

    private static native long load(byte[] path, byte[] phases, long run, Run owner);

    private static native void free(long model);

    private static native void describe(long model, FaultModel into);

    private static native long find(long model, long image, int slice, int channel, long particles, long run, Run owner);

    private static native void freeFaults(long faults);

    private static native double[][] rating(long faults, int index, FaultRating into);
}
