package org.slipway.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Directories of a test. */
final class Directories {
    private Directories() {}

    static Path temporary(String name) {
        try {
            return Files.createTempDirectory("slipway-" + name + "-").toRealPath();
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    static Path made(Path directory) {
        try {
            return Files.createDirectories(directory);
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    /** Removes it with all that is in it, as far as that goes. */
    static void remove(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException cannot) {
            // a few files stay in the temporary directory, and no test is the worse for it
        }
    }

    /**
     * Everything below a directory, by its relative path, as inode, time of change and size: the same again only if nobody wrote
     * anything there, not even what it held before.
     */
    static SortedMap<String, String> fingerprint(Path directory) {
        SortedMap<String, String> found = new TreeMap<>();
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) throws IOException {
                    return visitFile(path, attributes);
                }

                @Override
                public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                    found.put(
                            directory.relativize(path).toString(),
                            Files.readAttributes(path, "unix:ino,ctime,size", LinkOption.NOFOLLOW_LINKS)
                                    .toString());
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
        return found;
    }
}
