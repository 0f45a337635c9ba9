package org.slipway.persistence.presence;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.Immutable;
import org.slipway.model.Service;

/** A process of a service, as it told of itself last. All times are the database's. */
@Entity
@Immutable
@Table(name = "service_instance")
public class ServiceInstance {
    @Id
    private String instance;

    private String service;

    private String host;

    private String version;

    @Column(name = "started_at")
    private Instant startedAt;

    @Column(name = "seen_at")
    private Instant seenAt;

    @Column(name = "alive_until")
    private Instant aliveUntil;

    private boolean stopping;

    /** For Hibernate. */
    @SuppressWarnings("NullAway.Init")
    protected ServiceInstance() {}

    /** Its name, in leases and in the audit log. */
    public String instance() {
        return instance;
    }

    public Service service() {
        return Service.ofWireName(service);
    }

    /** The name of the machine or container that it runs on. */
    public String host() {
        return host;
    }

    public String version() {
        return version;
    }

    public Instant startedAt() {
        return startedAt;
    }

    public Instant seenAt() {
        return seenAt;
    }

    /** Whether it is taken to be alive: it told so, and the time within which it was to tell again is not over. */
    public boolean alive(Instant now) {
        return now.isBefore(aliveUntil);
    }

    /** Whether it was told to stop, and is ending its work. */
    public boolean stopping() {
        return stopping;
    }
}
