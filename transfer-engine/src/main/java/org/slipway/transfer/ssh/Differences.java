package org.slipway.transfer.ssh;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.zip.Adler32;
import org.slipway.transfer.BlockInput;
import org.slipway.transfer.crypto.NativeCrypto;

/**
 * A content as differences from a file that a host has: which of its blocks come next, wherever they are in it, and the bytes that are in
 * none. Found as rsync does it (Tridgell and Mackerras, 1996), by a sum that rolls on byte by byte, and handed on in pieces as they are found.
 * Where the beginning of a content has nothing that is there, the rest is not looked at: archives change throughout.
 */
final class Differences {
    private static final int MODULUS = 65_521;
    private static final int READ_BYTES = 256 << 10;

    /**
     * Whoever has made up sums that fit nearly everywhere is not followed for ever: more than this, and than {@link #IN_VAIN_EACH} for each byte
     * of the content, as may happen by itself in files of many GiB, is not looked at in vain.
     */
    static final long MOST_LOOKED_AT_IN_VAIN_BYTES = 256L << 20;

    private static final int IN_VAIN_EACH = 4;

    /** How long a piece is, or little more. */
    static final int PIECE_BYTES = 256 << 10;

    private static final long LEAST_BEGINNING_BYTES = 4L << 20;
    private static final int BEGINNINGS = 8;

    private final Counted content;
    private final long sizeBytes;
    private final BlockSums there;
    private final int block;
    private final Pieces pieces;
    private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
    private final MessageDigest md5 = NativeCrypto.md5();
    private final int[] lengthTimes = new int[256];

    private final byte[] data;
    private int from;
    private int at;
    private int end;
    private boolean ended;

    private int low;
    private int high;
    private long copyOffset;
    private long copyBytes;
    private boolean anyFound;
    private long inVain;

    private Differences(Counted content, long sizeBytes, BlockSums there, Pieces pieces) {
        this.content = content;
        this.sizeBytes = sizeBytes;
        this.there = there;
        this.block = there.blockBytes();
        this.pieces = pieces;
        this.data = new byte[block + READ_BYTES];
        for (int b = 0; b < lengthTimes.length; b++) {
            lengthTimes[b] = (int) ((long) block * b % MODULUS);
        }
    }

    /** Takes the differences. */
    @FunctionalInterface
    interface Pieces {
        /** Takes the next piece, which is to be read to its end. */
        void piece(long sizeBytes, InputStream content) throws IOException;
    }

    /**
     * Reads a content to its end and hands on the differences that it is made of: lines with an offset in what is there, or a dash for bytes
     * that follow, and a length.
     *
     * @param counter told of the content's bytes as they are read
     * @return how many bytes were looked at because one sum fitted, and the other did not
     */
    static long send(InputStream content, long sizeBytes, BlockSums there, TarStream.Counter counter, Pieces pieces)
            throws IOException {
        Differences differences = new Differences(new Counted(content, counter), sizeBytes, there, pieces);
        differences.find();
        differences.leave();
        return differences.inVain;
    }

    private void find() throws IOException {
        boolean rolled = false;
        long beginningBytes = Math.max(LEAST_BEGINNING_BYTES, sizeBytes / BEGINNINGS);
        while (fill() && (anyFound || content.bytes <= beginningBytes)) {
            if (!rolled) {
                sum();
            }
            int found = findBlock();
            if (found >= 0) {
                literal();
                copy(found);
                at += block;
                from = at;
                rolled = false;
            } else if (at + block < end) {
                roll();
                rolled = true;
            } else {
                break;
            }
        }
        at = end;
        literal();
        copied();
    }

    /** What was not looked at goes as it is. */
    private void leave() throws IOException {
        long rest = sizeBytes - content.bytes;
        if (rest > 0) {
            line("- " + rest);
        }
        pieces.piece(
                piece.size() + rest, new SequenceInputStream(new ByteArrayInputStream(piece.toByteArray()), content));
    }

    /** Whether there is a whole block at the place, with one byte more where the content does not end with it. */
    private boolean fill() throws IOException {
        while (end - at <= block && !ended) {
            if (end == data.length) {
                literal();
                System.arraycopy(data, at, data, 0, end - at);
                end -= at;
                at = 0;
                from = 0;
            }
            int n = content.read(data, end, data.length - end);
            ended = n < 0;
            if (n > 0) {
                end += n;
            }
        }
        return end - at >= block;
    }

    private void sum() {
        Adler32 adler = new Adler32();
        adler.update(data, at, block);
        int value = (int) adler.getValue();
        low = value & 0xffff;
        high = value >>> 16;
    }

    /** One byte on: what leaves the block is counted in its one sum once and in the other as often as the block is long. */
    private void roll() {
        int leaves = data[at] & 0xff;
        int comes = data[at + block] & 0xff;
        low = modulo(low - leaves + comes);
        high = modulo(modulo(high - lengthTimes[leaves]) + low - 1);
        at++;
    }

    private static int modulo(int value) {
        return value < 0 ? value + MODULUS : value >= MODULUS ? value - MODULUS : value;
    }

    private int findBlock() {
        int adler = high << 16 | low;
        if (inVain > MOST_LOOKED_AT_IN_VAIN_BYTES + IN_VAIN_EACH * content.bytes || !there.mayHave(adler)) {
            return -1;
        }
        md5.update(data, at, block);
        int due = (int) ((copyOffset + copyBytes) / block);
        int found = there.find(adler, ByteBuffer.wrap(md5.digest()).getLong(), due);
        if (found < 0) {
            inVain += block;
        }
        return found;
    }

    private void copy(int found) throws IOException {
        anyFound = true;
        long offset = (long) found * block;
        if (copyBytes == 0 || copyOffset + copyBytes != offset) {
            copied();
            copyOffset = offset;
        }
        copyBytes += block;
    }

    private void copied() throws IOException {
        if (copyBytes > 0) {
            line(copyOffset + " " + copyBytes);
            // What is due stays what follows.
            copyOffset += copyBytes;
            copyBytes = 0;
        }
    }

    private void literal() throws IOException {
        if (at > from) {
            copied();
            line("- " + (at - from));
            piece.write(data, from, at - from);
            from = at;
        }
    }

    private void line(String text) throws IOException {
        if (piece.size() >= PIECE_BYTES) {
            pieces.piece(piece.size(), new ByteArrayInputStream(piece.toByteArray()));
            piece.reset();
        }
        piece.writeBytes((text + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** The content, with how much of it was read. */
    private static final class Counted extends BlockInput {
        private final InputStream content;
        private final TarStream.Counter counter;
        private long bytes;

        Counted(InputStream content, TarStream.Counter counter) {
            this.content = content;
            this.counter = counter;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int n = content.read(into, offset, length);
            if (n > 0) {
                bytes += n;
                counter.count(n);
            }
            return n;
        }
    }
}
