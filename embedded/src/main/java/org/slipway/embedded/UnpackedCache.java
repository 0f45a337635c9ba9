package org.slipway.embedded;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.stream.Stream;

/**
 * Where programs that come packed in jars are unpacked, once for each content: {@code ~/.cache/slipway}, or the
 * directory that the system property {@code slipway.cache} names.
 */
final class UnpackedCache {

    /** Unpacks into an empty directory. */
    @FunctionalInterface
    interface Unpacking {
        void into(Path directory) throws IOException;
    }

    private static final int DIGITS = 16;

    private UnpackedCache() {}

    /** The directory with the unpacked content; whoever else unpacks at the same time, it is whole. */
    static Path directory(String name, Unpacking unpacking) {
        try {
            Path home = home();
            Path unpacked = home.resolve(name);
            if (Files.isDirectory(unpacked)) {
                return unpacked;
            }
            Path fresh = Files.createTempDirectory(home, name + ".");
            try {
                unpacking.into(fresh);
                Files.move(fresh, unpacked);
            } catch (IOException failed) {
                delete(fresh);
                if (!Files.isDirectory(unpacked)) {
                    throw failed;
                }
            }
            return unpacked;
        } catch (IOException cannot) {
            throw new StartFailedException(
                    "cannot unpack " + name + ": " + cannot.getMessage()
                            + "; name a writable directory with -Dslipway.cache=DIR",
                    cannot);
        }
    }

    private static Path home() throws IOException {
        String configured = System.getProperty("slipway.cache");
        if (configured != null) {
            return Files.createDirectories(Path.of(configured).toAbsolutePath());
        }
        Path home = Path.of(System.getProperty("user.home"));
        if (Files.isWritable(home)) {
            return Files.createDirectories(home.resolve(".cache/slipway"));
        }
        // Programs are run from there: it must be ours alone, and nobody may have made it before us.
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"), "slipway-" + System.getProperty("user.name"));
        if (!Files.exists(temporary, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(
                    temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Path probe = Files.createTempFile(temporary, "owner", null);
        boolean ours = Files.getOwner(probe).equals(Files.getOwner(temporary, LinkOption.NOFOLLOW_LINKS))
                && PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary, LinkOption.NOFOLLOW_LINKS))
                        .equals("rwx------");
        Files.delete(probe);
        if (!ours) {
            throw new IOException(temporary + " belongs to someone else");
        }
        return temporary;
    }

    static String sha256(String text) throws IOException {
        return sha256(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The first digits of it, enough to tell contents apart. */
    static String sha256(InputStream content) throws IOException {
        try (content) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] block = new byte[1 << 16];
            for (int read = content.read(block); read >= 0; read = content.read(block)) {
                digest.update(block, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    static void delete(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }
}
