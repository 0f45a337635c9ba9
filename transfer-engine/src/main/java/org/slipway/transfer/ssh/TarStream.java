package org.slipway.transfer.ssh;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * Writes the tar stream that a host unpacks. Written by hand because commons-compress cuts times to 100 ns, and a file's time
 * would then differ from the source's for ever.
 */
final class TarStream {
    private static final int RECORD = 512;
    private static final int BLOCKED_RECORDS = 20;
    private static final int BUFFER_BYTES = 128 << 10;
    private static final int NAME_BYTES = 100;
    private static final long OCTAL_LIMIT = 1L << 33;

    private final OutputStream out;
    private final boolean pax;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private long written;

    /**
     * @param pax whether the reader knows pax headers (GNU tar does, BusyBox skips them): only those carry fractions of a second
     */
    TarStream(OutputStream out, boolean pax) {
        this.out = out;
        this.pax = pax;
    }

    void directory(String name, int mode, Instant modified) throws IOException {
        header(name + "/", "", '5', mode, modified, 0);
    }

    void link(String name, String target, Instant modified) throws IOException {
        header(name, target, '2', 0777, modified, 0);
    }

    void file(String name, int mode, Instant modified, byte[] content) throws IOException {
        header(name, "", '0', mode, modified, content.length);
        write(content, content.length);
        pad();
    }

    /** A file whose content must have exactly that length. */
    void file(String name, int mode, Instant modified, long sizeBytes, InputStream content, Counter counter)
            throws IOException {
        header(name, "", '0', mode, modified, sizeBytes);
        long left = sizeBytes;
        for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
            left -= n;
            if (left < 0) {
                throw new IOException(name + " is longer than announced");
            }
            write(buffer, n);
            counter.count(n);
        }
        if (left > 0) {
            throw new EOFException(name + " is shorter than announced");
        }
        pad();
    }

    /** Is told of bytes as they go. */
    interface Counter {
        /** Whoever is told otherwise. */
        Counter NOBODY = bytes -> {};

        void count(int bytes) throws IOException;
    }

    /** Ends the archive; the stream below stays open. */
    void finish() throws IOException {
        write(new byte[2 * RECORD], 2 * RECORD);
        int over = (int) (written % (RECORD * BLOCKED_RECORDS));
        if (over > 0) {
            write(new byte[RECORD * BLOCKED_RECORDS], RECORD * BLOCKED_RECORDS - over);
        }
        out.flush();
    }

    private void header(String name, String link, char type, int mode, Instant modified, long size) throws IOException {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        byte[] linkBytes = link.getBytes(StandardCharsets.UTF_8);
        boolean longName = nameBytes.length > NAME_BYTES;
        boolean longLink = linkBytes.length > NAME_BYTES;
        if (pax) {
            ByteArrayOutputStream more = new ByteArrayOutputStream();
            if (longName) {
                paxRecord(more, "path", nameBytes);
            }
            if (longLink) {
                paxRecord(more, "linkpath", linkBytes);
            }
            if (modified.getNano() != 0) {
                paxRecord(more, "mtime", decimal(modified).getBytes(StandardCharsets.US_ASCII));
            }
            if (more.size() > 0) {
                block("././@PaxHeader".getBytes(StandardCharsets.US_ASCII), new byte[0], 'x', 0600, 0, more.size());
                write(more.toByteArray(), more.size());
                pad();
            }
        } else {
            if (longName) {
                gnuLong('L', nameBytes);
            }
            if (longLink) {
                gnuLong('K', linkBytes);
            }
        }
        block(nameBytes, linkBytes, type, mode, modified.getEpochSecond(), size);
    }

    private static String decimal(Instant time) {
        return BigDecimal.valueOf(time.getEpochSecond())
                .add(BigDecimal.valueOf(time.getNano(), 9))
                .toPlainString();
    }

    /** A record counts its own length, digits of the length included. */
    private static void paxRecord(ByteArrayOutputStream to, String key, byte[] value) throws IOException {
        int rest = key.length() + value.length + 3;
        int length = rest + 1;
        while (length != rest + Integer.toString(length).length()) {
            length = rest + Integer.toString(length).length();
        }
        to.write((length + " " + key + "=").getBytes(StandardCharsets.US_ASCII));
        to.write(value);
        to.write('\n');
    }

    private void gnuLong(char type, byte[] text) throws IOException {
        block("././@LongLink".getBytes(StandardCharsets.US_ASCII), new byte[0], type, 0, 0, text.length + 1L);
        write(text, text.length);
        write(new byte[1], 1);
        pad();
    }

    private void block(byte[] name, byte[] link, char type, int mode, long seconds, long size) throws IOException {
        byte[] block = new byte[RECORD];
        System.arraycopy(name, 0, block, 0, Math.min(NAME_BYTES, name.length));
        number(block, 100, 8, mode);
        number(block, 108, 8, 0);
        number(block, 116, 8, 0);
        number(block, 124, 12, size);
        number(block, 136, 12, seconds);
        block[156] = (byte) type;
        System.arraycopy(link, 0, block, 157, Math.min(NAME_BYTES, link.length));
        byte[] magic = (pax ? "ustar\00000" : "ustar  \0").getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(magic, 0, block, 257, magic.length);
        Arrays.fill(block, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : block) {
            sum += b & 0xff;
        }
        byte[] checksum = "%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(checksum, 0, block, 148, checksum.length);
        write(block, RECORD);
    }

    /** Octal digits, or where they do not suffice the base-256 form that both GNU and BusyBox read. */
    private static void number(byte[] block, int at, int width, long value) {
        if (value >= 0 && value < (width == 12 ? OCTAL_LIMIT : 1L << 21)) {
            String octal = Long.toOctalString(value);
            int digits = width - 1;
            for (int i = 0; i < digits; i++) {
                int from = octal.length() - digits + i;
                block[at + i] = (byte) (from < 0 ? '0' : octal.charAt(from));
            }
            return;
        }
        for (int i = 0; i < width; i++) {
            int shift = (width - 1 - i) * 8;
            block[at + i] = (byte) (shift >= 64 ? value >> 63 : value >> shift);
        }
        block[at] = (byte) (value < 0 ? 0xff : 0x80);
    }

    private void write(byte[] bytes, int length) throws IOException {
        out.write(bytes, 0, length);
        written += length;
    }

    private void pad() throws IOException {
        int over = (int) (written % RECORD);
        if (over > 0) {
            write(new byte[RECORD], RECORD - over);
        }
    }
}
