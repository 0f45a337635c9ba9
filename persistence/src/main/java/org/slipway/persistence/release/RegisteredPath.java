package org.slipway.persistence.release;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slipway.model.RelativePath;

/** A path that a project knows: registered once, by the first release that named it. */
@Entity
@Table(name = "path")
public class RegisteredPath {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private long id;

    @Column(name = "project_id", updatable = false)
    private long projectId;

    @Column(updatable = false)
    private String path;

    @Column(name = "registered_at", insertable = false, updatable = false)
    private @Nullable Instant registeredAt;

    /** For Hibernate. */
    @SuppressWarnings("NullAway.Init")
    protected RegisteredPath() {}

    public long id() {
        return id;
    }

    public RelativePath path() {
        return new RelativePath(path);
    }

    public Optional<Instant> registeredAt() {
        return Optional.ofNullable(registeredAt);
    }
}
