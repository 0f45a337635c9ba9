package org.slipway.persistence.server;

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
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slipway.model.HostAddress;
import org.slipway.model.ServerRole;
import org.slipway.model.ServerState;
import org.slipway.persistence.project.Project;

/**
 * A server of a project. What the inventory says may be changed here; state, version, sequence and lease change only by
 * {@code TransitionLog} and {@code Leases}.
 */
@Entity
@Table(name = "server")
public class Server {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private long id;

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "project_id", updatable = false)
    private Project project;

    @Column(updatable = false)
    private String name;

    @Enumerated(EnumType.STRING)
    @Column(updatable = false)
    private ServerRole role;

    private int position;
    private String host;
    private int port;

    @Column(name = "ssh_user")
    private String user;

    @Column(name = "host_keys")
    private String[] hostKeys;

    @Column(name = "project_directory")
    private String projectDirectory;

    @Column(name = "work_directory")
    private @Nullable String workDirectory;

    @Column(name = "backup_file")
    private @Nullable String backupFile;

    @Column(name = "retired_at")
    private @Nullable Instant retiredAt;

    @Enumerated(EnumType.STRING)
    @Column(updatable = false)
    private @Nullable ServerState state;

    @Column(name = "state_since", insertable = false, updatable = false)
    private @Nullable Instant stateSince;

    @Column(insertable = false, updatable = false)
    private long version;

    @Column(updatable = false)
    private long sequence;

    @Column(name = "release_id", insertable = false, updatable = false)
    private @Nullable Long releaseId;

    @Column(name = "lease_owner", insertable = false, updatable = false)
    private @Nullable String leaseOwner;

    @Column(name = "lease_epoch", insertable = false, updatable = false)
    private long leaseEpoch;

    @Column(name = "lease_until", insertable = false, updatable = false)
    private @Nullable Instant leaseUntil;

    @Column(name = "next_try_at", insertable = false, updatable = false)
    private @Nullable Instant nextTryAt;

    @Column(insertable = false, updatable = false)
    private boolean unfenced;

    /** For Hibernate. */
    @SuppressWarnings("NullAway.Init")
    protected Server() {}

    /** A new server. A business server begins as {@code IDLE}; whoever persists it records that move in the same transaction. */
    public Server(Project project, ServerRole role, int position, HostAddress address, @Nullable String backupFile) {
        this.project = project;
        this.name = address.name();
        this.role = role;
        this.position = position;
        this.host = address.host();
        this.port = address.port();
        this.user = address.user();
        this.hostKeys = address.hostKeys().toArray(String[]::new);
        this.projectDirectory = address.projectDirectory();
        this.workDirectory = address.workDirectory();
        this.backupFile = backupFile;
        this.version = 1;
        if (role == ServerRole.BUSINESS) {
            this.state = ServerState.IDLE;
            this.sequence = 1;
        }
    }

    /** Takes over what the inventory says now. The name and the role stay. */
    public void update(int newPosition, HostAddress address, @Nullable String newBackupFile) {
        position = newPosition;
        host = address.host();
        port = address.port();
        user = address.user();
        hostKeys = address.hostKeys().toArray(String[]::new);
        projectDirectory = address.projectDirectory();
        workDirectory = address.workDirectory();
        backupFile = newBackupFile;
    }

    /** Takes the server out of the inventory; its history stays. */
    public void retire(Instant at) {
        retiredAt = at;
    }

    /** Brings a retired server back: it goes on with its sequence, so that the log of its name stays one story. */
    public void reinstate() {
        retiredAt = null;
    }

    public long id() {
        return id;
    }

    public Project project() {
        return project;
    }

    public String name() {
        return name;
    }

    public ServerRole role() {
        return role;
    }

    /** The place in the inventory document, from 0. */
    public int position() {
        return position;
    }

    /** How to reach it, and where to work on it. */
    public HostAddress address() {
        return new HostAddress(name, host, port, user, List.of(hostKeys), projectDirectory, workDirectory);
    }

    /** Absolute path of the backup file: there on the chosen business server only. */
    public Optional<String> backupFile() {
        return Optional.ofNullable(backupFile);
    }

    public boolean isRetired() {
        return retiredAt != null;
    }

    /** The state of a business server; empty for the others. */
    public Optional<ServerState> state() {
        return Optional.ofNullable(state);
    }

    public Optional<Instant> stateSince() {
        return Optional.ofNullable(stateSince);
    }

    public long version() {
        return version;
    }

    public long sequence() {
        return sequence;
    }

    /** The release that it waits for, is being copied, or failed on. */
    public Optional<Long> releaseId() {
        return Optional.ofNullable(releaseId);
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

    /**
     * Whether somebody may still publish there of whom nobody can say that he has come to his end: whoever holds it, whoever's lease ran
     * out, and whoever lost sight of what he had told the server to do. Until the fence is raised there under a later epoch.
     */
    public boolean isUnfenced() {
        return unfenced;
    }

    /** Before when no worker takes it, because a try failed; empty where any may take it at once. */
    public Optional<Instant> nextTryAt() {
        return Optional.ofNullable(nextTryAt);
    }
}
