package org.slipway.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A directory of files, directories and links with everything that has ever tripped a copy, the same for the same seed. */
final class GeneratedTree {
    private static final List<String> NAMES = List.of(
            "a",
            "index.html",
            "a b",
            " lead",
            "trail ",
            "-rf",
            "--checkpoint=1",
            "--checkpoint-action=exec=sh",
            "it's",
            "say \"x\"",
            "new\nline",
            "tab\there",
            "back\\slash",
            "*",
            "?",
            "[a]",
            "$(id)",
            "`id`",
            "${HOME}",
            "#",
            "%s%n",
            "!x",
            "~",
            "é",
            "日本",
            "x".repeat(120));
    private static final List<Integer> SIZES = List.of(
            0, 1, 511, 512, 513, 10_239, 10_240, 10_241, 65_535, 65_536, 65_537, 131_072, 262_143, 262_144, 262_145);
    private static final List<String> LINKS =
            List.of("a", "../elsewhere", "/nowhere/at all", "new\nline", "x".repeat(130), "-");

    private final Path root;
    private final Random random;
    private final boolean everyMode;
    private final List<Path> files = new ArrayList<>();
    private final List<Path> emptyDirectories = new ArrayList<>();
    private final List<Path> directories = new ArrayList<>();

    /**
     * @param everyMode whether files and directories may be closed even to their owner
     */
    GeneratedTree(Path root, long seed, boolean everyMode) throws IOException {
        this.root = root;
        this.random = new Random(seed);
        this.everyMode = everyMode;
        Files.createDirectories(root);
        fill(root, 0);
        setTimesAndModes();
    }

    private void fill(Path directory, int depth) throws IOException {
        directories.add(directory);
        int count = depth == 0 ? 12 : random.nextInt(5);
        for (int i = 0; i < count; i++) {
            Path child = directory.resolve(NAMES.get(random.nextInt(NAMES.size())) + (random.nextBoolean() ? "" : i));
            if (Files.exists(child, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            switch (random.nextInt(8)) {
                case 0, 1 -> {
                    if (depth < 6) {
                        Files.createDirectory(child);
                        fill(child, depth + 1);
                    }
                }
                case 2 -> {
                    Files.createDirectory(child);
                    emptyDirectories.add(child);
                }
                case 3 -> Files.createSymbolicLink(child, Path.of(LINKS.get(random.nextInt(LINKS.size()))));
                default -> write(child);
            }
        }
    }

    private void write(Path file) throws IOException {
        byte[] content = new byte[SIZES.get(random.nextInt(SIZES.size()))];
        random.nextBytes(content);
        Files.write(file, content);
        files.add(file);
    }

    /** Changes a little of everything: contents of the same and of another size, kinds, modes, times. */
    void change() throws IOException {
        Trees.open(root);
        for (int i = 0; i < files.size(); i++) {
            Path file = files.get(i);
            switch (random.nextInt(6)) {
                case 0 -> {
                    byte[] other = new byte[(int) Files.size(file)];
                    random.nextBytes(other);
                    makeWritable(file);
                    Files.write(file, other);
                }
                case 1 -> {
                    makeWritable(file);
                    Files.write(file, new byte[random.nextInt(70_000)]);
                }
                case 2 -> {
                    Files.delete(file);
                    Files.createDirectory(file);
                    Path inside = file.resolve("inside");
                    Files.writeString(inside, "was a file");
                    files.set(i, inside);
                }
                case 3 -> {
                    Files.delete(file);
                    Files.createSymbolicLink(file, Path.of("somewhere"));
                    files.set(i, root.resolve("new " + i));
                    Files.writeString(files.get(i), "new");
                }
                default -> {}
            }
        }
        for (Path directory : emptyDirectories) {
            if (random.nextBoolean()) {
                Files.delete(directory);
                write(directory);
            }
        }
        setTimesAndModes();
    }

    private static void makeWritable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private void setTimesAndModes() throws IOException {
        for (Path file : files) {
            Files.setLastModifiedTime(file, time());
            mode(file, 0400);
        }
        for (Path directory : directories.reversed()) {
            Files.setLastModifiedTime(directory, time());
            if (!directory.equals(root)) {
                mode(directory, 0500);
            }
        }
    }

    private FileTime time() {
        long seconds = random.nextInt(3) == 0 ? 1_600_000_000 : random.nextInt(2_000_000_000);
        return FileTime.from(Instant.ofEpochSecond(seconds, random.nextBoolean() ? 0 : random.nextInt(1_000_000_000)));
    }

    private void mode(Path path, int least) throws IOException {
        int mode = random.nextInt(01000) | (everyMode ? 0 : least);
        Set<PosixFilePermission> permissions = new java.util.HashSet<>();
        PosixFilePermission[] all = PosixFilePermission.values();
        for (int bit = 0; bit < all.length; bit++) {
            if ((mode & (0400 >> bit)) != 0) {
                permissions.add(all[bit]);
            }
        }
        Files.setPosixFilePermissions(path, permissions);
    }

    /** What rsync would still have to do, a line a thing; empty when the target holds the tree. */
    static String rsyncDifferences(Path from, Path to, boolean wholeSeconds) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("rsync", "-nrlpt", "--checksum", "-i"));
        if (wholeSeconds) {
            command.addAll(List.of("--modify-window=1", "--omit-link-times"));
        }
        command.addAll(List.of(from + "/", to + "/"));
        Process rsync = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(rsync.getInputStream().readAllBytes());
        if (!rsync.waitFor(60, TimeUnit.SECONDS) || rsync.exitValue() != 0) {
            throw new IOException("rsync: " + output);
        }
        return output;
    }
}
