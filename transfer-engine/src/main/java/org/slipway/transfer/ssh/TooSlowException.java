package org.slipway.transfer.ssh;

import java.io.IOException;

/** Content went or came slower than it has to. */
final class TooSlowException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long bytes;
    private final long seconds;
    private final long leastBytesPerSecond;

    TooSlowException(long bytes, long seconds, long leastBytesPerSecond) {
        super(bytes + " bytes in " + seconds + " s");
        this.bytes = bytes;
        this.seconds = seconds;
        this.leastBytesPerSecond = leastBytesPerSecond;
    }

    /** The same for one more who waits. */
    TooSlowException again() {
        TooSlowException again = new TooSlowException(bytes, seconds, leastBytesPerSecond);
        again.initCause(this);
        return again;
    }

    long bytes() {
        return bytes;
    }

    long seconds() {
        return seconds;
    }

    long leastBytesPerSecond() {
        return leastBytesPerSecond;
    }
}
