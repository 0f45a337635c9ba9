package org.slipway.benchmarks.transfer;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.slipway.benchmarks.RandomFile;

/**
 * The trees that are copied, each made once from a fixed seed or from what is installed here. What is copied is the directory
 * {@code tree} and all in it, from a directory that holds nothing else.
 */
final class SourceTrees {
    /** What is copied, in the directory that it is copied from and in each that it is copied to. */
    static final String NAME = "tree";

    private static final int SMALL_FILES = 10_000;
    private static final int FILES_PER_DIRECTORY = 100;
    private static final int CHANGED_ONE_IN = 100;
    private static final long TOUCHED_BYTES = 200_000_000;
    private static final long BIGGEST_OF_MIXED = 16_000_000;
    private static final Instant MADE = Instant.parse("2024-05-06T07:08:10Z");
    private static final Instant EARLIER = MADE.minusSeconds(86_400);

    /** Where the mixed tree comes from, and at most how much from each: scripts, data and documents, programs and libraries. */
    private static final List<Part> PARTS = List.of(
            new Part(Path.of("/usr/lib/python3"), 130_000_000),
            new Part(Path.of("/usr/share"), 90_000_000),
            new Part(Path.of(System.getProperty("java.home")), 60_000_000),
            new Part(Path.of("/usr/lib"), 280_000_000));

    private static final long MIXED_BYTES = 280_000_000;

    private record Part(Path from, long atMostBytes) {}

    private final Path directory;
    private final long bigBytes;

    SourceTrees(Path directory, int bigMib) {
        this.directory = directory;
        this.bigBytes = (long) bigMib << 20;
    }

    /** The directory that holds {@code tree}, made when it is asked for the first time. */
    Path of(Workload.Tree kind) throws IOException {
        Path source = directory.resolve(kind.name().toLowerCase(Locale.ROOT));
        if (!Files.exists(source)) {
            Path aside = Files.createDirectories(source.resolveSibling(source.getFileName() + ".new"));
            make(kind, Files.createDirectories(aside.resolve(NAME)));
            settle(aside, kind == Workload.Tree.MIXED);
            Files.move(aside, source);
        }
        return source;
    }

    /** The same as it was a release ago. */
    Path earlierOf(Workload.Tree kind) throws IOException {
        Path now = of(kind);
        Path earlier = now.resolveSibling(now.getFileName() + "-earlier");
        if (!Files.exists(earlier)) {
            Path aside = now.resolveSibling(earlier.getFileName() + ".new");
            copy(now, aside);
            List<Path> files;
            try (Stream<Path> all = Files.walk(aside)) {
                files = all.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                        .sorted()
                        .toList();
            }
            for (int i = 0; i < files.size(); i += CHANGED_ONE_IN) {
                changeAByte(files.get(i));
            }
            Files.move(aside, earlier);
        }
        return earlier;
    }

    /** How much it is, for the page. */
    static String described(Path source) throws IOException {
        long[] counts = new long[4];
        Files.walkFileTree(source.resolve(NAME), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes attributes) {
                counts[2]++;
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                counts[attributes.isSymbolicLink() ? 1 : 0]++;
                counts[3] += attributes.isSymbolicLink() ? 0 : attributes.size();
                return FileVisitResult.CONTINUE;
            }
        });
        return "%d files, %d links, %d directories, %.1f MB"
                .formatted(counts[0], counts[1], counts[2], counts[3] / 1e6);
    }

    private void make(Workload.Tree kind, Path tree) throws IOException {
        switch (kind) {
            case BIG -> RandomFile.write(tree.resolve("big.bin"), bigBytes, new Random(1));
            case SMALL -> small(tree);
            case MIXED -> mixed(tree);
            case TOUCHED -> RandomFile.write(tree.resolve("image.bin"), TOUCHED_BYTES, new Random(3));
            case ONE -> RandomFile.write(tree.resolve("one.txt"), 4096, new Random(4));
        }
    }

    private static void small(Path tree) throws IOException {
        Random random = new Random(2);
        for (int i = 0; i < SMALL_FILES; i++) {
            Path in = Files.createDirectories(tree.resolve("part-%03d".formatted(i / FILES_PER_DIRECTORY)));
            byte[] content = new byte[1000 + random.nextInt(19_001)];
            random.nextBytes(content);
            Files.write(in.resolve("file-%05d.dat".formatted(i)), content);
        }
    }

    /** Takes what comes first by name until there is enough; a part that has less leaves its share to the last one. */
    private static void mixed(Path tree) throws IOException {
        long taken = 0;
        for (Part part : PARTS) {
            if (Files.isDirectory(part.from())) {
                taken += take(part.from(), Math.min(part.atMostBytes(), MIXED_BYTES - taken), tree);
            }
        }
    }

    private static long take(Path from, long atMost, Path tree) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if ((attributes.isRegularFile() && attributes.size() <= BIGGEST_OF_MIXED)
                        || attributes.isSymbolicLink()) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
                return FileVisitResult.CONTINUE;
            }
        });
        found.sort(Comparator.naturalOrder());
        long taken = 0;
        for (Path file : found) {
            Path to = tree.resolve(file.toString().substring(1));
            if (taken >= atMost || Files.exists(to, LinkOption.NOFOLLOW_LINKS) || !isUtf8(file)) {
                continue;
            }
            Files.createDirectories(to.getParent());
            if (Files.isSymbolicLink(file)) {
                Files.createSymbolicLink(to, Files.readSymbolicLink(file));
            } else if (Files.isReadable(file)) {
                Files.copy(file, to);
                Files.setPosixFilePermissions(
                        to, PosixFilePermissions.fromString(Files.isExecutable(file) ? "rwxr-xr-x" : "rw-r--r--"));
                taken += Files.size(to);
            }
        }
        return taken;
    }

    private static boolean isUtf8(Path file) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(file.toString())
                && file.toString().indexOf('\ufffd') < 0;
    }

    /**
     * Modification times that are the same each time it is made: whole seconds where the tree comes from packages, which have no
     * others, else parts of a second, as what was written, built or checked out has them.
     */
    private static void settle(Path top, boolean wholeSeconds) throws IOException {
        Instant time = MADE;
        try (Stream<Path> all = Files.walk(top)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                if (!Files.isSymbolicLink(path)) {
                    time = wholeSeconds ? MADE : time.plusNanos(12_345);
                    Files.setLastModifiedTime(path, FileTime.from(time));
                }
            }
        }
    }

    private static void changeAByte(Path file) throws IOException {
        if (Files.size(file) == 0) {
            Files.writeString(file, "was not empty");
        } else {
            try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
                long middle = content.length() / 2;
                content.seek(middle);
                int was = content.read();
                content.seek(middle);
                content.write(was ^ 0xff);
            }
        }
        Files.setLastModifiedTime(file, FileTime.from(EARLIER.plusNanos(6_789)));
    }

    private static void copy(Path from, Path to) throws IOException {
        try {
            int status = new ProcessBuilder("cp", "-a", from.toString(), to.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IOException("cp -a of " + from + " ended with status " + status);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
