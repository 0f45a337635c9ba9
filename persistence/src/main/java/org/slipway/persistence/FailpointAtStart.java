package org.slipway.persistence;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jboss.logging.Logger;
import org.slipway.model.failpoint.Failpoint;

/** A service that a test has armed says so before it begins to work; one that is armed for what it does not know does not start. */
@ApplicationScoped
class FailpointAtStart {
    private static final Logger LOG = Logger.getLogger(FailpointAtStart.class);

    void look(@Observes @Priority(1) StartupEvent event, ServiceIdentity self) {
        String armed = Failpoint.armed(self.service());
        if (armed != null) {
            LOG.warnf("This process is armed with the failpoint %s and is going to fail: it is a test's.", armed);
        }
    }
}
