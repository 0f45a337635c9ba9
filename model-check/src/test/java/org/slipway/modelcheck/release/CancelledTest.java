package org.slipway.modelcheck.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slipway.modelcheck.search.Exploration;
import org.slipway.modelcheck.search.Search;

/**
 * Nothing is written for a release that is cancelled, whoever is late: {@link SlipwayTest} finds no way to it. Here is what fencing off
 * is there for. Without it each of these alone leads to a file that is published after the cancel, and where none of them happens
 * nothing does.
 */
class CancelledTest {
    private static final Setting UNFENCED = Setting.of(2, 1, 2).without(Guard.FENCED_OFF);
    private static final Hazard[] LATE = {Hazard.PAUSE, Hazard.CUT_CONNECTION, Hazard.CUT_PUBLICATION};

    @ParameterizedTest
    @EnumSource(
            value = Hazard.class,
            names = {"PAUSE", "CUT_CONNECTION", "CUT_PUBLICATION"})
    void wouldBeWrittenForWithoutFencingOff(Hazard cause) {
        Hazard[] others = Arrays.stream(LATE).filter(hazard -> hazard != cause).toArray(Hazard[]::new);
        Exploration exploration = Search.explore(new Slipway(UNFENCED.sparing(others)), 1_000_000);

        assertThat(exploration.counterexample()).isPresent();
        System.out.printf(
                "without FENCED_OFF, by %s: %s%n",
                cause, exploration.counterexample().orElseThrow());
        assertThat(exploration.counterexample().orElseThrow().broken()).contains("for a release that is cancelled");
    }

    @Test
    void needsNoFencingOffWhereNobodyIsLate() {
        Exploration exploration = Search.explore(new Slipway(UNFENCED.sparing(LATE)), 1_000_000);

        assertThat(exploration.counterexample()).isEmpty();
        assertThat(exploration.complete()).isTrue();
    }
}
