package org.slipway.persistence.release;

import io.quarkus.hibernate.orm.panache.PanacheRepository;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slipway.persistence.server.Server;

/** Which release is how far on which business server. */
@ApplicationScoped
public class Rollouts implements PanacheRepository<Rollout> {

    /** The rollouts of a release, in the order of the inventory. */
    public List<Rollout> ofRelease(long releaseId) {
        return list("from Rollout r join fetch r.server s where r.releaseId = ?1 order by s.position, s.id", releaseId);
    }

    /** The ids of the servers that have a release. */
    public Set<Long> serversWith(long releaseId) {
        return getEntityManager()
                .createQuery(
                        "select r.server.id from Rollout r where r.releaseId = :release and r.outcome = :done",
                        Long.class)
                .setParameter("release", releaseId)
                .setParameter("done", Rollout.Outcome.DONE)
                .getResultStream()
                .collect(Collectors.toSet());
    }

    /** The rollout of a release on a server; made where there is none. */
    public Rollout of(long releaseId, Server server) {
        return find("releaseId = ?1 and server = ?2", releaseId, server)
                .firstResultOptional()
                .orElseGet(() -> {
                    Rollout rollout = new Rollout(releaseId, server);
                    persist(rollout);
                    return rollout;
                });
    }
}
