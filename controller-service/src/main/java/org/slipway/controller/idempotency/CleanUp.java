package org.slipway.controller.idempotency;

import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/** Forgets old answers now and then, and not in a process that is ending before it has begun. */
@ApplicationScoped
class CleanUp {
    private static final Logger LOG = Logger.getLogger(CleanUp.class);

    private final IdempotencyRecords records;

    CleanUp(IdempotencyRecords records) {
        this.records = records;
    }

    @Scheduled(
            every = "${slipway.idempotency.clean-up}",
            delayed = "10s",
            skipExecutionIf = Scheduled.ApplicationNotRunning.class)
    void forget() {
        try {
            records.forgetOld();
        } catch (RuntimeException e) {
            LOG.warnf(
                    "Old answers to requests with an Idempotency-Key could not be removed, later then: %s",
                    e.getMessage());
        }
    }
}
