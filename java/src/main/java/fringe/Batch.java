package fringe;

/**
 * Many files analyzed as `fringe analyze` does it: masks, labels, overlays, tables and outlines beside each input or in a
 * folder, and a report of all. Each setter returns the batch itself.
 */
public final class Batch {
    /** Hears of every input once, on the thread that makes the call. */
    public interface ItemListener {
        /**
         * @param status "ok", or the name of what went wrong
         * @param skipped whether the same result was there already, or the input is one of Fringe's outputs
         * @param message the error in words; "" when there is none
         * @param outputs paths
         * @param notices "name: text" of each
         */
        void item(String input, String status, boolean skipped, String message, String[] outputs, String[] notices);
    }

    /** How many inputs became what. */
    public static final class Summary {
        public final long done;
        public final long skipped;
        public final long failed;

        private Summary(long[] counts) {
            done = counts[0];
            skipped = counts[1];
            failed = counts[2];
        }
    }

    /* Read by the library, by name. */
    private boolean probability;
    private boolean compress;
    private boolean overwrite;
    private boolean recursive;
    private SegmentOptions segment = new SegmentOptions();
    private ParticlesOptions particles = ParticlesOptions.forAnalysis();
    private ItemListener listener;

    /** Whether probability maps are written too. */
    public Batch probability(boolean value) {
        probability = value;
        return this;
    }

    /** Whether TIFFs are compressed. */
    public Batch compress(boolean value) {
        compress = value;
        return this;
    }

    /** Whether results that Fringe made of other inputs, models or parameters are replaced. */
    public Batch overwrite(boolean value) {
        overwrite = value;
        return this;
    }

    /** Whether subfolders of a folder are gone into. */
    public Batch recursive(boolean value) {
        recursive = value;
        return this;
    }

    public Batch segment(SegmentOptions value) {
        segment = value;
        return this;
    }

    public Batch particles(ParticlesOptions value) {
        particles = value;
        return this;
    }

    /** Null for nobody. */
    public Batch listener(ItemListener value) {
        listener = value;
        return this;
    }

    /**
     * Analyzes files and the images in folders. Without `faults`, which may be null, particles are not classified.
     * `output` is a folder, null for beside each input. The run may be null. Inputs that fail are told to the listener.
     */
    public Summary analyze(Model model, FaultModel faults, String[] paths, String output, Run run) {
        if (run == null) {
            try (Run own = new Run()) { // a listener that throws stops it
                return analyze(model, faults, paths, output, own);
            }
        }
        byte[][] names = new byte[paths.length][];
        for (int i = 0; i < paths.length; i++) names[i] = Library.utf8(paths[i]);
        byte[] folder = Library.utf8(output);
        Handle.require(model, "model");
        long[] used = Handle.acquireAll(model, faults, run);
        try {
            return new Summary(analyze(used[0], used[1], names, folder, this, segment, particles, used[2], run));
        } finally {
            Handle.releaseAll(model, faults, run);
        }
    }

    /** Called by the library. */
    private void heardItem(String input, String status, boolean skipped, String message, String[] outputs,
            String[] notices) {
        if (listener != null) listener.item(input, status, skipped, message, outputs, notices);
    }

    private static native long[] analyze(long model, long faults, byte[][] paths, byte[] output, Batch batch,
            SegmentOptions segment, ParticlesOptions particles, long run, Run owner);
}
