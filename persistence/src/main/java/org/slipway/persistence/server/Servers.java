package org.slipway.persistence.server;

import io.quarkus.hibernate.orm.panache.PanacheRepository;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import org.slipway.model.ServerRole;
import org.slipway.model.ServerState;
import org.slipway.persistence.lease.Lease;

/** The servers of all projects. */
@ApplicationScoped
public class Servers implements PanacheRepository<Server> {

    /** The servers of a project as the inventory names them, in its order; retired ones are left out. */
    public List<Server> ofProject(long projectId) {
        return list("project.id = ?1 and retiredAt is null order by position", projectId);
    }

    /** The server of that name, unless it is retired. */
    public Optional<Server> named(long projectId, String name) {
        return find("project.id = ?1 and name = ?2 and retiredAt is null", projectId, name)
                .firstResultOptional();
    }

    /** The retired server of that name and role, the latest one where there are several. */
    public Optional<Server> retired(long projectId, String name, ServerRole role) {
        return find(
                        "project.id = ?1 and name = ?2 and role = ?3 and retiredAt is not null order by id desc",
                        projectId,
                        name,
                        role)
                .firstResultOptional();
    }

    /** The only server of a project in that role ({@code DEVELOPMENT} or {@code BETA}). */
    public Optional<Server> only(long projectId, ServerRole role) {
        return find("project.id = ?1 and role = ?2 and retiredAt is null", projectId, role)
                .firstResultOptional();
    }

    /** The chosen business server: the one with a backup file. */
    public Optional<Server> chosen(long projectId) {
        return find("project.id = ?1 and backupFile is not null and retiredAt is null", projectId)
                .firstResultOptional();
    }

    /** The business servers of a project, locked until the transaction ends, in the order of their ids. */
    public List<Server> lockBusinessServers(long projectId) {
        return find("project.id = ?1 and role = ?2 and retiredAt is null order by id", projectId, ServerRole.BUSINESS)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .list();
    }

    /** The business servers that wait for, are copying, or failed on a release, locked, in the order of their ids. */
    public List<Server> lockOfRelease(long releaseId) {
        return find("releaseId = ?1 order by id", releaseId)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .list();
    }

    /** The states of the business servers that wait for, are copying, or failed on a release, as they are now. Locks nothing. */
    public List<ServerState> statesOfRelease(long releaseId) {
        return getEntityManager()
                .createQuery("select s.state from Server s where s.releaseId = :release", ServerState.class)
                .setParameter("release", releaseId)
                .getResultList();
    }

    /**
     * Locks the server that waits longest for a worker: in {@code COPYING} unless its next try is not due yet, or {@code LOCKED} under
     * a lease that ran out. Rows that another worker is looking at are skipped, and so are those of a release that is being cancelled.
     */
    public Optional<Server> lockNextClaimable() {
        return getEntityManager()
                .createNativeQuery("""
                        select s.* from server s join release r on r.id = s.release_id
                        where ((s.state = 'COPYING' and r.cancel_requested_at is null
                                and (s.next_try_at is null or s.next_try_at <= clock_timestamp()))
                            or (s.state = 'LOCKED' and s.lease_until < clock_timestamp()))
                        order by s.state_since, s.id limit 1
                        for no key update of s skip locked
                        """, Server.class)
                .getResultStream()
                .map(Server.class::cast)
                .findFirst();
    }

    /** The server, locked, if it is still held under this lease; empty when somebody else has taken it over or the lease ran out. */
    public Optional<Server> lockHeld(Lease lease) {
        return getEntityManager()
                .createNativeQuery("""
                        select * from server
                        where id = :id and lease_owner = :owner and lease_epoch = :epoch and lease_until > clock_timestamp()
                        for no key update
                        """, Server.class)
                .setParameter("id", lease.id())
                .setParameter("owner", lease.owner())
                .setParameter("epoch", lease.epoch())
                .getResultStream()
                .map(Server.class::cast)
                .findFirst();
    }
}
