package org.slipway.transfer.ssh;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * What a host has in one file, as sums of its blocks of equal length: of each Adler-32, which can be rolled on over a content byte by
 * byte, and the beginning of MD5. Neither is trusted in the end: what comes of them is hashed as a whole.
 */
final class BlockSums {
    /** Of one block, as it comes from a host. */
    static final int BYTES_EACH = Integer.BYTES + Long.BYTES;

    private static final int LEAST_BLOCK_BYTES = 16 << 10;
    private static final int MOST_BLOCK_BYTES = 1 << 20;
    private static final int MOST_BLOCKS = 16_384;

    /** Different blocks hardly ever share a slot; sums that were made up to do so are not looked through for ever. */
    private static final int MOST_IN_A_SLOT = 32;

    private static final int NONE = -1;

    private final int blockBytes;
    private final int[] weak;
    private final long[] strong;
    private final int[] firstOf;
    private final int[] nextInSlot;

    private BlockSums(int blockBytes, int[] weak, long[] strong) {
        this.blockBytes = blockBytes;
        this.weak = weak;
        this.strong = strong;
        this.firstOf = new int[Math.max(2, Integer.highestOneBit(weak.length) << 2)];
        this.nextInSlot = new int[weak.length];
        Arrays.fill(firstOf, NONE);
        for (int block = 0; block < weak.length; block++) {
            link(block);
        }
    }

    /** Of blocks with the same content the first one will do. */
    private void link(int block) {
        int slot = slot(weak[block]);
        int before = 0;
        for (int other = firstOf[slot]; other != NONE; other = nextInSlot[other]) {
            before++;
            if (before == MOST_IN_A_SLOT || (weak[other] == weak[block] && strong[other] == strong[block])) {
                return;
            }
        }
        nextInSlot[block] = firstOf[slot];
        firstOf[slot] = block;
    }

    /**
     * How long the blocks are of files that have so many bytes in all: not so many blocks that their sums fill the memory of who compares them.
     * Empty where that would be too long for anything to be found.
     */
    static OptionalInt blockBytes(long bytesInAll) {
        for (int enough = LEAST_BLOCK_BYTES; enough <= MOST_BLOCK_BYTES; enough *= 2) {
            if (bytesInAll / enough <= MOST_BLOCKS) {
                return OptionalInt.of(enough);
            }
        }
        return OptionalInt.empty();
    }

    /**
     * Reads the sums of so many blocks.
     *
     * @param sizeBytes of the file as it was seen before; of one that has grown since, as many blocks are kept as fit into that
     */
    static BlockSums read(InputStream in, long blocks, long sizeBytes, int blockBytes) throws IOException {
        if (blocks > Integer.MAX_VALUE) {
            throw new OddAnswer("the sums of " + blocks + " blocks");
        }
        int kept = Math.toIntExact(Math.min(blocks, Math.min(sizeBytes / blockBytes, MOST_BLOCKS)));
        ByteBuffer sums = ByteBuffer.wrap(in.readNBytes(kept * BYTES_EACH));
        if (sums.capacity() < kept * BYTES_EACH) {
            throw new EOFException("the sums of blocks end in the middle");
        }
        in.skipNBytes((blocks - kept) * BYTES_EACH);
        int[] weak = new int[kept];
        long[] strong = new long[kept];
        for (int block = 0; block < kept; block++) {
            weak[block] = sums.getInt();
            strong[block] = sums.getLong();
        }
        return new BlockSums(blockBytes, weak, strong);
    }

    int blockBytes() {
        return blockBytes;
    }

    boolean isEmpty() {
        return weak.length == 0;
    }

    /** Whether some block may have this Adler-32. */
    boolean mayHave(int adler) {
        for (int block = firstOf[slot(adler)]; block != NONE; block = nextInSlot[block]) {
            if (weak[block] == adler) {
                return true;
            }
        }
        return false;
    }

    /** The block with both sums, the one that is due if it is one of them; -1 where there is none. */
    int find(int adler, long md5, int due) {
        if (due < weak.length && weak[due] == adler && strong[due] == md5) {
            return due;
        }
        for (int block = firstOf[slot(adler)]; block != NONE; block = nextInSlot[block]) {
            if (weak[block] == adler && strong[block] == md5) {
                return block;
            }
        }
        return NONE;
    }

    private int slot(int adler) {
        int mixed = adler * 0x9e3779b1;
        return (mixed >>> Integer.numberOfLeadingZeros(firstOf.length - 1)) & (firstOf.length - 1);
    }
}
