package org.slipway.production;

import org.jspecify.annotations.Nullable;
import org.slipway.model.HostAddress;
import org.slipway.persistence.lease.Lease;

/**
 * One claimed release whose production begins with a backup.
 *
 * @param claimBegan {@code System.nanoTime()} before the claim
 * @param alreadyVerified whether an earlier attempt of the same release left a verified backup, which is kept
 * @param chosen the server to back up; {@code null} where the inventory names none any more
 */
record BackupWork(
        Lease lease,
        long claimBegan,
        String project,
        int release,
        boolean alreadyVerified,
        @Nullable Chosen chosen) {

    /**
     * The chosen business server, and where its backup goes.
     *
     * @param unfenced whether somebody else might publish there when the release was claimed
     */
    record Chosen(long serverId, HostAddress address, String backupFile, boolean unfenced) {}
}
