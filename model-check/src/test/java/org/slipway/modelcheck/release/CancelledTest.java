package org.slipway.modelcheck.release;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slipway.modelcheck.search.Exploration;
import org.slipway.modelcheck.search.Search;

/**
 * A limit that is known: after {@code CANCELLED} a late writer may still publish what it had verified, until the fence of its target is
 * raised, which the next copy does first. Where nobody is late, nothing is written any more.
 */
class CancelledTest {
    private static final Setting STRICT = Setting.of(2, 1, 2).strictly();

    @ParameterizedTest
    @EnumSource(
            value = Hazard.class,
            names = {"PAUSE", "CUT_CONNECTION"})
    void canBeWrittenForByALateWriter(Hazard cause) {
        Hazard other = cause == Hazard.PAUSE ? Hazard.CUT_CONNECTION : Hazard.PAUSE;
        Exploration exploration = Search.explore(new Slipway(STRICT.sparing(other)), 1_000_000);

        assertThat(exploration.counterexample()).isPresent();
        System.out.printf(
                "a known limit, by %s: %s%n",
                cause, exploration.counterexample().orElseThrow());
        assertThat(exploration.counterexample().orElseThrow().broken()).contains("for a release that is cancelled");
    }

    @Test
    void isWrittenForByNobodyWhoIsInTime() {
        Exploration exploration =
                Search.explore(new Slipway(STRICT.sparing(Hazard.PAUSE, Hazard.CUT_CONNECTION)), 1_000_000);

        assertThat(exploration.counterexample()).isEmpty();
        assertThat(exploration.complete()).isTrue();
    }
}
