package org.slipway.controller.system;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slipway.model.Service;
import org.slipway.persistence.overview.Overview.Held;
import org.slipway.persistence.overview.Overview.Waiting;
import org.slipway.persistence.presence.ServiceInstance;

/**
 * The installation at one moment.
 *
 * @param databaseTime that moment; every other time is by the same clock
 */
public record SystemView(
        Instant databaseTime, List<Instance> instances, List<Lease> leases, Outbox outbox, Queue waiting, Kafka kafka) {

    /**
     * A process.
     *
     * @param since when it was started
     * @param lastSeen when it last told that it lives
     * @param alive whether it has told so lately
     * @param stopping whether it was told to stop, and is ending its work
     */
    public record Instance(
            String service,
            String instance,
            String host,
            String version,
            Instant since,
            Instant lastSeen,
            boolean alive,
            boolean stopping) {

        static Instance of(ServiceInstance told, Instant now) {
            Service service = told.service();
            return new Instance(
                    service.wireName(),
                    told.instance(),
                    told.host(),
                    told.version(),
                    told.startedAt(),
                    told.seenAt(),
                    told.alive(now),
                    told.stopping());
        }
    }

    /**
     * What a process holds: a release, or a business server on behalf of one.
     *
     * @param holder name of the instance
     * @param holderAlive whether that one is alive, as far as is known
     * @param leaseUntil when another process may take it, unless the holder renews it
     * @param epoch grows with every claim
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Lease(
            String project,
            int release,
            @Nullable String server,
            String holder,
            boolean holderAlive,
            Instant since,
            Instant leaseUntil,
            long epoch) {

        static Lease of(Held held, boolean holderAlive) {
            return new Lease(
                    held.project(),
                    held.release(),
                    held.server(),
                    held.owner(),
                    holderAlive,
                    held.since(),
                    held.until(),
                    held.epoch());
        }
    }

    /**
     * The transitions that Kafka does not have yet.
     *
     * @param oldestAgeSeconds how old the oldest of them is
     * @param relay name of the instance that publishes them; absent while none does
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Outbox(
            long unpublished,
            @Nullable Long oldestAgeSeconds,
            @Nullable String relay) {}

    /** What waits for a process to take it, and of each kind what waits longest. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Queue(
            long servers,
            @Nullable One oldestServer,
            long releases,
            @Nullable One oldestRelease) {

        static Queue of(Waiting servers, Waiting releases) {
            return new Queue(servers.count(), One.of(servers.oldest()), releases.count(), One.of(releases.oldest()));
        }

        /** One that waits. */
        @JsonInclude(JsonInclude.Include.NON_NULL)
        public record One(
                String project, int release, @Nullable String server, String state, Instant since) {
            static @Nullable One of(Waiting.@Nullable One one) {
                return one == null
                        ? null
                        : new One(one.project(), one.release(), one.server(), one.state(), one.since());
            }
        }
    }

    /**
     * Kafka as the process that answers sees it.
     *
     * @param seenBy name of that instance
     * @param reachable absent before the first answer
     * @param forSeconds for how long it has been so
     * @param why it is not reachable
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Kafka(
            String seenBy,
            @Nullable Boolean reachable,
            long forSeconds,
            @Nullable Integer brokers,
            @Nullable String why) {}
}
