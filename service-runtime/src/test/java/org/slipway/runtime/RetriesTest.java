package org.slipway.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.slipway.runtime.Retries.Next;
import org.slipway.transfer.Failure;

class RetriesTest {
    private static final Duration FIRST = Duration.ofSeconds(2);
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final Trouble AWAY = Trouble.of(new Failure.Unreachable("b1", "no route"));

    private static Retries retries(int tries, long seed) {
        return new Retries(tries, FIRST, LONGEST, new Random(seed));
    }

    private static Duration wait(Retries retries, int inVain) {
        return ((Next.Try) retries.after(inVain, AWAY, "no route")).pause();
    }

    @Test
    void doublesTheWaitUpToTheLongestAndShortensItByHalfAtMost() {
        Retries retries = retries(8, 7);

        assertThat(List.of(1, 2, 3, 4, 5, 6, 7)).allSatisfy(inVain -> assertThat(wait(retries, inVain))
                .isBetween(longest(inVain).dividedBy(2), longest(inVain)));
    }

    private static Duration longest(int inVain) {
        Duration doubled = FIRST.multipliedBy(1L << (inVain - 1));
        return doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    }

    @Test
    void waitsAsLongAsItWasTriedForWhereThereIsNoLastTry() {
        Retries retries = retries(1, 7);

        assertThat(retries.untilNextAfter(Duration.ZERO)).isBetween(FIRST.dividedBy(2), FIRST);
        assertThat(retries.untilNextAfter(Duration.ofSeconds(6)))
                .isBetween(Duration.ofSeconds(3), Duration.ofSeconds(6));
        assertThat(retries.untilNextAfter(Duration.ofDays(1))).isBetween(LONGEST.dividedBy(2), LONGEST);
    }

    @Test
    void givesServersThatFailedTogetherDifferentWaits() {
        Retries retries = retries(4, 7);
        Set<Duration> waits = new HashSet<>();
        for (int server = 0; server < 100; server++) {
            waits.add(wait(retries, 3));
        }

        assertThat(waits).hasSizeGreaterThan(80);
    }

    @Test
    void waitsTheSameForTheSameSeed() {
        assertThat(wait(retries(4, 3), 2)).isEqualTo(wait(retries(4, 3), 2));
    }

    @Test
    void saysWhichTryItWasAndWhenTheNextOneIs() {
        assertThat(((Next.Try) retries(4, 7).after(2, AWAY, "b1 cannot be reached: no route.")).reason())
                .matches("try 2 of 4 failed: b1 cannot be reached: no route; next try in [234] s");
    }

    @Test
    void asksAPersonAfterTheLastTry() {
        assertThat(retries(4, 7).after(3, AWAY, "no route")).isInstanceOf(Next.Try.class);
        assertThat(retries(4, 7).after(4, AWAY, "no route")).isEqualTo(new Next.AskPerson());
        assertThat(retries(1, 7).after(1, AWAY, "no route")).isEqualTo(new Next.AskPerson());
    }

    @Test
    void asksAPersonWhereATryAloneDoesNotHelp() {
        Trouble full = Trouble.of(new Failure.NoSpace("b1", "full"));

        assertThat(retries(4, 7).after(1, full, "full")).isEqualTo(new Next.AskPerson());
    }

    @Test
    void restsUnlessItsProcessStops() {
        assertThat(retries(4, 7).restAfterGivingBack(true)).isEqualTo(Duration.ZERO);
        assertThat(retries(4, 7).restAfterGivingBack(false)).isEqualTo(FIRST);
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        assertThatThrownBy(() -> new Retries(0, FIRST, LONGEST)).hasMessageContaining("slipway.retry.tries");
        assertThatThrownBy(() -> new Retries(4, Duration.ZERO, LONGEST))
                .hasMessageContaining("slipway.retry.first-wait");
        assertThatThrownBy(() -> new Retries(4, LONGEST, FIRST)).hasMessageContaining("slipway.retry.longest-wait");
    }
}
