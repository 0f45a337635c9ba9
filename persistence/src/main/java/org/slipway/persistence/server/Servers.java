package org.slipway.persistence.server;

import io.quarkus.hibernate.orm.panache.PanacheRepository;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slipway.model.ReleaseState;
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

    /** Notes whether somebody may still publish on a server of whom nobody can say that he has come to his end. */
    public void setUnfenced(long id, boolean unfenced) {
        getEntityManager()
                .createNativeQuery("""
                        update server set unfenced = :unfenced,
                            next_try_at = case when :unfenced or state = 'COPYING' then next_try_at end
                        where id = :id
                        """)
                .setParameter("unfenced", unfenced)
                .setParameter("id", id)
                .executeUpdate();
    }

    /** Lets a server be taken at once that waits for its next try: what kept it from its last one may be mended. */
    public void waitNoLonger(Server server) {
        getEntityManager()
                .createNativeQuery("update server set next_try_at = null where id = :id")
                .setParameter("id", server.id())
                .executeUpdate();
    }

    /** Whether there is a server in a project on which somebody may still publish. */
    public boolean anyUnfenced(long projectId) {
        return !getEntityManager()
                .createNativeQuery("select 1 from server where project_id = :project and unfenced limit 1")
                .setParameter("project", projectId)
                .getResultList()
                .isEmpty();
    }

    /**
     * Locks a server that is to be fenced off: nobody holds it, somebody may still publish there, and its release, in one of these
     * states, is to be cancelled. Rows that another one is looking at are skipped, and so are those whose next try is not due yet.
     */
    public Optional<Server> lockNextToFenceOff(Collection<ReleaseState> states) {
        return getEntityManager()
                .createNativeQuery("""
                        select s.* from server s join release r on r.project_id = s.project_id
                        where s.unfenced and s.lease_owner is null and r.cancel_requested_at is not null and r.state in (:states)
                            and (r.lease_until is null or r.lease_until < clock_timestamp())
                            and (s.next_try_at is null or s.next_try_at <= clock_timestamp())
                        order by s.id limit 1
                        for no key update of s skip locked
                        """, Server.class)
                .setParameter("states", states.stream().map(ReleaseState::name).toList())
                .getResultStream()
                .map(Server.class::cast)
                .findFirst();
    }

    /** Lets nobody take a server, locked by the caller, before this has passed. */
    public void postpone(Server server, Duration wait) {
        getEntityManager()
                .createNativeQuery("""
                        update server set next_try_at = clock_timestamp() + make_interval(secs => :wait) where id = :id
                        """)
                .setParameter("wait", wait.toMillis() / 1000.0)
                .setParameter("id", server.id())
                .executeUpdate();
    }

    /** The server, locked, as it is now. */
    public Server lock(long id) {
        Server server = findById(id, LockModeType.PESSIMISTIC_WRITE);
        getEntityManager().refresh(server);
        return server;
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
