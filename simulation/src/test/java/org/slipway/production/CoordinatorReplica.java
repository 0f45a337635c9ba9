package org.slipway.production;

import io.quarkus.arc.Arc;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import java.time.Duration;
import org.slipway.model.message.Topics;
import org.slipway.persistence.ServiceIdentity;
import org.slipway.persistence.lease.LeaseTimes;
import org.slipway.persistence.lease.Leases;
import org.slipway.runtime.FenceOffs;
import org.slipway.runtime.Retries;
import org.slipway.simulation.Replica;
import org.slipway.transfer.Hosts;

/** A prod-coordinator in a simulated process. */
public final class CoordinatorReplica implements Replica {
    private final ProdCoordinator coordinator;

    public CoordinatorReplica(Hosts hosts, Duration scan, Duration grace) {
        this.coordinator = new ProdCoordinator(
                Arc.container().instance(Productions.class).get(),
                Arc.container().instance(FenceOffs.class).get(),
                Arc.container().instance(ServiceIdentity.class).get(),
                hosts,
                Arc.container().instance(Leases.class).get(),
                Arc.container().instance(LeaseTimes.class).get(),
                Arc.container().instance(Retries.class).get(),
                scan,
                5,
                2,
                grace);
    }

    @Override
    public void start() {
        coordinator.start(new StartupEvent());
    }

    @Override
    public void stop() {
        coordinator.stop(new ShutdownEvent());
    }

    @Override
    public void hear(String topic, String record) {
        if (topic.equals(Topics.RELEASE_TRANSITIONS)) {
            coordinator.lookAtReleases(record);
        } else {
            coordinator.lookAtServers(record);
        }
    }
}
