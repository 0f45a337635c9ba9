package org.slipway.worker;

import io.quarkus.arc.Arc;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.kafka.Record;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.slipway.model.message.Topics;
import org.slipway.persistence.lease.LeaseTimes;
import org.slipway.persistence.lease.Leases;
import org.slipway.persistence.release.Manifests;
import org.slipway.runtime.Retries;
import org.slipway.simulation.Replica;
import org.slipway.transfer.Hosts;

/** A server-worker in a simulated process. */
public final class WorkerReplica implements Replica {
    private final BetaContents contents;
    private final ServerWorker worker;

    /**
     * @param cache the directory of the contents that it has read from beta
     */
    public WorkerReplica(
            Hosts hosts,
            Emitter<Record<String, String>> progress,
            Path cache,
            Duration scan,
            int parallel,
            Duration grace) {
        this.contents = new BetaContents(
                hosts, Arc.container().instance(Manifests.class).get(), Optional.of(cache), 1 << 20);
        this.worker = new ServerWorker(
                Arc.container().instance(ServerCopies.class).get(),
                contents,
                hosts,
                Arc.container().instance(Leases.class).get(),
                Arc.container().instance(LeaseTimes.class).get(),
                Arc.container().instance(Retries.class).get(),
                progress,
                Arc.container().instance(Clock.class).get(),
                scan,
                Optional.of(parallel),
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
        if (topic.equals(Topics.SERVER_TRANSITIONS)) {
            worker.look(record);
        }
    }

    @Override
    public void vanish() {
        try {
            contents.close();
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }
}
