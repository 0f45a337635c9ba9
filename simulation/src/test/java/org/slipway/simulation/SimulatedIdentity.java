package org.slipway.simulation;

import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.slipway.model.Service;
import org.slipway.persistence.ServiceIdentity;

/** The beans of all services are there once: which service asks, the task says. */
@Alternative
@Priority(1)
@Singleton
class SimulatedIdentity extends ServiceIdentity {
    SimulatedIdentity() {
        super(Service.CONTROLLER.wireName(), Optional.of("nobody"));
    }

    @Override
    public Service service() {
        Task task = Task.current();
        return task == null ? super.service() : task.process().service();
    }

    @Override
    public String instance() {
        Task task = Task.current();
        return task == null ? super.instance() : task.process().name();
    }

    /** The wall clock, which is right everywhere: nothing may depend on it. */
    @Alternative
    @Priority(1)
    @Singleton
    static class SimulatedClock extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            Task task = Task.current();
            return task == null ? World.BEGIN : task.world().instant();
        }
    }
}
