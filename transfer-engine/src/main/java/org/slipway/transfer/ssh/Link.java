package org.slipway.transfer.ssh;

import java.io.InterruptedIOException;
import java.time.Duration;

/** The way to a host: how far and how fast it was found to be, and how fast it may be. For use by any number of threads. */
final class Link {
    /** Below this a processor compresses faster than the link sends. */
    private static final long SLOW_BYTES_PER_SECOND = 60_000_000;

    private static final long FAR_NANOS = Duration.ofMillis(10).toNanos();
    private static final long ENOUGH_BYTES = 4 << 20;
    private static final long MEMORY_BYTES = 64 << 20;

    /** A block that takes longer tells of a host that stood still, and a link with which all take longer is slow by this too. */
    private static final long LONGEST_NANOS = Duration.ofMillis(100).toNanos();

    private final Throttle throttle;
    private final Pace pace;
    private long roundTripNanos = Long.MAX_VALUE;
    private long bytes;
    private long nanos;
    private volatile boolean differencesFailed;

    Link(Throttle throttle, Pace pace) {
        this.throttle = throttle;
        this.pace = pace;
    }

    /** What measures whether content passes fast enough. */
    Pace pace() {
        return pace;
    }

    /** What was put together there was not what it should be: what is in the place of the files does not stay as it is for long enough. */
    void differencesFailed() {
        differencesFailed = true;
    }

    /** Whether it is worth to send only what differs. */
    boolean isForDifferences() {
        return !differencesFailed && isSlow();
    }

    /** Waits until so much may go or come. */
    void pass(int count) throws InterruptedIOException {
        throttle.pass(count);
    }

    /** One round trip took no longer than this. */
    synchronized void roundTrip(long tookNanos) {
        roundTripNanos = Math.min(roundTripNanos, tookNanos);
    }

    /** A block of some 100 KiB went, while nothing but the link was waited for. What was long ago counts for less and less. */
    synchronized void sent(int count, long tookNanos) {
        bytes += count;
        nanos += Math.min(tookNanos, LONGEST_NANOS);
        if (bytes >= MEMORY_BYTES) {
            bytes /= 2;
            nanos /= 2;
        }
    }

    /** Whether it is worth the processors' time to send less. */
    synchronized boolean isSlow() {
        if (throttle.isBelow(SLOW_BYTES_PER_SECOND)) {
            return true;
        }
        boolean far = roundTripNanos != Long.MAX_VALUE && roundTripNanos > FAR_NANOS;
        return bytes < ENOUGH_BYTES ? far : bytes * 1e9 / Math.max(1, nanos) < SLOW_BYTES_PER_SECOND;
    }
}
