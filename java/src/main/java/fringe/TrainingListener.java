package fringe;

/**
 * Hears how a training goes, on the thread that makes the call: about once a second, and behind every validation.
 * {@link Run#cancel} stops the training, and so does an exception thrown here, which then comes out of the call.
 */
public interface TrainingListener {
    void progress(Run run, TrainingProgress progress);
}
