package fringe;

/**
 * A network: a bioimage.io package (folder or zip) or a bare .onnx file. Loading reads and checks everything; a loaded
 * model never changes and may be used by many threads at once.
 */
public final class Model extends Handle {
    private Model(long address) {
        super("model", address, true);
    }

    /** Loads a model by path, or by its name in one of the models folders. The run may be null. */
    public static Model load(String pathOrName, Run run) {
        Library.load();
        long used = Run.acquire(run);
        try {
            return new Model(load(Library.utf8(pathOrName), used, run));
        } finally {
            Run.release(run);
        }
    }

    /** Whether a path or name is that of a forest, which no Model is; false also for what cannot be read. */
    public static boolean isForest(String pathOrName) {
        Library.load();
        return isForest(Library.utf8(pathOrName));
    }

    /**
     * Runs a package's own test tensors. FringeMismatchException where they differ from what the package says,
     * FringeModelException where there are none. The run may be null.
     */
    public static ModelCheck test(String pathOrName, Run run) {
        Library.load();
        ModelCheck check = new ModelCheck();
        long used = Run.acquire(run);
        try {
            test(Library.utf8(pathOrName), used, run, check);
        } finally {
            Run.release(run);
        }
        return check;
    }

    /**
     * Installs a package (folder or zip) into the user's models folder, where the command line finds it too, once its
     * test tensors agree. The run may be null. Returns the path of what was written.
     */
    public static String install(String path, Run run) {
        Library.load();
        long used = Run.acquire(run);
        try {
            return install(Library.utf8(path), used, run);
        } finally {
            Run.release(run);
        }
    }

    /** The user's models folder; it need not exist. */
    public static String userFolder() {
        Library.load();
        return folder();
    }

    public ModelInfo info() {
        ModelInfo info = new ModelInfo();
        long address = acquire();
        try {
            info.setOutputNames(describe(address, info));
        } finally {
            release();
        }
        return info;
    }

    /** The bytes that the network needs for an image of this size, beside its weights. */
    public long memory(int height, int width) {
        long address = acquire();
        try {
            return memory(address, height, width);
        } finally {
            release();
        }
    }

    /** Milliseconds of the network alone on a random image: one run to warm up, then `count` that are timed. */
    public double[] time(int height, int width, int count, Run run) {
        double[] times = new double[count];
        long address = acquire();
        try {
            long used = Run.acquire(run);
            try {
                time(address, height, width, times, used, run);
            } finally {
                Run.release(run);
            }
        } finally {
            release();
        }
        return times;
    }

    @Override
    void dispose(long freed) {
        free(freed);
    }

    private static native long load(byte[] path, long run, Run owner);

    private static native boolean isForest(byte[] path);

    private static native void free(long model);

    private static native String[] describe(long model, ModelInfo into);

    private static native long memory(long model, int height, int width);

    private static native void test(byte[] path, long run, Run owner, ModelCheck into);

    private static native void time(long model, int height, int width, double[] times, long run, Run owner);

    private static native String install(byte[] path, long run, Run owner);

    private static native String folder();
}
