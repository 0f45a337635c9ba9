package org.slipway.modelcheck.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slipway.model.Lifecycle;
import org.slipway.model.ReleaseLifecycle;
import org.slipway.model.ServerLifecycle;
import org.slipway.modelcheck.search.Exploration;
import org.slipway.modelcheck.search.Search;

/** With all its guards, Slipway keeps every invariant whatever happens in whatever order. */
class SlipwayTest {
    private static final int MOST_STATES = 3_000_000;

    /** Three works, two business servers, two releases. */
    static final class Whole {
        static final Slipway MODEL = new Slipway(Setting.of(3, 2, 2));
        static final Exploration EXPLORATION = Search.explore(MODEL, MOST_STATES);

        private Whole() {}
    }

    @Test
    void keepsEveryInvariantInEveryOrderOfEvents() {
        Exploration exploration = Whole.EXPLORATION;

        System.out.println("3 works, 2 business servers, 2 releases: " + exploration);
        assertThat(exploration.counterexample()).isEmpty();
        assertThat(exploration.complete()).isTrue();
    }

    @Test
    void makesEveryMoveOfTheProductionLifecycles() {
        assertThat(Whole.EXPLORATION.complete()).isTrue();
        Set<Lifecycle.Move<?>> all = new HashSet<>(ReleaseLifecycle.TABLE.moves());
        all.addAll(ServerLifecycle.TABLE.moves());
        assertThat(Whole.MODEL.movesMade()).containsExactlyInAnyOrderElementsOf(all);
    }

    @ParameterizedTest
    @CsvSource({"2, 1, 2", "2, 2, 1"})
    void hidesNothingByWhatIsLeftOut(int works, int servers, int releases) {
        Setting setting = Setting.of(works, servers, releases);
        Exploration reduced = Search.explore(new Slipway(setting), MOST_STATES);

        Exploration plain = Search.explore(new Slipway(setting.plainly()), MOST_STATES);

        System.out.printf(
                "%d works, %d business servers, %d releases: %s; with nothing left out %s%n",
                works, servers, releases, reduced, plain);
        assertThat(plain.counterexample()).isEmpty();
        assertThat(plain.complete()).isTrue();
        assertThat(reduced.complete()).isTrue();
        assertThat(reduced.states()).isLessThan(plain.states());
    }
}
