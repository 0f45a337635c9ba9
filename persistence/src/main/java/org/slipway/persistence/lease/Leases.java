package org.slipway.persistence.lease;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.List;

/** Leases as the database knows them. Its clock is the only one that counts here. */
@ApplicationScoped
public class Leases {
    private final EntityManager entities;
    private final LeaseTimes times;

    Leases(EntityManager entities, LeaseTimes times) {
        this.entities = entities;
        this.times = times;
    }

    /** What became of a renewal. */
    public sealed interface Renewal {
        /** The lease holds on, its full length from now. */
        record Renewed(boolean cancelRequested) implements Renewal {}

        /** The lease ran out, somebody else holds the row by now, or it has moved on. */
        record Lost() implements Renewal {}
    }

    /** The next epoch: higher than every one before, on any row. Part of the caller's transaction, but never given out twice. */
    @Transactional(Transactional.TxType.MANDATORY)
    public long nextEpoch() {
        return ((Number) entities.createNativeQuery("select nextval('slipway_epoch')")
                        .getSingleResult())
                .longValue();
    }

    /** Puts a release, locked by the caller, under a lease. Servers get theirs with the move to {@code LOCKED}. */
    @Transactional(Transactional.TxType.MANDATORY)
    public Lease leaseRelease(long releaseId, String owner) {
        long epoch = nextEpoch();
        entities.createNativeQuery("""
                        update release set lease_owner = :owner, lease_epoch = :epoch, lease_since = clock_timestamp(),
                            lease_until = clock_timestamp() + make_interval(secs => :seconds), next_try_at = null
                        where id = :id
                        """)
                .setParameter("owner", owner)
                .setParameter("epoch", epoch)
                .setParameter("seconds", times.lengthSeconds())
                .setParameter("id", releaseId)
                .executeUpdate();
        return new Lease(Lease.Kind.RELEASE, releaseId, owner, epoch);
    }

    /** Makes the lease last its full length from now, and tells whether somebody asked for the release to be cancelled. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    public Renewal renew(Lease lease) {
        List<?> rows = entities.createNativeQuery(
                        """
                        update %s w set lease_until = clock_timestamp() + make_interval(secs => :seconds)
                        from release r
                        where r.id = w.%s and w.id = :id and w.lease_owner = :owner and w.lease_epoch = :epoch
                            and w.lease_until > clock_timestamp()
                        returning r.cancel_requested_at is not null
                        """.formatted(lease.kind().table(), lease.kind().releaseColumn()))
                .setParameter("seconds", times.lengthSeconds())
                .setParameter("id", lease.id())
                .setParameter("owner", lease.owner())
                .setParameter("epoch", lease.epoch())
                .getResultList();
        return rows.isEmpty() ? new Renewal.Lost() : new Renewal.Renewed((Boolean) rows.getFirst());
    }

    /** Whether somebody asked for the release behind this lease to be cancelled. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    public boolean cancelRequested(Lease lease) {
        return !entities.createNativeQuery(
                        """
                        select r.id from %s w join release r on r.id = w.%s
                        where w.id = :id and r.cancel_requested_at is not null
                        """.formatted(lease.kind().table(), lease.kind().releaseColumn()))
                .setParameter("id", lease.id())
                .getResultList()
                .isEmpty();
    }
}
