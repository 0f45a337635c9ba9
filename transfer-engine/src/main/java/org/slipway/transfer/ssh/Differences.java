package org.slipway.transfer.ssh;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.zip.Adler32;
import org.slipway.transfer.BlockInput;
import org.slipway.transfer.Failure;
import org.slipway.transfer.Scratch;
import org.slipway.transfer.TransferException;
import org.slipway.transfer.crypto.NativeCrypto;

/**
 * A content as differences from a file that a host has: which of its blocks come next, wherever they are in it, and the bytes that are in
 * none. Found as rsync does it (Tridgell and Mackerras, 1996), by a sum that rolls on byte by byte. In a file without a name, since
 * how long they are must be known before they are sent. Where the beginning of a content has nothing that is there, the rest is not looked
 * at: archives change throughout.
 */
final class Differences implements AutoCloseable {
    private static final int MODULUS = 65_521;
    private static final int READ_BYTES = 256 << 10;

    /** Whoever has made up sums that fit nearly everywhere is not followed for ever. */
    private static final long MOST_LOOKED_AT_IN_VAIN_BYTES = 1L << 30;

    private static final long LEAST_BEGINNING_BYTES = 4L << 20;
    private static final int BEGINNINGS = 8;

    private final BlockSums there;
    private final int block;
    private final FileChannel channel;
    private final OutputStream out;
    private final Counted content;
    private final long beginningBytes;
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
    private long inVain;
    private boolean anyFound;
    private long differenceBytes;

    private Differences(Counted content, long sizeBytes, BlockSums there) throws IOException {
        this.there = there;
        this.block = there.blockBytes();
        this.channel = create();
        this.out = new BufferedOutputStream(Channels.newOutputStream(channel), READ_BYTES);
        this.content = content;
        this.beginningBytes = Math.max(LEAST_BEGINNING_BYTES, sizeBytes / BEGINNINGS);
        this.data = new byte[block + READ_BYTES];
        for (int b = 0; b < lengthTimes.length; b++) {
            lengthTimes[b] = (int) ((long) block * b % MODULUS);
        }
    }

    /**
     * Looks for them. The content is read to its end here, or with them.
     *
     * @param counter told of the content's bytes as they are read
     */
    static Differences of(InputStream content, long sizeBytes, BlockSums there, TarStream.Counter counter)
            throws IOException {
        Differences differences = new Differences(new Counted(content, counter), sizeBytes, there);
        try {
            differences.find();
            differences.leave(sizeBytes - differences.content.bytes);
            return differences;
        } catch (IOException | RuntimeException | Error e) {
            differences.close();
            throw e;
        }
    }

    private void leave(long rest) throws CarriedFailure {
        if (rest > 0) {
            line("- " + rest);
        }
        try {
            out.flush();
            differenceBytes = channel.size() + rest;
        } catch (IOException e) {
            throw full(e);
        }
    }

    /** How long they are. */
    long sizeBytes() {
        return differenceBytes;
    }

    /** They themselves, to be read once. */
    InputStream open() throws IOException {
        channel.position(0);
        return new SequenceInputStream(Channels.newInputStream(channel), content);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void find() throws IOException {
        boolean rolled = false;
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
        if (!there.mayHave(adler) || inVain > MOST_LOOKED_AT_IN_VAIN_BYTES) {
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

    private void copy(int found) throws CarriedFailure {
        anyFound = true;
        long offset = (long) found * block;
        if (copyBytes == 0 || copyOffset + copyBytes != offset) {
            copied();
            copyOffset = offset;
        }
        copyBytes += block;
    }

    private void copied() throws CarriedFailure {
        if (copyBytes > 0) {
            line(copyOffset + " " + copyBytes);
            // What is due stays what follows.
            copyOffset += copyBytes;
            copyBytes = 0;
        }
    }

    private void literal() throws CarriedFailure {
        if (at > from) {
            copied();
            line("- " + (at - from));
            keep(data, from, at - from);
            from = at;
        }
    }

    private void line(String text) throws CarriedFailure {
        byte[] line = (text + "\n").getBytes(StandardCharsets.US_ASCII);
        keep(line, 0, line.length);
    }

    private void keep(byte[] bytes, int offset, int length) throws CarriedFailure {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw full(e);
        }
    }

    private static FileChannel create() throws CarriedFailure {
        try {
            return Scratch.create("slipway-differences-");
        } catch (IOException e) {
            throw full(e);
        }
    }

    /** Not to be taken for trouble with whoever gives the content. */
    private static CarriedFailure full(IOException why) {
        return new CarriedFailure(new TransferException(
                new Failure.RemoteError(
                        "the worker",
                        "The directory for temporary files (" + System.getProperty("java.io.tmpdir")
                                + ") of the service that copies takes no more: " + why.getMessage()
                                + ". Make room there, then try again."),
                why));
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
