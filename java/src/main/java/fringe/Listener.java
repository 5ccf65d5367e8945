package fringe;

/**
 * Hears of a long call, on the thread that makes it. {@link Run#cancel} stops the call, and so does an exception
 * thrown here, which then comes out of the call.
 */
public interface Listener {
    /** Work done so far, in units of which only the ratio means anything. Never decreases within one call. */
    default void progress(Run run, long done, long total) {
    }

    /** A warning: its name never changes ("data_bar"), its text is one sentence. */
    default void notice(Run run, String name, String text) {
    }
}
