package org.slipway.persistence.release;

import io.quarkus.hibernate.orm.panache.PanacheRepository;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slipway.model.RelativePath;
import org.slipway.model.ReleaseState;
import org.slipway.persistence.lease.Lease;

/** The releases of all projects. */
@ApplicationScoped
public class Releases implements PanacheRepository<Release> {
    /** The most paths that a release may name. */
    public static final int MOST_PATHS = 10_000;

    private static final List<ReleaseState> FINISHED = List.of(ReleaseState.COMPLETED, ReleaseState.CANCELLED);

    /** The release of that number. */
    public Optional<Release> numbered(long projectId, int number) {
        return find("project.id = ?1 and number = ?2", projectId, number).firstResultOptional();
    }

    /** The release of that number, locked until the transaction ends. */
    public Optional<Release> lockNumbered(long projectId, int number) {
        return find("project.id = ?1 and number = ?2", projectId, number)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResultOptional();
    }

    /** The one release of a project that is not finished. */
    public Optional<Release> unfinished(long projectId) {
        return find("project.id = ?1 and state not in ?2", projectId, FINISHED).firstResultOptional();
    }

    /** The releases of a project with a smaller number than this, newest first. */
    public List<Release> before(long projectId, int number, int limit) {
        return find(
                        "from Release r join fetch r.project p where p.id = ?1 and r.number < ?2 order by r.number desc",
                        projectId,
                        number)
                .page(0, limit)
                .list();
    }

    /** The number that the next release of a project gets; the caller holds the project's lock. */
    public int nextNumber(long projectId) {
        return getEntityManager()
                        .createQuery(
                                "select coalesce(max(r.number), 0) from Release r where r.project.id = :project",
                                Integer.class)
                        .setParameter("project", projectId)
                        .getSingleResult()
                + 1;
    }

    /**
     * Locks the release that is longest in this state and under no lease; rows that another one is looking at are skipped. One whose next
     * try is not due yet is left alone, unless it is to be cancelled; one that is to be cancelled is, while somebody may still publish on
     * a server of its project.
     */
    public Optional<Release> lockNextClaimable(ReleaseState state) {
        return getEntityManager()
                .createNativeQuery("""
                        select * from release
                        where state = :state and (lease_until is null or lease_until < clock_timestamp())
                            and (next_try_at is null or next_try_at <= clock_timestamp() or cancel_requested_at is not null)
                            and (cancel_requested_at is null
                                or not exists (select 1 from server s where s.project_id = release.project_id and s.unfenced))
                        order by state_since, id limit 1
                        for no key update skip locked
                        """, Release.class)
                .setParameter("state", state.name())
                .getResultStream()
                .map(Release.class::cast)
                .findFirst();
    }

    /** The ids of all releases in this state. */
    public List<Long> idsIn(ReleaseState state) {
        return getEntityManager()
                .createQuery(
                        "select r.id from Release r where r.state = :state order by r.stateSince, r.id", Long.class)
                .setParameter("state", state)
                .getResultList();
    }

    /** The ids of the releases in this state that somebody asked to cancel. */
    public List<Long> idsToCancelIn(ReleaseState state) {
        return getEntityManager()
                .createQuery(
                        "select r.id from Release r where r.state = :state and r.cancelRequestedAt is not null order by r.id",
                        Long.class)
                .setParameter("state", state)
                .getResultList();
    }

    /** The release, locked, if it still is in this state. */
    public Optional<Release> lockIn(long id, ReleaseState state) {
        return find("id = ?1 and state = ?2", id, state)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResultOptional();
    }

    /** The release, locked, if a person wants it cancelled and it is not finished. */
    public Optional<Release> lockToBeCancelled(long id) {
        return find("id = ?1 and cancelRequestedAt is not null and state not in ?2", id, FINISHED)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResultOptional();
    }

    /** The release, locked, if it is still held under this lease; empty when somebody else has taken it over or the lease ran out. */
    public Optional<Release> lockHeld(Lease lease) {
        return getEntityManager()
                .createNativeQuery("""
                        select * from release
                        where id = :id and lease_owner = :owner and lease_epoch = :epoch and lease_until > clock_timestamp()
                        for no key update
                        """, Release.class)
                .setParameter("id", lease.id())
                .setParameter("owner", lease.owner())
                .setParameter("epoch", lease.epoch())
                .getResultStream()
                .map(Release.class::cast)
                .findFirst();
    }

