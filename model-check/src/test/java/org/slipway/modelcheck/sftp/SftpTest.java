package org.slipway.modelcheck.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slipway.modelcheck.search.Exploration;
import org.slipway.modelcheck.search.Search;

/** Without a shell there is no lock, and yet nobody puts an older file over one that a later writer has published. */
class SftpTest {
    private static final int MOST_STATES = 1_000_000;

    @Test
    void keepsWhatALaterWriterHasPublished() {
        Exploration exploration = without();

        System.out.println("a target without a shell: " + exploration);
        assertThat(exploration.counterexample()).isEmpty();
        assertThat(exploration.complete()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(value = SftpGuard.class, names = "FENCE_BEHIND_MARK", mode = EnumSource.Mode.EXCLUDE)
    void missesEachGuard(SftpGuard guard) {
        Exploration exploration = without(guard);

        assertThat(exploration.counterexample()).as(exploration.toString()).isPresent();
        System.out.printf(
                "a target without a shell and without %s: %s%n",
                guard, exploration.counterexample().orElseThrow());
        assertThat(exploration.counterexample().orElseThrow().broken()).contains("over that of writer");
    }

    /** What was marked is taken over, and what was not is taken away: either way its writer finds nothing. The look only spares it trying. */
    @Test
    void needsNoLookAtTheFenceBehindTheMark() {
        Exploration exploration = without(SftpGuard.FENCE_BEHIND_MARK);

        System.out.println("a target without a shell and without FENCE_BEHIND_MARK: " + exploration);
        assertThat(exploration.counterexample()).isEmpty();
        assertThat(exploration.complete()).isTrue();
    }

    private static Exploration without(SftpGuard... guards) {
        return Search.explore(new SftpModel(3, Set.of(guards)), MOST_STATES);
    }
}
