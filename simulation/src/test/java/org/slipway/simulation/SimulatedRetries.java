package org.slipway.simulation;

import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Objects;
import org.slipway.runtime.ChanceOfRetries;
import org.slipway.runtime.Retries;

/** How long services wait between tries is chance, too, and so it is for the seed to say. */
class SimulatedRetries {
    @Produces
    @Alternative
    @Priority(1)
    @Singleton
    Retries retries() {
        return ChanceOfRetries.by(
                () -> Objects.requireNonNull(Task.current()).world().anyLong());
    }
}
