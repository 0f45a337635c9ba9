package org.slipway.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Compares trees of files by reading them, knowing nothing of how they were copied: type, permission bits, size, content
 * and modification time (whole seconds) of files; permission bits of directories; targets of symbolic links.
 */
public final class Trees {

    private static final int PERMISSIONS = 07777;

    private Trees() {}

    /** What is different, a line each, sorted by path; none when the trees are equal. The roots' own attributes don't count. */
    public static List<String> difference(Path expected, Path actual) {
        return lines(expected, entries(expected, List.of("")), actual, entries(actual, List.of("")));
    }

    /** The same for some files and directories below the roots only, each with all that is in it. */
    public static List<String> difference(Path expected, Path actual, List<String> paths) {
        return lines(expected, entries(expected, paths), actual, entries(actual, paths));
    }

    private static List<String> lines(
            Path expectedRoot, SortedMap<String, Entry> expected, Path actualRoot, SortedMap<String, Entry> actual) {
        List<String> lines = new ArrayList<>();
        SortedMap<String, Entry> all = new TreeMap<>(expected);
        all.putAll(actual);
        for (String path : all.keySet()) {
            Entry was = expected.get(path);
            Entry is = actual.get(path);
            if (was == null) {
                lines.add(path + ": is not in " + expectedRoot);
            } else if (is == null) {
                lines.add(path + ": is missing in " + actualRoot);
            } else if (!was.equals(is)) {
                lines.add(path + ": " + was + " is " + is + " in " + actualRoot);
            } else if (was.type.equals("file") && !sameContent(expectedRoot.resolve(path), actualRoot.resolve(path))) {
                lines.add(path + ": its content differs in " + actualRoot);
            }
        }
        return lines;
    }

    private static boolean sameContent(Path one, Path other) {
        try {
            return Files.mismatch(one, other) == -1;
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    private static SortedMap<String, Entry> entries(Path root, List<String> paths) {
        SortedMap<String, Entry> entries = new TreeMap<>();
        for (String path : paths) {
            Path start = root.resolve(path);
            if (!Files.exists(start, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            try {
                Files.walkFileTree(start, new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                            throws IOException {
                        if (!directory.equals(root)) {
                            add(directory);
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                        add(file);
                        return FileVisitResult.CONTINUE;
                    }

                    private void add(Path found) throws IOException {
                        entries.put(root.relativize(found).toString(), Entry.of(found));
                    }
                });
            } catch (IOException cannot) {
                throw new UncheckedIOException(cannot);
            }
        }
        return entries;
    }

    private record Entry(
            String type,
            String mode,
            long sizeBytes,
            long modifiedSecond,
            @Nullable String target) {

        static Entry of(Path path) throws IOException {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            int bits = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & PERMISSIONS;
            String mode = Integer.toOctalString(bits);
            if (attributes.isSymbolicLink()) {
                return new Entry("link", "", 0, 0, Files.readSymbolicLink(path).toString());
            }
            if (attributes.isDirectory()) {
                return new Entry("directory", mode, 0, 0, null);
            }
            return new Entry(
                    attributes.isRegularFile() ? "file" : "special file",
                    mode,
                    attributes.size(),
                    attributes.lastModifiedTime().to(TimeUnit.SECONDS),
                    null);
        }

        @Override
        public String toString() {
            return switch (type) {
                case "link" -> "link to " + target;
                case "directory" -> "directory, mode " + mode;
                default -> type + ", mode " + mode + ", " + sizeBytes + " bytes, modified at second " + modifiedSecond;
            };
        }
    }
}
