package fringe;

/** Networks and forests trained by a recipe, as `fringe train` does it. */
public final class Training {
    private Training() {
    }

    /**
     * Trains, and writes a bioimage.io package into a folder, which is made where it is missing. A training that was
     * cancelled or killed goes on from its checkpoint when it is called again, and gives the same bytes. The options,
     * the listener and the run may be null; a forest has no epochs to hear of.
     *
     * FringeFormatException for a recipe that is wrong, with its line; FringeFileException for images without labels, and
     * where another program trains a network into the folder;
     * FringeExistsException where the folder holds a finished package; FringeMismatchException where its checkpoint
     * belongs to another recipe or other data; FringeCancelledException, with the last step in the checkpoint.
     */
    public static void train(String recipe, String outputFolder, TrainingOptions options, TrainingListener listener,
            Run run) {
        if (run == null) {
            try (Run own = new Run()) { // a listener that throws stops it
                train(recipe, outputFolder, options, listener, own);
            }
            return;
        }
        TrainingOptions taken = options == null ? new TrainingOptions() : options;
        long used = run.acquire();
        try {
            train(Library.utf8(recipe), Library.utf8(outputFolder), Library.utf8(taken.from()),
                    taken.overwrite(), listener, used, run);
        } finally {
            run.release();
        }
    }

    private static native void train(byte[] recipe, byte[] outputFolder, byte[] from, boolean overwrite,
            TrainingListener listener, long run, Run owner);
}
