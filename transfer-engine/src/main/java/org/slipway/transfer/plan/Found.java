package org.slipway.transfer.plan;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a target has at one path.
 *
 * @param kind what it is
 * @param mode permission bits, setuid and setgid included
 * @param modified modification time; whole seconds where the host tells no more
 * @param sizeBytes length of a file
 * @param uid its owner's number
 * @param device the file system it is on
 * @param linkTarget what a symbolic link holds
 * @param sha256 of its content, where that was looked at
 */
public record Found(
        Kind kind,
        int mode,
        Instant modified,
        long sizeBytes,
        long uid,
        long device,
        @Nullable String linkTarget,
        @Nullable String sha256) {

    /** What may be at a path. */
    public enum Kind {
        FILE,
        DIRECTORY,
        SYMLINK,
        OTHER
    }

    /** The same with the hash of its content. */
    public Found withSha256(String hash) {
        return new Found(kind, mode, modified, sizeBytes, uid, device, linkTarget, hash);
    }

    /** Whether this time is the wanted one, as exactly as this host tells times. */
    public boolean isOfTime(Instant wanted) {
        return modified.equals(wanted)
                || (modified.getNano() == 0 && modified.getEpochSecond() == wanted.getEpochSecond());
    }
}
