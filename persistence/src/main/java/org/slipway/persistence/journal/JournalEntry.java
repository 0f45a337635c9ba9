package org.slipway.persistence.journal;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slipway.model.Journal;

/** One thing that went wrong, in words for people. */
@Entity
@Table(name = "journal_entry")
public class JournalEntry {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private long id;

    @Enumerated(EnumType.STRING)
    @Column(updatable = false)
    private Journal journal;

    @Column(name = "release_id", updatable = false)
    private long releaseId;

    @Column(updatable = false)
    private @Nullable String server;

    @Column(updatable = false)
    private @Nullable String path;

    @Column(updatable = false)
    private String kind;

    @Column(updatable = false)
    private String message;

    @Column(name = "retry_helps", updatable = false)
    private boolean retryHelps;

    @Column(updatable = false)
    private int attempt;

    @Column(name = "try", updatable = false)
    private @Nullable Integer tryNumber;

    @Column(name = "at", insertable = false, updatable = false)
    private @Nullable Instant at;

    /** For Hibernate. */
    @SuppressWarnings("NullAway.Init")
    protected JournalEntry() {}

    /**
     * An entry; the database gives it its time.
     *
     * @param server the server's name, {@code null} where it is about none
     * @param path relative to the project directory, {@code null} where it is about none
     * @param kind a stable name of what happened, such as {@code HOST_KEY_CHANGED}
     * @param message what happened and what to do
     * @param retryHelps whether the same again, with nothing done by a person, may succeed
     * @param attempt the attempt of the release, from 1
     * @param tryNumber which try of that attempt it was, from 1; {@code null} where it is about none
     */
    public JournalEntry(
            Journal journal,
            long releaseId,
            @Nullable String server,
            @Nullable String path,
            String kind,
            String message,
            boolean retryHelps,
            int attempt,
            @Nullable Integer tryNumber) {
        this.journal = journal;
        this.releaseId = releaseId;
        this.server = server;
        this.path = path;
        this.kind = kind;
        this.message = message;
        this.retryHelps = retryHelps;
        this.attempt = attempt;
        this.tryNumber = tryNumber;
    }

    public long id() {
        return id;
    }

    public Journal journal() {
        return journal;
    }

    public long releaseId() {
        return releaseId;
    }

    public Optional<String> server() {
        return Optional.ofNullable(server);
    }

    public Optional<String> path() {
        return Optional.ofNullable(path);
    }

    public String kind() {
        return kind;
    }

    public String message() {
        return message;
    }

    public boolean retryHelps() {
        return retryHelps;
    }

    public int attempt() {
        return attempt;
    }

    /** Slipway tries again by itself where that can help: which try of the attempt this was. */
    public Optional<Integer> tryNumber() {
        return Optional.ofNullable(tryNumber);
    }

    public Optional<Instant> at() {
        return Optional.ofNullable(at);
    }
}
