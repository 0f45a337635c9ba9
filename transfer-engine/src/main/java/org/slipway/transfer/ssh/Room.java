package org.slipway.transfer.ssh;

import java.io.IOException;
import org.slipway.model.FileEntry;
import org.slipway.transfer.Failure;
import org.slipway.transfer.TransferException;

/**
 * What a file system has left for this user.
 *
 * @param freeBytes bytes, {@link Long#MAX_VALUE} where it is not told
 * @param blockBytes what a file is rounded up to
 * @param freeFiles inodes, {@link Long#MAX_VALUE} where there is no such bound
 */
record Room(long freeBytes, long blockBytes, long freeFiles) {
    private static final long SPARE_BYTES = 1 << 20;

    static Room unknown() {
        return new Room(Long.MAX_VALUE, 4096, Long.MAX_VALUE);
    }

    /** What {@code stat -f -c '%a %S %d %c'} prints: free blocks, block size, free inodes, inodes. */
    static Room parse(String text) throws IOException {
        String[] parts = text.strip().split(" ");
        if (parts.length != 4) {
            throw new OddAnswer("free room '" + Diagnosis.shown(text) + "'");
        }
        long block = Math.max(1, StatRecords.number(parts[1], 10));
        long inodes = StatRecords.number(parts[3], 10);
        long blocks = StatRecords.number(parts[0], 10);
        return new Room(
                blocks > Long.MAX_VALUE / block ? Long.MAX_VALUE : blocks * block,
                block,
                inodes == 0 ? Long.MAX_VALUE : StatRecords.number(parts[2], 10));
    }

    /** What is left when so much is still to come. */
    Room without(long bytes) {
        return freeBytes == Long.MAX_VALUE ? this : new Room(Math.max(0, freeBytes - bytes), blockBytes, freeFiles);
    }

    /** Whether differences of a file can lie beside it and all of the release, in pieces. */
    boolean holdsDifferences(Release release, long sizeBytes, long pieces) {
        return sizeBytes < freeBytes - release.bytes() && pieces < freeFiles - release.entryCount();
    }

    /**
     * What is staged lies beside what it replaces until it is published. What is replaced is kept as a hard link: that costs no data, but
     * the directories that lead to it, and on some file systems an inode.
     */
    void require(Release release, String where, Diagnosis diagnosis) throws TransferException {
        long ways = (long) release.waysToStaged() + release.waysToKept();
        long need = SPARE_BYTES + release.entryCount() * 512L + ways * blockBytes;
        for (FileEntry file : release.files()) {
            need += (file.sizeBytes() + blockBytes - 1) / blockBytes * blockBytes;
        }
        need += release.newDirectories().size() * blockBytes;
        require(need, 32L + release.entryCount() + release.keep().size() + ways, where, diagnosis);
    }

    /** For a release in parts: before the first of them is staged. */
    void require(Parts.Need all, String where, Diagnosis diagnosis) throws TransferException {
        require(SPARE_BYTES + all.bytes() + all.files() * (blockBytes / 2 + 512), 32 + all.files(), where, diagnosis);
    }

    private void require(long need, long files, String where, Diagnosis diagnosis) throws TransferException {
        if (need > freeBytes) {
            throw diagnosis.noSpace(where, need, freeBytes);
        }
        if (files > freeFiles) {
            throw new TransferException(new Failure.NoSpace(
                    diagnosis.server(),
                    "%s needs %d free inodes in %s and has %d; nothing was changed. Remove files there, then try again."
                            .formatted(diagnosis.server(), files, where, freeFiles)));
        }
    }
}
