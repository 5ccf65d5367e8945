package fringe;

/** How a training is begun. Each setter returns the options themselves, so that calls may be chained. */
public final class TrainingOptions {
    private String from;
    private boolean overwrite;

    /** The package's folder or .onnx file to start from, over the recipe's own; null: as the recipe says. */
    public TrainingOptions from(String model) {
        from = model;
        return this;
    }

    /** Whether to begin anew, whatever an earlier call left in the folder. */
    public TrainingOptions overwrite(boolean value) {
        overwrite = value;
        return this;
    }

    String from() {
        return from;
    }

    boolean overwrite() {
        return overwrite;
    }
}
