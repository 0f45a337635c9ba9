package org.slipway.worker;

import org.slipway.model.HostAddress;
import org.slipway.persistence.lease.Lease;

/**
 * One claimed copy to a business server, with all that it takes but the manifest.
 *
 * @param claimBegan {@code System.nanoTime()} before the claim
 * @param unfenced whether somebody else might publish on the server when it was claimed
 */
record ServerCopy(
        Lease lease,
        long claimBegan,
        String project,
        long releaseId,
        int release,
        int attempt,
        HostAddress beta,
        HostAddress target,
        boolean unfenced) {}
