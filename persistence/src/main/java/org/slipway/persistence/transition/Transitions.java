package org.slipway.persistence.transition;

import io.quarkus.hibernate.orm.panache.PanacheRepository;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The audit log, for reading. */
@ApplicationScoped
public class Transitions implements PanacheRepository<Transition> {

    /** What happened to a release and, on its behalf, to servers: at most {@code limit} behind the given id, oldest first. */
    public List<Transition> ofRelease(long projectId, int releaseNumber, long afterId, int limit) {
        return find("projectId = ?1 and releaseNumber = ?2 and id > ?3 order by id", projectId, releaseNumber, afterId)
                .page(0, limit)
                .list();
    }

    /** What is not published yet, oldest first. */
    public List<Transition> unpublished(int limit) {
        return find("publishedAt is null order by id").page(0, limit).list();
    }
}
