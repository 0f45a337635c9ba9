package org.slipway.persistence.transition;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;
import org.slipway.model.Service;
import org.slipway.model.message.Event;
import org.slipway.model.message.ReleaseTransitioned;
import org.slipway.model.message.ServerTransitioned;

/** One recorded state change: a line of the audit log, and of the outbox. Only read here; {@code TransitionLog} writes them. */
@Entity
@Immutable
@Table(name = "transition")
public class Transition {
    @Id
    private long id;

    private String kind;

    private long sequence;

    @Column(name = "project_id")
    private long projectId;

    private String project;

    @Column(name = "release_number")
    private @Nullable Integer releaseNumber;

    private @Nullable String server;

    @Column(name = "from_state")
    private String from;

    @Column(name = "to_state")
    private String to;

    private String service;
    private String actor;
    private String reason;
    private int attempt;

    @Column(name = "at")
    private Instant at;

    @Column(name = "published_at")
    private @Nullable Instant publishedAt;

    /** For Hibernate. */
    @SuppressWarnings("NullAway.Init")
    protected Transition() {}

    /** Grows in the order in which transitions were recorded; never used twice. */
    public long id() {
        return id;
    }

    /** When Kafka had it; empty while it waits for the relay. */
    public Optional<Instant> publishedAt() {
        return Optional.ofNullable(publishedAt);
    }

    /** The message that tells it. */
    public Event event() {
        return event(project, releaseNumber, server, sequence, from, to, service, actor, reason, attempt, at);
    }

    /** The message that tells the transition of a row of the log: of a server where it names one, otherwise of a release. */
    public static Event event(
            String project,
            @Nullable Integer releaseNumber,
            @Nullable String server,
            long sequence,
            String from,
            String to,
            String service,
            String actor,
            String reason,
            int attempt,
            Instant at) {
        Service mover = Service.ofWireName(service);
        if (server == null) {
            return new ReleaseTransitioned(
                    project,
                    Objects.requireNonNull(releaseNumber),
                    sequence,
                    from.isEmpty() ? null : ReleaseState.valueOf(from),
                    ReleaseState.valueOf(to),
                    mover,
                    actor,
                    reason,
                    attempt,
                    at);
        }
        return new ServerTransitioned(
                project,
                server,
                releaseNumber,
                sequence,
                from.isEmpty() ? null : ServerState.valueOf(from),
                ServerState.valueOf(to),
                mover,
                actor,
                reason,
                attempt,
                at);
    }
}
