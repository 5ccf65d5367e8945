package fringe;

/** How far a training is, and behind a validation what the network makes of its first image. */
public final class TrainingProgress {
    /* Filled in by the library. */
    private long step;
    private long stepCount;
    private int epoch;
    private double loss;
    private double validationLoss;
    private double score;
    private double bestScore;
    private double secondsLeft;
    private int previewHeight;
    private int previewWidth;
    private float[] previewImage;
    private byte[] previewClasses;

    TrainingProgress() {
    }

    /** Steps done. */
    public long step() {
        return step;
    }

    /** Steps in all. */
    public long stepCount() {
        return stepCount;
    }

    /** Epochs done. */
    public int epoch() {
        return epoch;
    }

    /** The mean over the steps since the listener was last called. */
    public double loss() {
        return loss;
    }

    /** Of the last validation; NaN before it, and without validation images. */
    public double validationLoss() {
        return validationLoss;
    }

    /** Mean intersection over union of the classes at the last validation, 0 to 1; NaN likewise. */
    public double score() {
        return score;
    }

    /** The best score so far, whose weights are kept. */
    public double bestScore() {
        return bestScore;
    }

    /** An estimate for all epochs. */
    public double secondsLeft() {
        return secondsLeft;
    }

    /** Whether this comes behind a validation and shows its first image. */
    public boolean hasPreview() {
        return previewImage != null;
    }

    public int previewHeight() {
        return previewHeight;
    }

    public int previewWidth() {
        return previewWidth;
    }

    /** What the network saw in its first channel, prepared: height x width; null without a preview. */
    public float[] previewImage() {
        return previewImage;
    }

    /** The class that it gives each pixel: height x width; null without a preview. */
    public byte[] previewClasses() {
        return previewClasses;
    }
}
