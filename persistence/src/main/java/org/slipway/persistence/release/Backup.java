package org.slipway.persistence.release;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** The verified backup of the chosen business server, taken before a release touched any. */
@Entity
@Table(name = "backup")
public class Backup {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private long id;

    @Column(name = "release_id", updatable = false)
    private long releaseId;

    @Column(name = "server_id", updatable = false)
    private long serverId;

    @Column(updatable = false)
    private String file;

    @Column(name = "size_bytes", updatable = false)
    private long sizeBytes;

    @Column(updatable = false)
    private String sha256;

    @Column(name = "entries", updatable = false)
    private long entryCount;

    @Column(name = "verified_at", updatable = false)
    private Instant verifiedAt;

    /** For Hibernate. */
    @SuppressWarnings("NullAway.Init")
    protected Backup() {}

    /**
     * A backup that was read back in full.
     *
     * @param file absolute path on the server
     * @param sha256 of the archive as it was read back
     * @param entryCount files, directories and links found in it
     */
    public Backup(
            long releaseId,
            long serverId,
            String file,
            long sizeBytes,
            String sha256,
            long entryCount,
            Instant verifiedAt) {
        this.releaseId = releaseId;
        this.serverId = serverId;
        this.file = file;
        this.sizeBytes = sizeBytes;
        this.sha256 = sha256;
        this.entryCount = entryCount;
        this.verifiedAt = verifiedAt;
    }

    public long releaseId() {
        return releaseId;
    }

    public long serverId() {
        return serverId;
    }

    public String file() {
        return file;
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    public String sha256() {
        return sha256;
    }

    public long entryCount() {
        return entryCount;
    }

    public Instant verifiedAt() {
        return verifiedAt;
    }
}