    /** Gives a lease back without a move, so that anyone can take the release once this has passed. */
    @Transactional
    public void giveBack(Lease lease, Duration wait) {
        getEntityManager()
                .createNativeQuery("""
                        update release set lease_owner = null, lease_until = null,
                            next_try_at = case when :wait > 0 then clock_timestamp() + make_interval(secs => :wait) end
                        where id = :id and lease_owner = :owner and lease_epoch = :epoch
                        """)
                .setParameter("wait", wait.toMillis() / 1000.0)
                .setParameter("id", lease.id())
                .setParameter("owner", lease.owner())
                .setParameter("epoch", lease.epoch())
                .executeUpdate();
    }

    /**
     * Notes that a person wants a release, locked by the caller, cancelled. The first wish stays on record. What waits for its next try
     * waits no longer.
     */
    public void requestCancel(Release release, String by, String reason) {
        getEntityManager()
                .createNativeQuery("""
                        update release set cancel_requested_at = clock_timestamp(), cancel_requested_by = :by,
                            cancel_reason = :reason, version = version + 1
                        where id = :id and cancel_requested_at is null
                        """)
                .setParameter("by", by)
                .setParameter("reason", reason)
                .setParameter("id", release.id())
                .executeUpdate();
        getEntityManager()
                .createNativeQuery("update server set next_try_at = null where release_id = :id")
                .setParameter("id", release.id())
                .executeUpdate();
        getEntityManager().refresh(release);
    }

    /** Counts one more attempt of a release that the caller has locked. */
    public void countAttempt(Release release) {
        getEntityManager()
                .createNativeQuery("update release set attempt = attempt + 1, version = version + 1 where id = :id")
                .setParameter("id", release.id())
                .executeUpdate();
        getEntityManager().refresh(release);
    }

    /** Counts one more try in vain of a release that the caller has locked. */
    public void countTry(Release release) {
        getEntityManager()
                .createNativeQuery("update release set tries = tries + 1, version = version + 1 where id = :id")
                .setParameter("id", release.id())
                .executeUpdate();
        getEntityManager().refresh(release);
    }

    /** Registers the paths that the project has not seen before, and gives the release all of them in this order. */
    public void setPaths(Release release, List<RelativePath> paths) {
        String[] texts = paths.stream().map(RelativePath::value).toArray(String[]::new);
        getEntityManager()
                .createNativeQuery("""
                        insert into path (project_id, path) select :project, p from unnest(cast(:paths as text[])) p
                        on conflict do nothing
                        """)
                .setParameter("project", release.project().id())
                .setParameter("paths", texts)
                .executeUpdate();
        getEntityManager()
                .createNativeQuery("""
                        insert into release_path (release_id, path_id, position)
                        select :release, p.id, asked.position
                        from unnest(cast(:paths as text[])) with ordinality as asked(path, position)
                        join path p on p.project_id = :project and p.path = asked.path
                        """)
                .setParameter("release", release.id())
                .setParameter("project", release.project().id())
                .setParameter("paths", texts)
                .executeUpdate();
    }

    /** The paths of a release, in the order in which they were given. */
    public List<RelativePath> pathsOf(long releaseId) {
        return getEntityManager()
                .createNativeQuery("""
                        select p.path from release_path rp join path p on p.id = rp.path_id
                        where rp.release_id = :release order by rp.position
                        """, String.class)
                .setParameter("release", releaseId)
                .getResultStream()
                .map(path -> new RelativePath((String) path))
                .toList();
    }

    /** The paths that a project knows, sorted: at most {@code limit} behind {@code after}, or from the first. */
    public List<RegisteredPath> registeredPaths(long projectId, @Nullable RelativePath after, int limit) {
        return getEntityManager()
                .createQuery(
                        "from RegisteredPath p where p.projectId = :project and p.path > :after order by p.path",
                        RegisteredPath.class)
                .setParameter("project", projectId)
                .setParameter("after", after == null ? "" : after.value())
                .setMaxResults(limit)
                .getResultList();
    }
}
