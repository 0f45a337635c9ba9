package org.slipway.persistence.transition;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.hibernate.Session;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.slipway.model.ReleaseLifecycle;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerLifecycle;
import org.slipway.model.ServerState;
import org.slipway.model.Service;
import org.slipway.persistence.ServiceIdentity;
import org.slipway.persistence.lease.Lease;
import org.slipway.persistence.lease.LeaseTimes;
import org.slipway.persistence.lease.Leases;
import org.slipway.persistence.project.Project;
import org.slipway.persistence.release.Release;
import org.slipway.persistence.server.Server;

/**
 * The only place where a state changes. Each move is checked against the lifecycle and this service's right to make it, made by a
 * conditional update, and recorded as the next of its aggregate, all in the caller's transaction; the database checks the same again.
 *
 * <p>The caller has the row locked. A row that is not as the caller saw it ends the transaction with {@link StaleStateException}.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class TransitionLog {
    private static final Logger LOG = Logger.getLogger(TransitionLog.class);
    private static final Set<ReleaseState> BEGINS_ANEW =
            EnumSet.of(ReleaseState.BETA_COPYING, ReleaseState.PRODUCTION_REQUESTED);

    private final Session entities;
    private final ServiceIdentity self;
    private final Leases leases;
    private final LeaseTimes times;
    private final TransactionSynchronizationRegistry transactions;

    TransitionLog(
            Session entities,
            ServiceIdentity self,
            Leases leases,
            LeaseTimes times,
            TransactionSynchronizationRegistry transactions) {
        this.entities = entities;
        this.self = self;
        this.leases = leases;
        this.times = times;
        this.transactions = transactions;
    }

    /** Persists a new release and records how it began. */
    public void begin(Release release, String actor, String reason) {
        ReleaseLifecycle.TABLE.require(null, release.state(), self.service());
        entities.persist(release);
        entities.flush();
        entities.refresh(release);
        record(release, null, actor, reason);
    }

    /** Persists a new business server and records how it began. */
    public void begin(Server server, String actor, String reason) {
        ServerState state = server.state().orElseThrow();
        ServerLifecycle.TABLE.require(null, state, self.service());
        entities.persist(server);
        entities.flush();
        record(server, null, state, null, 1, actor, reason);
    }

    /**
     * Moves a release on. Its lease ends with the move, and where a person wants it tried (again) the count of tries begins anew.
     *
     * @param actor the person or the replica that does it
     * @param reason why, for people
     */
    public void move(Release release, ReleaseState to, String actor, String reason) {
        ReleaseState from = release.state();
        ReleaseLifecycle.TABLE.require(from, to, self.service());
        int rows = entities.createNativeMutationQuery("""
                        update release set state = :to, version = version + 1, sequence = sequence + 1,
                            state_since = clock_timestamp(), lease_owner = null, lease_until = null, next_try_at = null,
                            tries = case when :anew then 0 else tries end,
                            finished_at = case when :final then clock_timestamp() end
                        where id = :id and state = :from and version = :version
                        """)
                .setParameter("to", to.name())
                .setParameter("anew", BEGINS_ANEW.contains(to) && self.service() == Service.CONTROLLER)
                .setParameter("final", ReleaseLifecycle.TABLE.isFinal(to))
                .setParameter("id", release.id())
                .setParameter("from", from.name())
                .setParameter("version", release.version())
                .executeUpdate();
        if (rows != 1) {
            throw new StaleStateException("release " + release.number() + " is no longer in " + from);
        }
        entities.refresh(release);
        record(release, from, actor, reason);
    }

    /** Moves an idle or failed server to waiting for a worker. */
    public void wait(Server server, Release release, String actor, String reason) {
        moveServer(server, ServerState.COPYING, release, null, release.attempt(), actor, reason);
    }

    /** Puts a waiting server under a lease of this replica: it is the one that copies, from now on, and may publish until it says otherwise. */
    public Lease lock(Server server, Release release, String reason) {
        Lease lease = new Lease(Lease.Kind.SERVER, server.id(), self.instance(), leases.nextEpoch());
        moveServer(server, ServerState.LOCKED, release, lease, release.attempt(), self.instance(), reason);
        return lease;
    }

    /** Gives a locked server back to be taken by any worker at once. */
    public void release(Server server, Release release, String reason) {
        release(server, release, Duration.ZERO, reason);
    }

    /** Gives a locked server back to be taken by any worker, but not before this has passed. */
    public void release(Server server, Release release, Duration wait, String reason) {
        moveServer(server, ServerState.COPYING, release, null, wait, release.attempt(), self.instance(), reason);
    }

    /** Clears both flags of a server: it has nothing to do any more. */
    public void clear(Server server, Release release, String actor, String reason) {
        moveServer(server, ServerState.IDLE, release, null, release.attempt(), actor, reason);
    }

    /** Marks a locked server as failed; the caller writes the journal in the same transaction. */
    public void fail(Server server, Release release, String reason) {
        moveServer(server, ServerState.ERROR, release, null, release.attempt(), self.instance(), reason);
    }

    private void moveServer(
            Server server,
            ServerState to,
            Release release,
            @Nullable Lease lease,
            int attempt,
            String actor,
            String reason) {
        moveServer(server, to, release, lease, Duration.ZERO, attempt, actor, reason);
    }

    private void moveServer(
            Server server,
            ServerState to,
            Release release,
            @Nullable Lease lease,
            Duration wait,
            int attempt,
            String actor,
            String reason) {
        ServerState from =
                server.state().orElseThrow(() -> new IllegalArgumentException(server.name() + " has no state"));
        ServerLifecycle.TABLE.require(from, to, self.service());
        int rows = entities.createNativeMutationQuery("""
                        update server set state = :to, version = version + 1, sequence = sequence + 1,
                            state_since = clock_timestamp(),
                            release_id = case when :to = 'IDLE' then null else cast(:release as bigint) end,
                            lease_owner = cast(:owner as text),
                            lease_epoch = case when :epoch > 0 then :epoch else lease_epoch end,
                            lease_until = case when :epoch > 0 then clock_timestamp() + make_interval(secs => :seconds) end,
                            unfenced = unfenced or :epoch > 0,
                            next_try_at = case when :wait > 0 then clock_timestamp() + make_interval(secs => :wait) end
                        where id = :id and state = :from and version = :version
                        """)
                .setParameter("to", to.name())
                .setParameter("release", release.id())
                .setParameter("owner", lease == null ? null : lease.owner(), String.class)
                .setParameter("epoch", lease == null ? 0L : lease.epoch())
                .setParameter("seconds", times.length().toMillis() / 1000.0)
                .setParameter("wait", wait.toMillis() / 1000.0)
                .setParameter("id", server.id())
                .setParameter("from", from.name())
                .setParameter("version", server.version())
                .executeUpdate();
        if (rows != 1) {
            throw new StaleStateException("server " + server.name() + " is no longer in " + from);
        }
        entities.refresh(server);
        record(server, from, to, release.number(), attempt, actor, reason);
    }

    private void record(Release release, @Nullable ReleaseState from, String actor, String reason) {
        write(
                "release",
                release.id(),
                release.sequence(),
                release.project(),
                release.number(),
                null,
                from == null ? "" : from.name(),
                release.state().name(),
                actor,
                reason,
                release.attempt());
    }

    private void record(
            Server server,
            @Nullable ServerState from,
            ServerState to,
            @Nullable Integer releaseNumber,
            int attempt,
            String actor,
            String reason) {
        write(
                "server",
                server.id(),
                server.sequence(),
                server.project(),
                releaseNumber,
                server.name(),
                from == null ? "" : from.name(),
                to.name(),
                actor,
                reason,
                attempt);
    }

    private void write(
            String kind,
            long aggregateId,
            long sequence,
            Project project,
            @Nullable Integer releaseNumber,
            @Nullable String server,
            String from,
            String to,
            String actor,
            String reason,
            int attempt) {
        entities.createNativeMutationQuery("""
                        insert into transition (kind, aggregate_id, sequence, project_id, project, release_number, server,
                            from_state, to_state, service, actor, reason, attempt)
                        values (:kind, :aggregate, :sequence, :projectId, :project, cast(:release as integer), cast(:server as text),
                            :from, :to, :service, :actor, :reason, :attempt)
                        """)
                .setParameter("kind", kind)
                .setParameter("aggregate", aggregateId)
                .setParameter("sequence", sequence)
                .setParameter("projectId", project.id())
                .setParameter("project", project.name())
                .setParameter("release", releaseNumber, Integer.class)
                .setParameter("server", server, String.class)
                .setParameter("from", from)
                .setParameter("to", to)
                .setParameter("service", self.service().wireName())
                .setParameter("actor", actor)
                .setParameter("reason", reason)
                .setParameter("attempt", attempt)
                .executeUpdate();
        String line = "project=%s release=%s server=%s attempt=%d from=%s to=%s reason=%s"
                .formatted(
                        project.name(),
                        releaseNumber == null ? "-" : releaseNumber.toString(),
                        server == null ? "-" : server,
                        attempt,
                        from.isEmpty() ? "-" : from,
                        to,
                        reason.replaceAll("\\s+", " "));
        onceCommitted(() -> LOG.info(line));
    }

    /** Says something when the transaction has been committed, and nothing where it is rolled back. */
    public void onceCommitted(Runnable words) {
        transactions.registerInterposedSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {}

            @Override
            public void afterCompletion(int status) {
                if (status == Status.STATUS_COMMITTED) {
                    words.run();
                }
            }
        });
    }

    /** The row is not as the caller saw it: somebody else was there first. The transaction is rolled back, and nothing has changed. */
    public static final class StaleStateException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StaleStateException(String message) {
            super(message);
        }
    }
}
