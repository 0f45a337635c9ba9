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
import java.time.LocalDate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slipway.model.ReleaseState;
import org.slipway.persistence.project.Project;

/** A release. State, version, sequence and lease change only by {@code TransitionLog} and {@code Leases}. */
@Entity
@Table(name = "release")
public class Release {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private long id;

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "project_id", updatable = false)
    private Project project;

    @Column(updatable = false)
    private int number;

    @Column(name = "release_date", updatable = false)
    private LocalDate releaseDate;

    @Column(updatable = false)
    private String author;

    @Column(updatable = false)
    private String note;

    @Enumerated(EnumType.STRING)
    @Column(updatable = false)
    private ReleaseState state;

    @Column(insertable = false, updatable = false)
    private long version;

    @Column(insertable = false, updatable = false)
    private long sequence;

    @Column(insertable = false, updatable = false)
    private int attempt;

    @Column(insertable = false, updatable = false)
    private int tries;

    @Column(name = "created_at", insertable = false, updatable = false)
    private @Nullable Instant createdAt;

    @Column(name = "state_since", insertable = false, updatable = false)
    private @Nullable Instant stateSince;

    @Column(name = "finished_at", insertable = false, updatable = false)
    private @Nullable Instant finishedAt;

    @Column(name = "cancel_requested_at", insertable = false, updatable = false)
    private @Nullable Instant cancelRequestedAt;

    @Column(name = "cancel_requested_by", insertable = false, updatable = false)
    private @Nullable String cancelRequestedBy;

    @Column(name = "cancel_reason", insertable = false, updatable = false)
    private @Nullable String cancelReason;

    @Column(name = "lease_owner", insertable = false, updatable = false)
    private @Nullable String leaseOwner;

    @Column(name = "lease_epoch", insertable = false, updatable = false)
    private long leaseEpoch;

    @Column(name = "lease_until", insertable = false, updatable = false)
    private @Nullable Instant leaseUntil;

    @Column(name = "next_try_at", insertable = false, updatable = false)
    private @Nullable Instant nextTryAt;

    /** For Hibernate. */
    @SuppressWarnings("NullAway.Init")
    protected Release() {}

    /** A new release in {@code CREATED}; whoever persists it records that move in the same transaction. */
    public Release(Project project, int number, LocalDate releaseDate, String author, String note) {
        this.project = project;
        this.number = number;
        this.releaseDate = releaseDate;
        this.author = author;
        this.note = note;
        this.state = ReleaseState.CREATED;
        this.version = 1;
        this.sequence = 1;
        this.attempt = 1;
    }

    public long id() {
        return id;
    }

    public Project project() {
        return project;
    }

    /** Counts from 1 in each project. */
    public int number() {
        return number;
    }

    public LocalDate releaseDate() {
        return releaseDate;
    }

    public String author() {
        return author;
    }

    public String note() {
        return note;
    }

    public ReleaseState state() {
        return state;
    }

    public long version() {
        return version;
    }

    public long sequence() {
        return sequence;
    }

    /** 1, and one more with every retry. */
    public int attempt() {
        return attempt;
    }

    /** How often its copy to beta, or its backup, was tried in vain since a person last asked for it. */
    public int tries() {
        return tries;
    }

    public Optional<Instant> createdAt() {
        return Optional.ofNullable(createdAt);
    }

    public Optional<Instant> stateSince() {
        return Optional.ofNullable(stateSince);
    }

    public Optional<Instant> finishedAt() {
        return Optional.ofNullable(finishedAt);
    }

    /** When a person asked to cancel; the owner of the state carries it out once nothing is being written. */
    public Optional<Instant> cancelRequestedAt() {
        return Optional.ofNullable(cancelRequestedAt);
    }

    public Optional<String> cancelRequestedBy() {
        return Optional.ofNullable(cancelRequestedBy);
    }

    /** Why that person wants it cancelled: the reason that the move to {@code CANCELLED} is recorded with. */
    public Optional<String> cancelReason() {
        return Optional.ofNullable(cancelReason);
    }

    public Optional<String> leaseOwner() {
        return Optional.ofNullable(leaseOwner);
    }

    public long leaseEpoch() {
        return leaseEpoch;
    }

    public Optional<Instant> leaseUntil() {
        return Optional.ofNullable(leaseUntil);
    }

    /** Before when nobody takes it, because a try failed; empty where it may be taken at once. */
    public Optional<Instant> nextTryAt() {
        return Optional.ofNullable(nextTryAt);
    }
}
