package org.slipway.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;

/** A small file system of its own, in memory. Only root can mount one; whoever is not has his test skipped. */
final class SmallDisk implements AutoCloseable {
    private final Path directory;

    private SmallDisk(Path directory) {
        this.directory = directory;
    }

    /**
     * @param options such as {@code size=6m,nr_inodes=500}
     */
    static SmallDisk mount(Path directory, String options) throws IOException {
        Assumptions.assumeTrue(OpenSsh.isRoot(), "only root can mount a small file system: not tested");
        Files.createDirectories(directory);
        try {
            OpenSsh.run("mount", "-t", "tmpfs", "-o", options, "none", directory.toString());
        } catch (IOException e) {
            Assumptions.assumeTrue(
                    Boolean.getBoolean("slipway.require.tools"),
                    "no file system can be mounted here: " + e.getMessage());
            throw e;
        }
        return new SmallDisk(directory);
    }

    Path directory() {
        return directory;
    }

    /** Whoever wrote there last may be a moment behind with closing its files. */
    void makeReadOnly() {
        Await.until("nobody writes in " + directory, Duration.ofSeconds(20), () -> {
            try {
                OpenSsh.run("mount", "-o", "remount,ro", directory.toString());
                return true;
            } catch (IOException busy) {
                return false;
            }
        });
    }

    void makeWritable() throws IOException {
        OpenSsh.run("mount", "-o", "remount,rw", directory.toString());
    }

    @Override
    public void close() throws IOException {
        OpenSsh.run("umount", "-l", directory.toString());
    }
}
