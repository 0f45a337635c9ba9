package org.slipway.transfer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Makes trees and compares them, without any code of the engine. */
final class Trees {
    private static final List<String> NAMES = List.of(
            "index.html",
            "a",
            "with space",
            "-rf",
            "--checkpoint-action=exec=sh",
            "it's",
            "quo\"te",
            "back\\slash",
            "line\nbreak",
            "ünïcødé-日本",
            "*",
            "$HOME",
            "`id`",
            "#x",
            "~",
            "!bang",
            "tab\there",
            ".hidden",
            "...",
            "%s%n",
            "{}",
            "x".repeat(200));
    private static final int[] SIZES = {
        0, 1, 511, 512, 513, 4095, 4096, 4097, 10_239, 10_240, 10_241, 32_768, 65_537, 262_143, 262_145, 700_000
    };
    private static final int[] MODES = {0644, 0600, 0755, 0444, 0400, 0000, 0777, 0640, 0200, 01644, 0111};
    private static final int[] DIRECTORY_MODES = {0755, 0700, 0775, 0555, 01777, 0750};

    private Trees() {}

    /** Fills a directory with a tree that depends on the seed alone. */
    static void fill(Path root, long seed, int things) throws IOException {
        Random random = new Random(seed);
        List<Path> directories = new ArrayList<>(List.of(root));
        for (int i = 0; i < things; i++) {
            Path parent = directories.get(random.nextInt(directories.size()));
            Path path = parent.resolve(NAMES.get(random.nextInt(NAMES.size())));
            if (path.toString().length() > 1500 || Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> {
                    Files.createDirectory(path);
                    directories.add(path);
                }
                case 3 -> Files.createSymbolicLink(path, Path.of(link(random)));
                default -> {
                    byte[] content = new byte[SIZES[random.nextInt(SIZES.length)]];
                    random.nextBytes(content);
                    Files.write(path, content);
                    time(path, random);
                    // Nobody but root can release what its owner may not read.
                    mode(path, MODES[random.nextInt(MODES.length)] | (OpenSsh.isRoot() ? 0 : 0400));
                }
            }
        }
        for (Path directory : directories.reversed()) {
            if (!directory.equals(root)) {
                time(directory, random);
                mode(directory, DIRECTORY_MODES[random.nextInt(DIRECTORY_MODES.length)]);
            }
        }
    }

    private static String link(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> "/nowhere/at all";
            case 1 -> "../..";
            case 2 -> "index.html";
            case 3 -> "-x 'y' -> \"z\"";
            default -> "l".repeat(180);
        };
    }

    private static void time(Path path, Random random) throws IOException {
        Instant time = Instant.ofEpochSecond(random.nextInt(1_000_000, 1_900_000_000), random.nextInt(1_000_000_000));
        Files.setLastModifiedTime(path, FileTime.from(time));
    }

    static void mode(Path path, int mode) throws IOException {
        Files.setAttribute(path, "unix:mode", mode, LinkOption.NOFOLLOW_LINKS);
    }

    static int mode(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
    }

    /** One line for each thing in a tree, by its path; the root is left out. */
    static Map<String, String> describe(Path root, boolean fractions, boolean sticky) throws IOException {
        Map<String, String> lines = new TreeMap<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
                if (!dir.equals(root)) {
                    lines.put(
                            root.relativize(dir).toString(), "directory " + octal(mode(dir)) + " " + time(attributes));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String line;
                if (attributes.isSymbolicLink()) {
                    line = "link to " + Files.readSymbolicLink(file);
                } else if (attributes.isRegularFile()) {
                    int mode = mode(file);
                    line = "file " + octal(mode) + " " + time(attributes) + " " + attributes.size() + " "
                            + (OpenSsh.isRoot() || (mode & 0400) != 0 ? sha256(file) : "?");
                } else {
                    line = "other";
                }
                lines.put(root.relativize(file).toString(), line);
                return FileVisitResult.CONTINUE;
            }

            private String octal(int mode) {
                return Integer.toOctalString(sticky ? mode : mode & ~01000);
            }

            private String time(BasicFileAttributes attributes) {
                Instant time = attributes.lastModifiedTime().toInstant();
                return String.valueOf(fractions ? time : time.getEpochSecond());
            }
        });
        return lines;
    }

    /** What one tree has otherwise than the other; nothing when they are equal. */
    static List<String> differences(Path expected, Path actual, boolean fractions, boolean sticky) throws IOException {
        Map<String, String> want = describe(expected, fractions, sticky);
        Map<String, String> have = describe(actual, fractions, sticky);
        List<String> differences = new ArrayList<>();
        want.forEach((path, line) -> {
            String other = have.remove(path);
            if (!line.equals(other)) {
                differences.add(path + ": " + line + " but " + other);
            }
        });
        have.forEach((path, line) -> differences.add(path + ": nothing but " + line));
        return differences;
    }

    static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The names directly in a directory. */
    static List<String> names(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.map(child -> child.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    /** Lets a test's directory be removed, whatever modes are in it. */
    static void open(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
                Files.setPosixFilePermissions(dir, Set.of(PosixFilePermission.values()));
                return FileVisitResult.CONTINUE;
            }
        });
    }

    static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
