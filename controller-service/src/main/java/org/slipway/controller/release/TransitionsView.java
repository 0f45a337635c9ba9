package org.slipway.controller.release;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slipway.model.message.CopyProgressed;
import org.slipway.model.message.ReleaseTransitioned;
import org.slipway.model.message.ServerTransitioned;
import org.slipway.persistence.transition.Transition;

/**
 * A page of the audit log.
 *
 * @param next path of the next page, if there is one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TransitionsView(List<Entry> transitions, @Nullable String next) {

    /**
     * One recorded move.
     *
     * @param kind release or server
     * @param server the server that moved; absent where the release did
     * @param sequence counts the moves of this release, or of this server, without a gap
     * @param from absent for the first one
     * @param service who made the move
     * @param actor the person or the replica behind it
     * @param publishedAt when Kafka had it; absent while it waits
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Entry(
            long id,
            String kind,
            @Nullable String server,
            long sequence,
            @Nullable String from,
            String to,
            String service,
            String actor,
            String reason,
            int attempt,
            Instant at,
            @Nullable Instant publishedAt) {

        static Entry of(Transition transition) {
            @Nullable Instant published = transition.publishedAt().orElse(null);
            return switch (transition.event()) {
                case ReleaseTransitioned e ->
                    new Entry(
                            transition.id(),
                            "release",
                            null,
                            e.sequence(),
                            name(e.from()),
                            e.to().name(),
                            e.service().wireName(),
                            e.actor(),
                            e.reason(),
                            e.attempt(),
                            e.at(),
                            published);
                case ServerTransitioned e ->
                    new Entry(
                            transition.id(),
                            "server",
                            e.server(),
                            e.sequence(),
                            name(e.from()),
                            e.to().name(),
                            e.service().wireName(),
                            e.actor(),
                            e.reason(),
                            e.attempt(),
                            e.at(),
                            published);
                case CopyProgressed _ -> throw new IllegalStateException("progress is no transition");
            };
        }

        private static @Nullable String name(@Nullable Enum<?> state) {
            return state == null ? null : state.name();
        }
    }
}
