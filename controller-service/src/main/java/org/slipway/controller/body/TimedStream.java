package org.slipway.controller.body;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serial;
import java.time.Duration;

/** What a caller sends, for so long and no longer, however little comes at a time. One who sends nothing is up to {@code quarkus.http.read-timeout}. */
final class TimedStream extends FilterInputStream {
    private final long from = System.nanoTime();
    private final Duration longest;

    TimedStream(InputStream in, Duration longest) {
        super(in);
        this.longest = longest;
    }

    @Override
    public int read() throws IOException {
        requireTime();
        return super.read();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        requireTime();
        return super.read(into, offset, length);
    }

    @Override
    public long skip(long bytes) throws IOException {
        long skipped = 0;
        byte[] passedOver = new byte[8 << 10];
        while (skipped < bytes) {
            int read = read(passedOver, 0, (int) Math.min(passedOver.length, bytes - skipped));
            if (read < 0) {
                break;
            }
            skipped += read;
        }
        return skipped;
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
