package org.slipway.transfer.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.slipway.transfer.SpeedFloor;

class LinkTest {
    private static final int BLOCK = 256 << 10;
    private static final Duration FAST = Duration.ofNanos(600_000);

    private final Link link = new Link(new Throttle(0, null), new Pace(SpeedFloor.DEFAULT));

    private void send(int blocks, Duration each) {
        for (int i = 0; i < blocks; i++) {
            link.sent(BLOCK, each.toNanos());
        }
    }

    @Test
    void isSlowWhereBlocksTakeLong() {
        send(20, Duration.ofMillis(10));

        assertThat(link.isSlow()).isTrue();
    }

    @Test
    void isSlowHoweverLongBlocksTake() {
        send(20, Duration.ofSeconds(25));

        assertThat(link.isSlow()).isTrue();
    }

    @Test
    void isNotSlowBecauseTheHostStoodStillOnce() {
        send(100, FAST);
        send(1, Duration.ofSeconds(30));
        send(100, FAST);

        assertThat(link.isSlow()).isFalse();
    }

    @Test
    void isSlowAgainWhenItBecameSo() {
        send(10_000, FAST);
        send(300, Duration.ofMillis(10));

        assertThat(link.isSlow()).isTrue();
    }
}
