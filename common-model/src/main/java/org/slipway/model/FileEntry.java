package org.slipway.model;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line of a manifest or of a listing.
 *
 * @param path relative to the project directory
 * @param type what it is
 * @param mode permission bits, 0 to 01777 octal; setuid and setgid never occur. 0777 for a symbolic link
 * @param modified modification time; whole seconds where the host tells no more
 * @param sizeBytes length of a file, 0 for anything else
 * @param sha256 64 lower-case hexadecimal digits for a file whose content was hashed, otherwise {@code null}
 * @param linkTarget what a symbolic link holds, otherwise {@code null}
 */
public record FileEntry(
        RelativePath path,
        EntryType type,
        int mode,
        Instant modified,
        long sizeBytes,
        @Nullable String sha256,
        @Nullable String linkTarget) {

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    public FileEntry {
        if (mode < 0 || mode > 01777) {
            throw new IllegalArgumentException("mode " + Integer.toOctalString(mode) + " of " + path);
        }
        if (sizeBytes < 0 || (type != EntryType.FILE && sizeBytes != 0)) {
            throw new IllegalArgumentException("size " + sizeBytes + " of " + path);
        }
        if (sha256 != null && (type != EntryType.FILE || !SHA256.matcher(sha256).matches())) {
            throw new IllegalArgumentException("SHA-256 of " + path);
        }
        if ((linkTarget != null) != (type == EntryType.SYMLINK)) {
            throw new IllegalArgumentException("link target of " + path);
        }
    }

    /** The SHA-256 of the content, where it is known. */
    public Optional<String> contentHash() {
        return Optional.ofNullable(sha256);
    }

    /** The same entry with the hash of its content. */
    public FileEntry withSha256(String hash) {
        return new FileEntry(path, type, mode, modified, sizeBytes, hash, linkTarget);
    }
}
