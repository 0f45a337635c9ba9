package org.slipway.persistence.release;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slipway.persistence.server.Server;

/** One release on one business server. */
@Entity
@Table(name = "rollout")
public class Rollout {
    /** How far it is, in the words that people are shown. */
    public enum Outcome {
        WAITING,
        COPYING,
        DONE,
        FAILED,
        CANCELLED
    }

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private long id;

    @Column(name = "release_id", updatable = false)
    private long releaseId;

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "server_id", updatable = false)
    private Server server;

    @Enumerated(EnumType.STRING)
    private Outcome outcome;

    private int attempts;
    private int tries;

    @Column(name = "files_sent")
    private long filesSent;

    @Column(name = "bytes_sent")
    private long bytesSent;

    @Column(name = "files_unchanged")
    private long filesUnchanged;

    @Column(name = "started_at")
    private @Nullable Instant startedAt;

    @Column(name = "finished_at")
    private @Nullable Instant finishedAt;

    /** For Hibernate. */
    @SuppressWarnings("NullAway.Init")
    protected Rollout() {}

    /** A rollout that waits for a worker. */
    public Rollout(long releaseId, Server server) {
        this.releaseId = releaseId;
        this.server = server;
        this.outcome = Outcome.WAITING;
    }

    /** A person wants it on the server: it waits, and the count of tries begins anew. */
    public void isWanted() {
        tries = 0;
        waits();
    }

    /** The server is another machine now, which does not have it. */
    public void isOnAnotherMachine() {
        filesSent = 0;
        bytesSent = 0;
        filesUnchanged = 0;
        isWanted();
    }

    /** One try was in vain. */
    public void failsOnce() {
        tries++;
    }

    /** It is to be tried (again). */
    public void waits() {
        outcome = Outcome.WAITING;
        finishedAt = null;
    }

    /** A worker took it. */
    public void begins(Instant at) {
        outcome = Outcome.COPYING;
        attempts++;
        startedAt = at;
        finishedAt = null;
    }

    /** The server has the release. */
    public void done(long sent, long bytes, long unchanged, Instant at) {
        outcome = Outcome.DONE;
        filesSent = sent;
        bytesSent = bytes;
        filesUnchanged = unchanged;
        finishedAt = at;
    }

    /** It ended without the release on the server. */
    public void ends(Outcome how, Instant at) {
        outcome = how;
        finishedAt = at;
    }

    public long releaseId() {
        return releaseId;
    }

    public Server server() {
        return server;
    }

    public Outcome outcome() {
        return outcome;
    }

    /** How often a worker has begun. */
    public int attempts() {
        return attempts;
    }

    /** How often it was tried in vain since a person last asked for it. */
    public int tries() {
        return tries;
    }

    /** Files whose content was sent by the attempt that succeeded. */
    public long filesSent() {
        return filesSent;
    }

    public long bytesSent() {
        return bytesSent;
    }

    /** Files that already matched. */
    public long filesUnchanged() {
        return filesUnchanged;
    }

    public Optional<Instant> startedAt() {
        return Optional.ofNullable(startedAt);
    }

    public Optional<Instant> finishedAt() {
        return Optional.ofNullable(finishedAt);
    }
}
