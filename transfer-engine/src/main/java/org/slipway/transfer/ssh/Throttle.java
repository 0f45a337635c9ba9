package org.slipway.transfer.ssh;

import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets no more than so many bytes a second through, whoever brings them. What was not used is good for a tenth of a second, so that a
 * pause is not made up for by a burst. For use by any number of threads.
 */
final class Throttle {
    /** Lets everything through. */
    static final long UNLIMITED = 0;

    private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final long bytesPerSecond;
    private final @Nullable Throttle inAll;
    private final LongSupplier nanoTime;
    private long freeAt;

    /**
     * @param bytesPerSecond {@link #UNLIMITED} for no limit
     * @param inAll one that everybody's bytes go through as well
     */
    Throttle(long bytesPerSecond, @Nullable Throttle inAll) {
        this(bytesPerSecond, inAll, System::nanoTime);
    }

    Throttle(long bytesPerSecond, @Nullable Throttle inAll, LongSupplier nanoTime) {
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException(bytesPerSecond + " bytes a second");
        }
        this.bytesPerSecond = bytesPerSecond;
        this.inAll = inAll;
        this.nanoTime = nanoTime;
        this.freeAt = nanoTime.getAsLong();
    }

    /** Whether less than this may pass in a second. */
    boolean isBelow(long bytes) {
        return (bytesPerSecond != UNLIMITED && bytesPerSecond < bytes) || (inAll != null && inAll.isBelow(bytes));
    }

    /** Waits until these bytes may go. */
    void pass(int bytes) throws InterruptedIOException {
        long wait = reserve(bytes);
        long until = nanoTime.getAsLong() + wait;
        for (long left = wait; left > 0; left = until - nanoTime.getAsLong()) {
            LockSupport.parkNanos(this, left);
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted");
            }
        }
    }

    /** How long these bytes have to wait, in nanoseconds. Whoever asks next has to wait behind them. */
    long reserve(int bytes) {
        long here = bytesPerSecond == UNLIMITED ? 0 : reserveHere(bytes);
        return inAll == null ? here : Math.max(here, inAll.reserve(bytes));
    }

    private synchronized long reserveHere(int bytes) {
        long now = nanoTime.getAsLong();
        freeAt = Math.max(freeAt, now - BURST_NANOS) + (long) (bytes * 1e9 / bytesPerSecond);
        return Math.max(0, freeAt - now);
    }
}
