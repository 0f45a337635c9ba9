package org.slipway.beta;

import java.util.List;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;
import org.slipway.persistence.lease.Lease;

/**
 * One claimed copy to beta, with all that it takes.
 *
 * @param claimBegan {@code System.nanoTime()} before the claim
 * @param unfenced whether somebody else might publish on beta when it was claimed
 */
record BetaCopy(
        Lease lease,
        long claimBegan,
        String project,
        int release,
        int attempt,
        HostAddress development,
        HostAddress beta,
        List<RelativePath> paths,
        long betaId,
        boolean unfenced) {}
