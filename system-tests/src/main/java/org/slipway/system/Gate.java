package org.slipway.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Stream;
import org.slipway.embedded.Await;

/**
 * Holds one program of one server: while the gate is closed, whoever runs the program there waits in front of it. So a copy
 * or a backup stands still in the middle, as long as a test likes. Works by a script of the same name earlier on the path;
 * asking the program for its version is free.
 */
public final class Gate {
    private static final Duration UNTIL_SOMEBODY_COMES = Duration.ofSeconds(40);

    private final Path directory;
    private final String program;

    private Gate(Path directory, String program) {
        this.directory = directory;
        this.program = program;
    }

    /** An open gate before this program. */
    static Gate before(String program, Path directory) {
        try {
            Files.createDirectories(directory.resolve("bin"));
            Path script = directory.resolve("bin").resolve(program);
            Files.writeString(script, """
                    #!/bin/sh
                    if [ -e '%1$s/closed' ] && [ "$1" != --version ]; then
                      : >'%1$s/arrived.'$$
                      while [ -e '%1$s/closed' ]; do sleep 0.05; done
                    fi
                    exec %2$s "$@"
                    """.formatted(directory, real(program)));
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
            return new Gate(directory, program);
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    /** By its whole path: what the path of a session begins with, its shell may have changed. */
    private static Path real(String program) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .map(directory -> Path.of(directory).resolve(program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no " + program));
    }

    /** What the server's path has to begin with. */
    Path programs() {
        return directory.resolve("bin");
    }

    /** From now on whoever comes waits, and is counted. */
    public void close() {
        try {
            for (Path arrived : arrivals()) {
                Files.delete(arrived);
            }
            Files.writeString(directory.resolve("closed"), "");
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    /** Lets everybody through. */
    public void open() {
        try {
            Files.deleteIfExists(directory.resolve("closed"));
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    /** Returns when this many have come to the closed gate, those that were killed there since counted too. */
    public void awaitArrivals(int count) {
        Await.until(
                UNTIL_SOMEBODY_COMES,
                "run no. " + count + " of " + program + " behind the gate " + directory,
                () -> arrivals().size() >= count);
    }

    private java.util.List<Path> arrivals() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("arrived."))
                    .toList();
        }
    }
}
