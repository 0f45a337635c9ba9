package org.slipway.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** The programs of PostgreSQL, unpacked from the jar that the build chose for this machine. */
final class PostgresBinaries {

    private static final Set<PosixFilePermission> PROGRAM = EnumSet.of(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.OWNER_EXECUTE,
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_EXECUTE);

    private PostgresBinaries() {}

    /** The directory that holds {@code bin/postgres}. */
    static Path directory() {
        String archive = "/postgres-linux-" + architecture() + ".txz";
        try {
            String hash = UnpackedCache.sha256(open(archive));
            return UnpackedCache.directory("postgres-" + hash, directory -> unpack(archive, directory));
        } catch (IOException cannot) {
            throw new StartFailedException("cannot read " + archive + ": " + cannot.getMessage(), cannot);
        }
    }

    private static String architecture() {
        return switch (System.getProperty("os.name") + " " + System.getProperty("os.arch")) {
            case "Linux amd64" -> "x86_64";
            case "Linux aarch64" -> "arm_64";
            case String other ->
                throw new StartFailedException("there is no embedded PostgreSQL for " + other
                        + "; Slipway's quick start and its tests need Linux on amd64 or aarch64");
        };
    }

    private static InputStream open(String archive) throws IOException {
        InputStream content = PostgresBinaries.class.getResourceAsStream(archive);
        if (content == null) {
            throw new IOException("it is not on the class path");
        }
        return new BufferedInputStream(content, 1 << 16);
    }

    private static void unpack(String archive, Path directory) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(open(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = directory.resolve(entry.getName()).normalize();
                if (!target.startsWith(directory)) {
                    throw new IOException("an entry leads outside: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    if (entry.isSymbolicLink()) {
                        Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                    } else {
                        Files.copy(tar, target);
                        if ((entry.getMode() & 0100) != 0) {
                            Files.setPosixFilePermissions(target, PROGRAM);
                        }
                    }
                }
            }
        }
    }
}
