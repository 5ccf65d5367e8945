package fringe;

import java.util.Arrays;

/**
 * A native object and who uses it now. Closing while it is in use is refused, a second close does nothing, and any
 * use after it is an IllegalStateException: native memory is never touched after it was freed.
 */
abstract class Handle implements AutoCloseable {
    private final String name;
    private final boolean shared;
    private long address;
    private int users;

    /** A shared object may be used by many threads at once, any other by one at a time. */
    Handle(String name, long address, boolean shared) {
        this.name = name;
        this.address = address;
        this.shared = shared;
    }

    /** The address, until {@link #release}. */
    final synchronized long acquire() {
        if (address == 0) throw new IllegalStateException("the " + name + " is closed");
        if (!shared && users > 0) throw new IllegalStateException("the " + name + " is in use by another call");
        users++;
        return address;
    }

    final synchronized void release() {
        users--;
    }

    /** Refuses a handle that a call cannot do without. */
    static void require(Handle handle, String what) {
        if (handle == null) throw new FringeArgumentException("the " + what + " is null");
    }

    /** The addresses of all, 0 of null, until {@link #releaseAll}; where one is refused, none is kept. */
    static long[] acquireAll(Handle... handles) {
        long[] addresses = new long[handles.length];
        int acquired = 0;
        try {
            for (; acquired < handles.length; acquired++)
                if (handles[acquired] != null) addresses[acquired] = handles[acquired].acquire();
            return addresses;
        } catch (IllegalStateException e) {
            releaseAll(Arrays.copyOf(handles, acquired));
            throw e;
        }
    }

    static void releaseAll(Handle... handles) {
        for (Handle handle : handles) if (handle != null) handle.release();
    }

    /** Like acquire, but beside a call that is under way. The object must allow that; hold the lock meanwhile. */
    final long beside() {
        if (address == 0) throw new IllegalStateException("the " + name + " is closed");
        return address;
    }

    @Override
    public final synchronized void close() {
        if (users > 0) throw new IllegalStateException("the " + name + " is in use and cannot be closed");
        if (address == 0) return;
        long freed = address;
        address = 0;
        dispose(freed);
    }

    /** Frees the native object. */
    abstract void dispose(long freed);
}
