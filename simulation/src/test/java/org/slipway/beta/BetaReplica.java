package org.slipway.beta;

import io.quarkus.arc.Arc;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.kafka.Record;
import java.time.Clock;
import java.time.Duration;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.slipway.model.message.Topics;
import org.slipway.persistence.ServiceIdentity;
import org.slipway.persistence.lease.LeaseTimes;
import org.slipway.persistence.lease.Leases;
import org.slipway.runtime.FenceOffs;
import org.slipway.runtime.Retries;
import org.slipway.simulation.Replica;
import org.slipway.transfer.Hosts;

/** A beta-worker in a simulated process. */
public final class BetaReplica implements Replica {
    private final BetaWorker worker;

    public BetaReplica(Hosts hosts, Emitter<Record<String, String>> progress, Duration scan, Duration grace) {
        this.worker = new BetaWorker(
                Arc.container().instance(BetaCopies.class).get(),
                Arc.container().instance(FenceOffs.class).get(),
                Arc.container().instance(ServiceIdentity.class).get(),
                hosts,
                Arc.container().instance(Leases.class).get(),
                Arc.container().instance(LeaseTimes.class).get(),
                Arc.container().instance(Retries.class).get(),
                progress,
                Arc.container().instance(Clock.class).get(),
                scan,
                2,
                grace);
    }

    @Override
    public void start() {
        worker.start(new StartupEvent());
    }

    @Override
    public void stop() {
        worker.stop(new ShutdownEvent());
    }

    @Override
    public void hear(String topic, String record) {
        if (topic.equals(Topics.RELEASE_TRANSITIONS)) {
            worker.look(record);
        }
    }
}
