package org.slipway.persistence.lease;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.slipway.persistence.lease.Leases.Renewal.Lost;
import org.slipway.persistence.lease.Leases.Renewal.Renewed;

/**
 * Keeps one lease alive while its holder works, and tells the holder when to stop: by its own monotonic clock before the lease can
 * run out in the database, or when a person asked to cancel. A process that was paused sees at its next look that it is too late.
 */
public final class LeaseKeeper implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LeaseKeeper.class);
    private static final Duration CANCEL_LOOK = Duration.ofSeconds(1);

    private final Lease lease;
    private final Leases leases;
    private final LeaseTimes times;
    private final LongSupplier nanoClock;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile long renewedAt;
    private volatile boolean lost;
    private volatile boolean cancelRequested;
    private boolean troubled;

    /** One that is kept only by calls of {@link #look}. */
    LeaseKeeper(Lease lease, Leases leases, LeaseTimes times, LongSupplier nanoClock, long claimBegan) {
        this.lease = lease;
        this.leases = leases;
        this.times = times;
        this.nanoClock = nanoClock;
        this.renewedAt = claimBegan;
    }

    /**
     * Keeps a lease until it is closed.
     *
     * @param claimBegan what {@code System.nanoTime()} said before the transaction that took the lease began
     */
    public static LeaseKeeper keep(Lease lease, Leases leases, LeaseTimes times, long claimBegan) {
        LeaseKeeper keeper = new LeaseKeeper(lease, leases, times, System::nanoTime, claimBegan);
        Thread.ofPlatform()
                .daemon()
                .name("lease-" + lease.kind().table() + "-" + lease.id())
                .start(keeper::run);
        return keeper;
    }

    /** Whether the holder may go on: the lease cannot have run out yet. */
    public boolean held() {
        return !lost && nanoClock.getAsLong() - renewedAt < times.selfStop().toNanos();
    }

    /** Whether somebody asked for the release to be cancelled, as far as is known: at most a second or two late. */
    public boolean cancelRequested() {
        return cancelRequested;
    }

    public Lease lease() {
        return lease;
    }

    /** Ends the renewals. The lease itself is ended by the move that records the outcome, or runs out. */
    @Override
    public void close() {
        closed.countDown();
    }

    private void run() {
        try {
            long between = Math.min(CANCEL_LOOK.toMillis(), times.renewal().toMillis());
            while (!closed.await(between, TimeUnit.MILLISECONDS) && !lost) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Renews where it is time to, and otherwise only looks for a wish to cancel. */
    void look() {
        try {
            long asked = nanoClock.getAsLong();
            if (asked - renewedAt < times.renewal().toNanos()) {
                cancelRequested = cancelRequested || leases.cancelRequested(lease);
            } else {
                switch (leases.renew(lease)) {
                    case Renewed renewed -> {
                        renewedAt = asked;
                        cancelRequested = renewed.cancelRequested();
                    }
                    case Lost _ -> lost = true;
                }
            }
            troubled = false;
        } catch (RuntimeException e) {
            if (!troubled) {
                LOG.warnf(
                        "The lease of %s %d cannot be renewed at the moment; its holder stops %s after the last renewal: %s",
                        lease.kind().table(), lease.id(), times.selfStop(), e.getMessage());
                troubled = true;
            }
        }
    }
}
