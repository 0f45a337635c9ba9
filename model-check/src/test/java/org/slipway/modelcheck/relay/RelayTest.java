package org.slipway.modelcheck.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slipway.modelcheck.search.Exploration;
import org.slipway.modelcheck.search.Search;

/** Each transition gets to Kafka at least once, in the order of its aggregate, and to a reader as if it were exactly once. */
class RelayTest {
    private static final int MOST_STATES = 3_000_000;

    @Test
    void publishesInOrderAndAtLeastOnce() {
        Exploration exploration = without();

        System.out.println("the relay: " + exploration);
        assertThat(exploration.counterexample()).isEmpty();
        assertThat(exploration.complete()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(value = RelayGuard.class, names = "ONE_LEADER", mode = EnumSource.Mode.EXCLUDE)
    void missesEachGuard(RelayGuard guard) {
        Exploration exploration = without(guard);

        assertThat(exploration.counterexample()).as(exploration.toString()).isPresent();
        System.out.printf(
                "the relay without %s: %s%n",
                guard, exploration.counterexample().orElseThrow());
    }

    /** Two leaders send everything twice, each in order: the lock only spares that. */
    @Test
    void keepsTheOrderWithTwoLeaders() {
        Exploration exploration = without(RelayGuard.ONE_LEADER);

        System.out.println("the relay without ONE_LEADER: " + exploration);
        assertThat(exploration.counterexample()).isEmpty();
        assertThat(exploration.complete()).isTrue();
    }

    private static Exploration without(RelayGuard... guards) {
        return Search.explore(new RelayModel(Set.of(guards)), MOST_STATES);
    }
}
