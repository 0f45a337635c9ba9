package org.slipway.transfer.ssh;

import java.io.InterruptedIOException;
import java.time.Duration;

/** The way to a host: how far and how fast it was found to be, and how fast it may be. For use by any number of threads. */
final class Link {
    /** Below this a processor compresses faster than the link sends. */
    private static final long SLOW_BYTES_PER_SECOND = 60_000_000;

    private static final long FAR_NANOS = Duration.ofMillis(10).toNanos();
    private static final long ENOUGH_BYTES = 4 << 20;

    private final Throttle throttle;
    private final Pace pace;
    private long roundTripNanos = Long.MAX_VALUE;
    private long bytesPerSecond;
    private long bytes;
    private long nanos;

    Link(Throttle throttle, Pace pace) {
        this.throttle = throttle;
        this.pace = pace;
    }

    /** What measures whether content passes fast enough. */
    Pace pace() {
        return pace;
    }

    /** Waits until so much may go or come. */
    void pass(int count) throws InterruptedIOException {
        throttle.pass(count);
    }

    /** One round trip took no longer than this. */
    synchronized void roundTrip(long tookNanos) {
        roundTripNanos = Math.min(roundTripNanos, tookNanos);
    }

    /** So much went, while nothing but the link was waited for. */
    synchronized void sent(int count, long tookNanos) {
        bytes += count;
        nanos += tookNanos;
        if (bytes >= ENOUGH_BYTES) {
            bytesPerSecond = (long) (bytes * 1e9 / Math.max(1, nanos));
            bytes = 0;
            nanos = 0;
        }
    }

    /** Whether it is worth the processors' time to send less. */
    synchronized boolean isSlow() {
        if (throttle.isBelow(SLOW_BYTES_PER_SECOND)) {
            return true;
        }
        boolean far = roundTripNanos != Long.MAX_VALUE && roundTripNanos > FAR_NANOS;
        return bytesPerSecond == 0 ? far : bytesPerSecond < SLOW_BYTES_PER_SECOND;
    }
}
