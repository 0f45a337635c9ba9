package org.slipway.persistence;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jboss.logging.Logger;
import sun.misc.Signal;

/** Takes SIGTERM as the request to stop in order: the process then ends with status 0, and not with the 143 of one that was ended. */
@ApplicationScoped
class StopSignal {
    private static final Logger LOG = Logger.getLogger(StopSignal.class);

    void listen(@Observes StartupEvent event) {
        if (LaunchMode.current() == LaunchMode.NORMAL) {
            try {
                Signal.handle(new Signal("TERM"), signal -> Quarkus.asyncExit(0));
            } catch (IllegalArgumentException reserved) {
                LOG.infof(
                        "SIGTERM ends this process in order, with the status that the JVM gives it: %s",
                        reserved.getMessage());
            }
        }
    }
}
