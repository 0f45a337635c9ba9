package org.slipway.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Says that a directory is in use by this JVM. The system gives it back when the JVM is gone, however it went. */
public final class DirectoryLock implements AutoCloseable {

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the directory, which is made when it is missing.
     *
     * @throws StartFailedException when someone alive has it
     */
    public static DirectoryLock take(Path directory) {
        try {
            Files.createDirectories(directory);
            FileChannel channel = FileChannel.open(
                    directory.resolve("in-use.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() != null) {
                    return new DirectoryLock(channel);
                }
            } catch (OverlappingFileLockException takenByThisJvm) {
                // told below, as for any other
            }
            channel.close();
        } catch (IOException cannot) {
            throw new StartFailedException(
                    "cannot use the directory " + directory + ": " + cannot.getMessage(), cannot);
        }
        throw new StartFailedException(
                directory + " is in use by another process; end that one or name another directory");
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
