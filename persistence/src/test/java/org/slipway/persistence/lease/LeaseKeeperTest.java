package org.slipway.persistence.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slipway.embedded.Await;

class LeaseKeeperTest {
    private static final Lease LEASE = new Lease(Lease.Kind.SERVER, 7, "me", 3);

    private final LeaseTimes times =
            new LeaseTimes(Duration.ofSeconds(15), Duration.ofSeconds(5), Duration.ofSeconds(10));
    private final FakeLeases leases = new FakeLeases(times);
    private final AtomicLong nanos =
            new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(12).toNanos());
    private final LeaseKeeper keeper = new LeaseKeeper(LEASE, leases, times, nanos::get, nanos.get());

    private void after(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void stopsByItsOwnClockWhenNothingIsRenewed() {
        after(Duration.ofSeconds(10).minusNanos(1));
        assertThat(keeper.held()).isTrue();

        after(Duration.ofNanos(1));
        assertThat(keeper.held()).isFalse();
    }

    @Test
    void goesOnThroughClockOverflowAsLongAsItIsRenewed() {
        for (int i = 0; i < 10; i++) {
            after(Duration.ofSeconds(5));
            keeper.look();
            assertThat(keeper.held()).isTrue();
        }
        assertThat(leases.renewals).isEqualTo(10);
    }

    @Test
    void countsFromTheMomentItAskedAndNotFromTheAnswer() {
        leases.answers.add(() -> {
            after(Duration.ofSeconds(4));
            return new Leases.Renewal.Renewed(false);
        });
        after(Duration.ofSeconds(5));
        keeper.look();

        after(Duration.ofSeconds(6).minusNanos(1));
        assertThat(keeper.held()).isTrue();
        after(Duration.ofNanos(1));
        assertThat(keeper.held()).isFalse();
    }

    @Test
    void stopsAtOnceWhenTheLeaseIsLost() {
        leases.answers.add(Leases.Renewal.Lost::new);
        after(Duration.ofSeconds(5));
        keeper.look();

        assertThat(keeper.held()).isFalse();
    }

    @Test
    void staysStoppedAfterALossWhateverIsAnsweredLater() {
        leases.answers.add(Leases.Renewal.Lost::new);
        after(Duration.ofSeconds(5));
        keeper.look();
        after(Duration.ofSeconds(5));
        keeper.look();

        assertThat(keeper.held()).isFalse();
    }

    @Test
    void livesThroughADatabaseThatIsAwayForLessThanTheSelfStop() {
        leases.answers.add(() -> {
            throw new IllegalStateException("no connection");
        });
        after(Duration.ofSeconds(5));
        keeper.look();
        assertThat(keeper.held()).isTrue();

        after(Duration.ofSeconds(4));
        keeper.look();
        after(Duration.ofSeconds(9));
        assertThat(keeper.held()).isTrue();
    }

    @Test
    void seesAWishToCancelBetweenRenewals() {
        leases.cancelRequested = true;
        after(Duration.ofSeconds(1));
        keeper.look();

        assertThat(keeper.cancelRequested()).isTrue();
        assertThat(leases.renewals).isZero();
    }

    @Test
    void seesAWishToCancelWithARenewal() {
        leases.cancelRequested = true;
        after(Duration.ofSeconds(5));
        keeper.look();

        assertThat(keeper.cancelRequested()).isTrue();
    }

    @Test
    void renewsByItselfUntilItIsClosed() {
        LeaseTimes quick = new LeaseTimes(Duration.ofSeconds(15), Duration.ofMillis(5), Duration.ofSeconds(10));
        FakeLeases counted = new FakeLeases(quick);
        try (LeaseKeeper own = LeaseKeeper.keep(LEASE, counted, quick, System.nanoTime())) {
            Await.until(Duration.ofSeconds(30), "three renewals", () -> counted.renewals >= 3);
            assertThat(own.held()).isTrue();
        }
        Await.until(
                Duration.ofSeconds(30), "the keeper's thread to end", () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("lease-server-7")));
    }
}
