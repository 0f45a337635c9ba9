package org.slipway.transfer.ssh;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slipway.transfer.SpeedFloor;

/**
 * Measures how fast content passes a link while somebody waits for that, and gives a link up that is slower than it may be. Any number
 * of threads may wait at the same time: that time counts once.
 */
final class Pace {
    /** What an answer with content counts for at least: a small file takes its time however fast the link is. */
    static final long ANSWER_WORTH_BYTES = 4 << 10;

    /** OpenSSH acknowledges what came in steps of 96 KiB and more. */
    private static final long STEP_BYTES = 128 << 10;

    private final long least;
    private final long windowNanos;
    private final LongSupplier nanoTime;
    private int waiting;
    private long since;
    private long waitedNanos;
    private long bytes;

    Pace(SpeedFloor floor) {
        this(floor, System::nanoTime);
    }

    Pace(SpeedFloor floor, LongSupplier nanoTime) {
        this.least = floor.leastBytesPerSecond();
        this.windowNanos = least == 0
                ? Long.MAX_VALUE
                : Math.max(
                        floor.window().toNanos(), (long) (STEP_BYTES * (double) TimeUnit.SECONDS.toNanos(1) / least));
        this.nanoTime = nanoTime;
    }

    /** A piece of work begins: what was measured before is forgotten. */
    synchronized void restart() {
        count();
        forget();
    }

    /** Somebody waits for content to go or to come, from now on. */
    synchronized void begin() {
        count();
        waiting++;
    }

    /** The content of a file begins to come, in an answer that holds those of others too. */
    synchronized void allowFor(long sizeBytes) {
        bytes += Math.max(0, ANSWER_WORTH_BYTES - sizeBytes);
    }

    /** It went or came; {@code 0} where the wait ended without. */
    synchronized void end(long passed) throws TooSlowException {
        count();
        waiting--;
        bytes += passed;
        require();
    }

    /** Looks in the middle of a wait. */
    synchronized void look() throws TooSlowException {
        count();
        require();
    }

    private void count() {
        long now = nanoTime.getAsLong();
        if (waiting > 0) {
            waitedNanos += now - since;
        }
        since = now;
    }

    private void require() throws TooSlowException {
        if (waitedNanos < windowNanos) {
            return;
        }
        double seconds = waitedNanos / (double) TimeUnit.SECONDS.toNanos(1);
        long passed = bytes;
        forget();
        if (passed < least * seconds) {
            throw new TooSlowException(passed, Math.round(seconds), least);
        }
    }

    private void forget() {
        waitedNanos = 0;
        bytes = 0;
    }
}
