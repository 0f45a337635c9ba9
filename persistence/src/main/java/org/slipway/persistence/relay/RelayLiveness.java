package org.slipway.persistence.relay;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** A process whose relay thread is gone may lead and publish nothing: it is to be started anew. */
@Liveness
@ApplicationScoped
class RelayLiveness implements HealthCheck {
    private final Relay relay;

    RelayLiveness(Relay relay) {
        this.relay = relay;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("relay").status(relay.alive()).build();
    }
}
