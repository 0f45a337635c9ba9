package org.slipway.controller.body;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serial;
import java.time.Duration;

/** What a caller sends, for so long and no longer, however little comes at a time. One who sends nothing is up to {@code quarkus.http.read-timeout}. */
final class TimedStream extends InputStream {
    private final long from = System.nanoTime();
    private final InputStream in;
    private final Duration longest;

    TimedStream(InputStream in, Duration longest) {
        this.in = in;
        this.longest = longest;
    }

    @Override
    public int read() throws IOException {
        requireTime();
        return in.read();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        requireTime();
        return in.read(into, offset, length);
    }

    private void requireTime() throws TooSlowException {
        if (System.nanoTime() - from > longest.toNanos()) {
            throw new TooSlowException();
        }
    }

    /** The time is over. */
    static final class TooSlowException extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;
    }
}
