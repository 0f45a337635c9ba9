package org.slipway.worker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
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
     * A directory in that for temporary files which is this user's alone: whoever owned it could put contents there.
     *
     * @throws IOException when somebody else has made it
     */
    static Path ownTemporary() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        Path base = temporary.resolve("slipway-cache-" + System.getProperty("user.name"));
        if (!Files.isDirectory(base, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(base, OWNER_ONLY);
        }
        Path probe = Files.createTempFile(temporary, "slipway-cache-", ".tmp");
        try {
            requireOwn(base, Files.getOwner(probe));
        } finally {
            Files.delete(probe);
        }
        return base;
    }

    static void requireOwn(Path directory, UserPrincipal user) throws IOException {
        if (!Files.getOwner(directory).equals(user)
                || !Files.getPosixFilePermissions(directory).equals(PosixFilePermissions.fromString("rwx------"))) {
            throw new IOException(
                    directory + " belongs to somebody else or is open to others; remove it, or name another directory");
        }
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
