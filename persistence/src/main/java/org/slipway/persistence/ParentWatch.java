package org.slipway.persistence;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Ends this process when the launcher that started it is gone, however that died. Only where a launcher says so. */
@ApplicationScoped
class ParentWatch {
    private static final Logger LOG = Logger.getLogger(ParentWatch.class);

    void watch(@Observes StartupEvent event, @ConfigProperty(name = "slipway.parent.pid") Optional<Long> parent) {
        parent.ifPresent(pid -> ProcessHandle.of(pid)
                .ifPresentOrElse(process -> process.onExit().thenRun(ParentWatch::leave), ParentWatch::leave));
    }

    private static void leave() {
        LOG.info("The process that started this one is gone: stopping.");
        Quarkus.asyncExit();
    }
}
