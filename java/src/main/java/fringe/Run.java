package fringe;

/**
 * What accompanies a long call: threads, a listener, cancel. One run serves one call at a time; {@link #cancel} alone
 * may come from any thread. Results do not depend on the number of threads.
 */
public final class Run extends Handle {
    private final Listener listener;

    /** One thread per processor, nobody listens. */
    public Run() {
        this(0, null);
    }

    /** `threads` in all, 0 for one per processor. The listener may be null. */
    public Run(int threads, Listener listener) {
        super("run", make(threads), false);
        this.listener = listener;
    }

    private static long make(int threads) {
        Library.load();
        return create(threads);
    }

    /** Asks the current call and every later one with this run to stop with a FringeCancelledException. */
    public synchronized void cancel() {
        cancel(beside());
    }

    public synchronized boolean isCancelled() {
        return cancelled(beside());
    }

    public synchronized int threads() {
        return threads(beside());
    }

    /** The address of a run that may be null; 0 stands for none. */
    static long acquire(Run run) {
        return run == null ? 0 : run.acquire();
    }

    static void release(Run run) {
        if (run != null) run.release();
    }

    /** Called by the library. */
    private void heardProgress(long done, long total) {
        if (listener != null) listener.progress(this, done, total);
    }

    /** Called by the library. */
    private void heardNotice(String name, String text) {
        if (listener != null) listener.notice(this, name, text);
    }

    @Override
    void dispose(long freed) {
        free(freed);
    }

    private static native long create(int threads);

    private static native void free(long run);

    private static native void cancel(long run);

    private static native boolean cancelled(long run);

    private static native int threads(long run);
}
