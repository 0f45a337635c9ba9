package org.slipway.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Says that a directory is in use by this JVM. The system gives it back when the JVM is gone, however it went. */
public final class DirectoryLock implements AutoCloseable {

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the directory, which is made when it is missing.
     *
     * @throws StartFailedException when someone alive has it, or it cannot be written
     */
    public static DirectoryLock take(Path directory) {
        return takeUnlessInUse(directory)
                .orElseThrow(() -> new StartFailedException(
                        directory + " is in use by another process; end that one or name another directory"));
    }

    /**
     * The same for those who can wait: empty when someone alive has it.
     *
     * @throws StartFailedException when it cannot be written
     */
    public static Optional<DirectoryLock> takeUnlessInUse(Path directory) {
        try {
            Files.createDirectories(directory);
            FileChannel channel = FileChannel.open(
                    directory.resolve("in-use.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() != null) {
                    return Optional.of(new DirectoryLock(channel));
                }
            } catch (OverlappingFileLockException takenByThisJvm) {
                // told below, as for any other
            }
            channel.close();
            return Optional.empty();
        } catch (IOException cannot) {
            String why =
                    switch (cannot) {
                        case AccessDeniedException denied -> "permission denied";
                        case FileAlreadyExistsException exists -> "there is something else";
                        default -> String.valueOf(cannot.getMessage());
                    };
            throw new StartFailedException(
                    "cannot use the directory " + directory + ": " + why + "; name another one", cannot);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }
}
