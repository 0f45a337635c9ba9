package org.slipway.persistence.presence;

import io.quarkus.hibernate.orm.panache.PanacheRepository;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.slipway.model.Service;

/** The processes of all services that told of themselves. */
@ApplicationScoped
public class ServiceInstances implements PanacheRepository<ServiceInstance> {

    /** All that are not forgotten, by service and name. */
    public List<ServiceInstance> all() {
        return list("order by service, instance");
    }

    /** Whether a process of this service lives, as far as is known, and is not about to stop. */
    public boolean anyAlive(Service service, Instant now) {
        return count("service = ?1 and aliveUntil > ?2 and not stopping", service.wireName(), now) > 0;
    }

    /**
     * Tells that a process lives.
     *
     * @param run another one for each process: one that bears the name of an earlier one takes its row over
     * @param running for how long it has been
     * @param alive for how long it is taken to be alive if it tells nothing more
     */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    void tell(
            String instance,
            UUID run,
            String service,
            String host,
            String version,
            Duration running,
            Duration alive,
            boolean stopping) {
        getEntityManager()
                .createNativeQuery("""
                        insert into service_instance as known (instance, run, service, host, version, started_at, seen_at, alive_until, stopping)
                        select :instance, :run, :service, :host, :version, now - make_interval(secs => :running), now,
                            now + make_interval(secs => :alive), :stopping
                        from clock_timestamp() now
                        on conflict (instance) do update set run = excluded.run, service = excluded.service, host = excluded.host,
                            version = excluded.version, seen_at = excluded.seen_at, alive_until = excluded.alive_until,
                            stopping = excluded.stopping,
                            started_at = case known.run when excluded.run then known.started_at else excluded.started_at end
                        """)
                .setParameter("instance", instance)
                .setParameter("run", run)
                .setParameter("service", service)
                .setParameter("host", host)
                .setParameter("version", version)
                .setParameter("running", seconds(running))
                .setParameter("alive", seconds(alive))
                .setParameter("stopping", stopping)
                .executeUpdate();
    }

    /** A process ends in order: it is not missed. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    void leave(String instance, UUID run) {
        getEntityManager()
                .createNativeQuery("delete from service_instance where instance = :instance and run = :run")
                .setParameter("instance", instance)
                .setParameter("run", run)
                .executeUpdate();
    }

    /** Removes those that have told nothing for this long. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    void forgetSilentFor(Duration silence) {
        getEntityManager()
                .createNativeQuery(
                        "delete from service_instance where seen_at < clock_timestamp() - make_interval(secs => :silence)")
                .setParameter("silence", seconds(silence))
                .executeUpdate();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
