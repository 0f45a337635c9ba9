package org.slipway.controller.system;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slipway.controller.system.SystemView.Instance;
import org.slipway.controller.system.SystemView.Kafka;
import org.slipway.controller.system.SystemView.Lease;
import org.slipway.controller.system.SystemView.Outbox;
import org.slipway.controller.system.SystemView.Queue;
import org.slipway.persistence.DatabaseClock;
import org.slipway.persistence.ServiceIdentity;
import org.slipway.persistence.overview.Overview;
import org.slipway.persistence.overview.Overview.Unpublished;
import org.slipway.persistence.presence.ServiceInstances;
import org.slipway.persistence.relay.KafkaWatch;
import org.slipway.persistence.relay.KafkaWatch.View;
import org.slipway.persistence.relay.RelayLeader;

/** Shows who is alive, who holds what, what waits, and what Kafka does not have yet. */
@ApplicationScoped
class ShowSystem {
    private final ServiceInstances instances;
    private final Overview overview;
    private final RelayLeader leader;
    private final KafkaWatch kafka;
    private final ServiceIdentity self;
    private final DatabaseClock clock;

    ShowSystem(
            ServiceInstances instances,
            Overview overview,
            RelayLeader leader,
            KafkaWatch kafka,
            ServiceIdentity self,
            DatabaseClock clock) {
        this.instances = instances;
        this.overview = overview;
        this.leader = leader;
        this.kafka = kafka;
        this.self = self;
        this.clock = clock;
    }

    @Transactional
    SystemView now() {
        Instant now = clock.now();
        List<Instance> known =
                instances.all().stream().map(told -> Instance.of(told, now)).toList();
        Set<String> alive =
                known.stream().filter(Instance::alive).map(Instance::instance).collect(Collectors.toSet());
        return new SystemView(
                now,
                known,
                overview.held().stream()
                        .map(held -> Lease.of(held, alive.contains(held.owner())))
                        .toList(),
                outbox(known),
                Queue.of(overview.servers(), overview.releases()),
                kafka());
    }

    private Outbox outbox(List<Instance> known) {
        Unpublished unpublished = overview.unpublished();
        return new Outbox(
                unpublished.count(),
                unpublished.oldestSeconds(),
                leader.among(known.stream().map(Instance::instance).toList()).orElse(null));
    }

    private Kafka kafka() {
        String seenBy = self.instance();
        long forSeconds = kafka.lasting().toSeconds();
        return switch (kafka.view()) {
            case View.Unknown() -> new Kafka(seenBy, null, forSeconds, null, null);
            case View.There(int brokers) -> new Kafka(seenBy, true, forSeconds, brokers, null);
            case View.Away(String why) -> new Kafka(seenBy, false, forSeconds, null, why);
        };
    }
}
