package org.slipway.modelcheck.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slipway.modelcheck.search.Counterexample;
import org.slipway.modelcheck.search.Exploration;

/** Every guard is there for something: what goes wrong without it is found, and the shortest way there is printed. */
class GuardsTest {

    static List<Experiment> alone() {
        return Experiment.alone();
    }

    static List<Experiment> covered() {
        return Experiment.covered();
    }

    static List<Experiment> uncovered() {
        return Experiment.uncovered();
    }

    @ParameterizedTest
    @MethodSource({"alone", "uncovered"})
    void isMissed(Experiment experiment) {
        Exploration exploration = experiment.explore();

        assertThat(exploration.counterexample())
                .as("%s: %s", experiment, exploration)
                .isPresent();
        Counterexample counterexample = exploration.counterexample().orElseThrow();
        System.out.printf("%s: %s%n", experiment, counterexample);
        assertThat(counterexample.broken()).contains(experiment.expected());
    }

    @ParameterizedTest
    @MethodSource("covered")
    void isCoveredByAnother(Experiment experiment) {
        Exploration exploration = experiment.explore();

        System.out.printf("%s: nothing goes wrong; %s%n", experiment, exploration);
        assertThat(exploration.counterexample()).isEmpty();
        assertThat(exploration.complete()).isTrue();
    }

    @Test
    void areAllTakenAway() {
        Set<Guard> missed = Experiment.guardsOf(Experiment.alone());
        Set<Guard> covered = Experiment.guardsOf(Experiment.covered());

        Set<Guard> all = EnumSet.copyOf(missed);
        all.addAll(covered);
        assertThat(all).containsExactlyInAnyOrder(Guard.values());
        assertThat(Experiment.guardsOf(Experiment.uncovered())).containsAll(covered);
    }
}
