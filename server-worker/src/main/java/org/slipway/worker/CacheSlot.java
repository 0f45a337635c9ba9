package org.slipway.worker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * One of the numbered directories of a cache, for as long as this process lives. The first one that nobody uses is taken, with what is in
 * it: after a restart the contents are still there, and there are never more directories than there were replicas at the same time.
 */
final class CacheSlot implements AutoCloseable {
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final int MOST = 1_000;

    private final Path directory;
    private final FileChannel lock;

    private CacheSlot(Path directory, FileChannel lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /**
     * Takes the first free one.
     *
     * @throws IOException when none can be made in this directory
     */
    static CacheSlot takeFirstFree(Path base) throws IOException {
        for (int number = 0; number < MOST; number++) {
            Path directory = base.resolve(Integer.toString(number));
            Files.createDirectories(directory, OWNER_ONLY);
            CacheSlot slot = take(directory);
            if (slot != null) {
                return slot;
            }
        }
        throw new IOException("all of its " + MOST + " directories are in use");
    }

    /** The system ends the lock with the process, however that dies. */
    private static @Nullable CacheSlot take(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean taken = false;
        try {
            FileLock lock = channel.tryLock();
            taken = lock != null;
            return taken ? new CacheSlot(directory, channel) : null;
        } catch (OverlappingFileLockException e) {
            return null;
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    Path directory() {
        return directory;
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
