package org.slipway.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A directory of this machine beside a manifest: type, permission bits, modification time (whole seconds), size and SHA-256
 * of what the manifest names. What else is there is no difference, unless it is asked for: a release deletes nothing.
 */
final class ProjectDirectory {

    /** setuid and setgid are not released. */
    private static final int PERMISSIONS = 01777;

    private static final String DIRECTORY = "directory";

    private final Path root;
    private final Set<String> named = new HashSet<>();
    private final List<String> differences = new ArrayList<>();

    ProjectDirectory(Path root) {
        this.root = root;
    }

    /** A line each, in the order of the manifest. */
    List<String> differences() {
        return differences;
    }

    /** Looks at what a line of the manifest, as REST tells it, is about. */
    void compare(JsonNode line) {
        String path = line.path("path").asText();
        named.add(path);
        String expected = expected(line);
        try {
            String found = found(root.resolve(path), line.path("type").asText().equals("PARENT"));
            if (!found.equals(expected)) {
                differences.add(path + ": " + found + ", not " + expected);
            }
        } catch (NoSuchFileException missing) {
            differences.add(path + ": is missing in " + root);
        } catch (IOException cannot) {
            differences.add(path + ": cannot be read: " + cannot);
        }
    }

    /** What no line was about counts as different, too. */
    void refuseOthers(List<String> paths) throws IOException {
        for (String path : paths) {
            Files.walkFileTree(root.resolve(path), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    return find(directory);
                }

                @Override
                public FileVisitResult visitFile(Path found, BasicFileAttributes attributes) {
                    return find(found);
                }

                @Override
                public FileVisitResult visitFileFailed(Path found, IOException unreadable) {
                    return find(found);
                }

                private FileVisitResult find(Path found) {
                    String name = root.relativize(found).toString();
                    if (!named.contains(name)) {
                        differences.add(name + ": is not among the files of the release");
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        }
    }

    private static String expected(JsonNode line) {
        String mode = Integer.toOctalString(Integer.parseInt(line.path("mode").asText(), 8));
        Instant modified = Instant.parse(line.path("modified").asText());
        return switch (line.path("type").asText()) {
            case "PARENT" -> DIRECTORY;
            case "DIRECTORY" -> directory(mode, modified);
            case "SYMLINK" -> link(line.path("linkTarget").asText());
            default ->
                file(
                        mode,
                        modified,
                        line.path("sizeBytes").asLong(),
                        line.path("sha256").asText());
        };
    }

    private static String found(Path path, boolean asParent) throws IOException {
        PosixFileAttributes attributes =
                Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isSymbolicLink()) {
            return link(Files.readSymbolicLink(path).toString());
        }
        String mode = Integer.toOctalString(
                (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & PERMISSIONS);
        Instant modified = attributes.lastModifiedTime().toInstant();
        if (attributes.isDirectory()) {
            return asParent ? DIRECTORY : directory(mode, modified);
        }
        return attributes.isRegularFile() ? file(mode, modified, attributes.size(), sha256(path)) : "special file";
    }

    private static String directory(String mode, Instant modified) {
        return DIRECTORY + " of mode " + mode + " of " + modified.truncatedTo(ChronoUnit.SECONDS);
    }

    private static String link(String target) {
        return "link to " + target;
    }

    private static String file(String mode, Instant modified, long sizeBytes, String sha256) {
        return "file of mode " + mode + " and " + sizeBytes + " bytes of " + modified.truncatedTo(ChronoUnit.SECONDS)
                + " with SHA-256 " + sha256;
    }

    private static String sha256(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException none) {
            throw new AssertionError("every Java has SHA-256", none);
        }
    }
}
