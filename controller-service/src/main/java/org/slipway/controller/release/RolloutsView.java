package org.slipway.controller.release;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.progress.Progress;
import org.slipway.persistence.release.Rollout;
import org.slipway.persistence.server.Server;

/** How far a release is on each business server, in the order of the inventory. */
record RolloutsView(List<Entry> rollouts) {

    /**
     * One business server.
     *
     * @param outcome waiting, copying, done, failed or cancelled
     * @param attempts how often a worker has begun
     * @param tries how often it was tried in vain since a person last asked for it
     * @param nextTryAt before when no worker takes it, because a try failed
     * @param worker who is copying it now
     * @param leaseUntil until when that worker holds it, unless it renews
     * @param waitsFor in words for people: what has to come where nobody copies, and nobody rests until the next try either
     * @param progress how far it is, while it is being copied and somebody tells
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Entry(
            String server,
            String outcome,
            int attempts,
            int tries,
            @Nullable Instant nextTryAt,
            long filesSent,
            long bytesSent,
            long filesUnchanged,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            @Nullable String worker,
            @Nullable Instant leaseUntil,
            @Nullable String waitsFor,
            @Nullable Progress progress) {

        static Entry of(Rollout rollout, @Nullable String waitsFor, @Nullable Progress progress) {
            Optional<Server> held = Optional.of(rollout.server())
                    .filter(server -> server.releaseId().equals(Optional.of(rollout.releaseId())));
            return new Entry(
                    rollout.server().name(),
                    rollout.outcome().name().toLowerCase(Locale.ROOT),
                    rollout.attempts(),
                    rollout.tries(),
                    held.flatMap(Server::nextTryAt).orElse(null),
                    rollout.filesSent(),
                    rollout.bytesSent(),
                    rollout.filesUnchanged(),
                    rollout.startedAt().orElse(null),
                    rollout.finishedAt().orElse(null),
                    held.flatMap(Server::leaseOwner).orElse(null),
                    held.flatMap(Server::leaseUntil).orElse(null),
                    waitsFor,
                    progress);
        }
    }
}
