package org.slipway.runtime;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** The clock of this process, for what is told and not written. */
@ApplicationScoped
class ProcessClock {
    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }
}
