package org.slipway.transfer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** What is kept on disk for a while, because it would not fit into memory. */
public final class Scratch {
    private Scratch() {}

    /** An empty file in the directory for temporary files. It has no name there any more, so a process that dies leaves nothing behind. */
    public static FileChannel create(String prefix) throws IOException {
        Path file = Files.createTempFile(
                prefix, ".tmp", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } finally {
            Files.delete(file);
        }
    }
}
