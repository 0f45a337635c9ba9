package org.slipway.transfer.ssh;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The answer of a remote script: fields that end with a NUL byte, between a begin and an end mark that nobody can guess. What
 * a login shell prints before the begin mark is skipped.
 */
final class Fields {
    private static final int MAX_NOISE_BYTES = 1 << 20;
    private static final int MAX_FIELD_BYTES = 1 << 16;
    private static final int MAX_LONG_FIELD_BYTES = 16 << 20;

    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int limit;

    Fields(InputStream in) {
        this.in = in;
    }

    /** Skips to right behind the begin mark. {@code false} when the stream ends without one. */
    boolean begin(String mark) throws IOException {
        byte[] wanted = ("\0" + mark + "\0").getBytes(StandardCharsets.US_ASCII);
        int matched = 0;
        for (int skipped = 0; skipped < MAX_NOISE_BYTES; skipped++) {
            int b = read();
            if (b < 0) {
                return false;
            }
            if (b == wanted[matched]) {
                matched++;
            } else {
                matched = b == wanted[0] ? 1 : 0;
            }
            if (matched == wanted.length) {
                return true;
            }
        }
        return false;
    }

    /** What follows, as a stream. */
    InputStream rest() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                return Fields.this.read();
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return Fields.this.read(into, offset, length);
            }

            @Override
            public int available() throws IOException {
                return Fields.this.available();
            }
        };
    }

    /** The next field, as text of one byte a character. */
    String ascii() throws IOException {
        return new String(bytes(), StandardCharsets.ISO_8859_1);
    }

    /** The next field up to and without a NUL. */
    byte[] bytes() throws IOException {
        return until(new byte[] {0});
    }

    /** The bytes up to and without a delimiter. */
    byte[] until(byte[] delimiter) throws IOException {
        return until(delimiter, MAX_FIELD_BYTES);
    }

    /** A field that may be long, up to and without a NUL. */
    byte[] longBytes() throws IOException {
        return until(new byte[] {0}, MAX_LONG_FIELD_BYTES);
    }

    private byte[] until(byte[] delimiter, int maxBytes) throws IOException {
        byte last = delimiter[delimiter.length - 1];
        ByteArrayOutputStream field = new ByteArrayOutputStream(64);
        while (true) {
            int b = read();
            if (b < 0) {
                throw new EOFException("the answer ends in the middle");
            }
            field.write(b);
            if ((byte) b == last && endsWith(field, delimiter)) {
                byte[] all = field.toByteArray();
                return Arrays.copyOf(all, all.length - delimiter.length);
            }
            if (field.size() > maxBytes) {
                throw new OddAnswer("the answer holds a field without an end");
            }
        }
    }

    private static boolean endsWith(ByteArrayOutputStream field, byte[] delimiter) {
        if (delimiter.length == 1) {
            return true;
        }
        if (field.size() < delimiter.length) {
            return false;
        }
        byte[] all = field.toByteArray();
        return Arrays.equals(all, all.length - delimiter.length, all.length, delimiter, 0, delimiter.length);
    }

    /** One byte, or -1 at the end. */
    int read() throws IOException {
        if (position == limit) {
            limit = Math.max(0, in.read(buffer, 0, buffer.length));
            position = 0;
            if (limit == 0) {
                return -1;
            }
        }
        return buffer[position++] & 0xff;
    }

    private int available() throws IOException {
        return limit - position + in.available();
    }

    /** The rest of the stream, unframed. */
    int read(byte[] into, int offset, int length) throws IOException {
        if (position == limit) {
            return in.read(into, offset, length);
        }
        int taken = Math.min(length, limit - position);
        System.arraycopy(buffer, position, into, offset, taken);
        position += taken;
        return taken;
    }

    /** The text of UTF-8 bytes; empty when they are none. */
    static Optional<String> utf8(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
