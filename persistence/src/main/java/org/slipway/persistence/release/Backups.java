package org.slipway.persistence.release;

import io.quarkus.hibernate.orm.panache.PanacheRepository;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** The verified backups. */
@ApplicationScoped
public class Backups implements PanacheRepository<Backup> {

    /** The backup that was taken for this release. */
    public Optional<Backup> ofRelease(long releaseId) {
        return find("releaseId", releaseId).firstResultOptional();
    }
}
