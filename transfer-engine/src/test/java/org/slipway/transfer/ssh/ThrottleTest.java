package org.slipway.transfer.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ThrottleTest {
    private final AtomicLong now = new AtomicLong(5_000_000_000L);

    private Throttle throttle(long bytesPerSecond, @Nullable Throttle inAll) {
        return new Throttle(bytesPerSecond, inAll, now::get);
    }

    @Test
    void letsThroughWhatTheLimitSays() {
        Throttle throttle = throttle(1_000, null);

        long waits = 0;
        for (int i = 0; i < 100; i++) {
            long wait = throttle.reserve(100);
            waits += wait;
            now.addAndGet(wait);
        }

        assertThat(TimeUnit.NANOSECONDS.toMillis(waits)).isEqualTo(10_000);
    }

    @Test
    void aPauseIsGoodForATenthOfASecondAndNoMore() {
        Throttle throttle = throttle(1_000, null);
        now.addAndGet(TimeUnit.HOURS.toNanos(1));

        assertThat(throttle.reserve(100)).isZero();
        assertThat(throttle.reserve(100)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
    }

    @Test
    void theLimitInAllHoldsForTwoServersTogether() {
        Throttle inAll = throttle(1_000, null);
        Throttle one = throttle(Throttle.UNLIMITED, inAll);
        Throttle two = throttle(10_000, inAll);

        long first = one.reserve(500);
        long second = two.reserve(500);

        assertThat(first).isEqualTo(TimeUnit.MILLISECONDS.toNanos(500));
        assertThat(second).isEqualTo(TimeUnit.MILLISECONDS.toNanos(1_000));
    }

    @Test
    void withoutALimitNobodyWaits() {
        assertThat(throttle(Throttle.UNLIMITED, null).reserve(Integer.MAX_VALUE))
                .isZero();
    }
}
