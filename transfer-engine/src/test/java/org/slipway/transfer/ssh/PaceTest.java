package org.slipway.transfer.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slipway.transfer.SpeedFloor;

class PaceTest {
    private static final int MIB = 1 << 20;

    private long now = 42;
    private final Pace pace = new Pace(new SpeedFloor(MIB, Duration.ofSeconds(10)), () -> now);

    private void passes(int seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
    }

    private void comes(int seconds, long bytes) throws TooSlowException {
        pace.begin();
        passes(seconds);
        pace.end(bytes);
    }

    @Test
    void givesUpALinkThatIsBelowTheFloorForTheWholeWindow() throws Exception {
        comes(5, 2 * MIB);
        comes(4, 2 * MIB);

        assertThatThrownBy(() -> comes(1, 2 * MIB)).isInstanceOfSatisfying(TooSlowException.class, slow -> {
            assertThat(slow.bytes()).isEqualTo(6 * MIB);
            assertThat(slow.seconds()).isEqualTo(10);
            assertThat(slow.leastBytesPerSecond()).isEqualTo(MIB);
        });
    }

    @Test
    void letsALinkPassThatIsFastEnoughInEachWindow() throws Exception {
        for (int i = 0; i < 20; i++) {
            comes(5, 5 * MIB);
        }
    }

    @Test
    void seesInTheMiddleOfAWaitThatNothingComes() throws Exception {
        pace.begin();
        passes(9);
        pace.look();
        passes(1);

        assertThatThrownBy(pace::look).isInstanceOf(TooSlowException.class);
    }

    @Test
    void doesNotCountTheTimeInWhichNobodyWaits() throws Exception {
        for (int i = 0; i < 20; i++) {
            comes(1, MIB);
            passes(1000);
            pace.look();
        }
    }

    @Test
    void countsTheTimeOfSeveralWhoWaitOnce() throws Exception {
        for (int i = 0; i < 8; i++) {
            pace.begin();
        }
        passes(9);

        assertThatCode(() -> {
                    for (int i = 0; i < 8; i++) {
                        pace.end(MIB);
                    }
                })
                .doesNotThrowAnyException();
        comes(1, 2 * MIB);
    }

    @Test
    void measuresForAsLongAsAServerTakesToAcknowledgeAStep() throws Exception {
        Pace slow = new Pace(new SpeedFloor(1024, Duration.ofSeconds(30)), () -> now);
        slow.begin();
        passes(127);
        slow.look();
        passes(1);

        assertThatThrownBy(slow::look).isInstanceOf(TooSlowException.class);
    }

    @Test
    void beginsEachPieceOfWorkWithAWholeWindow() throws Exception {
        for (int i = 0; i < 5; i++) {
            pace.restart();
            comes(9, 0);
            passes(1000);
        }
    }

    @Test
    void takesASmallFileForAsMuchAsAnAnswerIsWorth() throws Exception {
        for (int i = 0; i < 2 * MIB / Pace.ANSWER_WORTH_BYTES; i++) {
            pace.allowFor(1);
            comes(0, 1);
        }
        pace.allowFor(8 * MIB);
        comes(2, 0);

        assertThatThrownBy(() -> comes(8, 0)).isInstanceOf(TooSlowException.class);
    }

    @Test
    void neverGivesUpWithoutAFloor() throws Exception {
        Pace any = new Pace(new SpeedFloor(0, Duration.ofSeconds(1)), () -> now);
        any.begin();
        passes(1_000_000);
        any.end(0);
    }
}
