package org.slipway.controller.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.slipway.model.Service;
import org.slipway.model.message.CopyProgressed;
import org.slipway.model.message.UnreadableEventException;

class LatestProgressTest {
    private static final Instant START = Instant.parse("2026-03-01T09:13:00Z");
    private static final long TOTAL = 100_000;

    private final SetClock clock = new SetClock(START);
    private final LatestProgress latest = new LatestProgress(clock);

    private void tells(long bytesDone) {
        tells(bytesDone, clock.instant());
    }

    private void tells(long bytesDone, Instant at) {
        latest.hear(event("web1", 1, bytesDone, at));
    }

    private static CopyProgressed event(String server, int attempt, long bytesDone, Instant at) {
        return new CopyProgressed(
                "shop", server, 7, 1, 2, bytesDone, TOTAL - bytesDone, Service.SERVER_WORKER, attempt, at);
    }

    private Optional<Progress> progress() {
        return latest.of("shop", 7, 1, "web1");
    }

    private void passes(long millis) {
        clock.passes(Duration.ofMillis(millis));
    }

    @Test
    void knowsNoSpeedAfterTheFirstRecord() {
        tells(1_000);

        assertThat(progress()).contains(new Progress(1, 2, 1_000, 99_000, null, null, START));
    }

    @Test
    void knowsSpeedAndTimeLeftFromTheSecondRecordOn() {
        tells(0);
        passes(500);
        tells(1_000);

        assertThat(progress()).contains(new Progress(1, 2, 1_000, 99_000, 2_000L, 50L, clock.instant()));
    }

    @Test
    void roundsTheTimeLeftUp() {
        tells(0);
        passes(1_000);
        tells(3_000);

        assertThat(progress()).map(Progress::secondsLeft).contains(33L);
    }

    @Test
    void takesTheSpeedOfTheLastTenSeconds() {
        tells(0);
        passes(10_000);
        tells(50_000);
        for (int second = 1; second <= 10; second++) {
            passes(1_000);
            tells(50_000 + 100 * second);
        }

        assertThat(progress()).map(Progress::bytesPerSecond).contains(100L);
    }

    @Test
    void smoothsOutBurstsWithinTenSeconds() {
        tells(0);
        passes(9_000);
        tells(0);
        passes(1_000);
        tells(20_000);

        assertThat(progress()).map(Progress::bytesPerSecond).contains(2_000L);
    }

    @Test
    void knowsTheSpeedOfRecordsThatAreFurtherApart() {
        tells(0);
        passes(30_000);
        tells(60_000);

        assertThat(progress()).map(Progress::bytesPerSecond).contains(2_000L);
    }

    @Test
    void countsEveryByteHoweverOftenItIsTold() {
        for (int i = 0; i <= 20_000; i++) {
            tells(i);
            passes(1);
        }

        assertThat(progress()).map(Progress::bytesPerSecond).contains(1_000L);
    }

    @Test
    void measuresByTheWorkersClockWhenRecordsComeLateAndAllAtOnce() {
        tells(0, START);
        tells(1_000, START.plusSeconds(1));
        tells(2_000, START.plusSeconds(2));

        assertThat(progress()).map(Progress::bytesPerSecond).contains(1_000L);
    }

    @Test
    void doesNotSayWhenACopyThatStandsStillWillEnd() {
        tells(1_000);
        passes(2_000);
        tells(1_000);

        assertThat(progress()).contains(new Progress(1, 2, 1_000, 99_000, 0L, null, clock.instant()));
    }

    @Test
    void hasNoTimeLeftWhenNothingIsToDo() {
        tells(TOTAL);
        passes(2_000);
        tells(TOTAL);

        assertThat(progress()).map(Progress::secondsLeft).contains(0L);
    }

    @Test
    void knowsNoSpeedAfterTenSecondsOfSilence() {
        tells(0);
        passes(1_000);
        tells(1_000);
        passes(10_001);

        assertThat(progress()).contains(new Progress(1, 2, 1_000, 99_000, null, null, START.plusSeconds(1)));
    }

    @Test
    void beginsAnewWhenAnotherWorkerDoes() {
        tells(0);
        passes(1_000);
        tells(50_000);
        passes(1_000);
        tells(0);
        assertThat(progress()).map(Progress::bytesPerSecond).isEmpty();

        passes(1_000);
        tells(2_000);
        assertThat(progress()).map(Progress::bytesPerSecond).contains(2_000L);
    }

    @Test
    void beginsAnewWhenTheWorkersClockIsSetBack() {
        tells(0, START);
        tells(1_000, START.minusSeconds(3_600));

        assertThat(progress()).map(Progress::bytesPerSecond).isEmpty();
    }

    @Test
    void survivesTimesThatAreNone() {
        tells(0, Instant.MIN);
        tells(1_000, Instant.MAX);

        assertThat(progress()).map(Progress::bytesPerSecond).contains(0L);
    }

    @Test
    void forgetsWhatIsStale() {
        tells(0);
        passes(59_999);
        assertThat(progress()).isPresent();

        passes(1);
        assertThat(progress()).isEmpty();
    }

    @Test
    void forgetsWhatWasHeardBeforeTheClockWasSetBackAndKeepsNothingStaleForIt() {
        latest.hear(event("web2", 1, 0, START));
        clock.passes(Duration.ofHours(-1));
        assertThat(latest.of("shop", 7, 1, "web2")).isEmpty();

        latest.hear(event("web2", 1, 0, START));
        clock.passes(Duration.ofSeconds(-30));
        tells(0);
        passes(60_000);
        assertThat(progress()).isEmpty();
        assertThat(latest.of("shop", 7, 1, "web2")).isPresent();
    }

    @Test
    void keepsServersAndAttemptsApart() {
        tells(1_000);
        latest.hear(event("web2", 1, 2_000, START));
        latest.hear(event("web1", 2, 3_000, START));

        assertThat(progress()).map(Progress::bytesDone).contains(1_000L);
        assertThat(latest.of("shop", 7, 1, "web2")).map(Progress::bytesDone).contains(2_000L);
        assertThat(latest.of("shop", 7, 2, "web1")).map(Progress::bytesDone).contains(3_000L);
        assertThat(latest.of("shop", 8, 1, "web1")).isEmpty();
    }

    @Test
    void forgetsTheCopyThatWasSilentForLongestWhenThereAreTooMany() {
        tells(0);
        latest.hear(event("web2", 1, 0, START));
        tells(0);
        for (int i = 0; i < LatestProgress.MOST_COPIES - 1; i++) {
            latest.hear(event("other" + i, 1, 0, START));
        }

        assertThat(progress()).isPresent();
        assertThat(latest.of("shop", 7, 1, "web2")).isEmpty();
    }

    @Test
    void refusesRecordsThatItCannotRead() {
        assertThatThrownBy(() -> latest.hear("no JSON")).isInstanceOf(UnreadableEventException.class);
    }
}
