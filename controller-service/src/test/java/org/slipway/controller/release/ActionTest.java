package org.slipway.controller.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slipway.controller.release.Action.Decision;
import org.slipway.model.ReleaseLifecycle;
import org.slipway.model.ReleaseState;
import org.slipway.model.Service;

class ActionTest {

    @Test
    void decidesOnNoMoveThatTheLifecycleForbids() {
        for (Action action : Action.values()) {
            for (ReleaseState state : ReleaseState.values()) {
                if (action.on(state, false) instanceof Decision.Move move) {
                    assertThat(ReleaseLifecycle.TABLE.require(state, move.to(), Service.CONTROLLER))
                            .isNotNull();
                }
            }
        }
    }

    @Test
    void makesEveryMoveOfTheController() {
        Set<String> decided = new TreeSet<>();
        for (Action action : Action.values()) {
            for (ReleaseState state : ReleaseState.values()) {
                if (action.on(state, false) instanceof Decision.Move move) {
                    decided.add(state + " " + move.to());
                }
            }
        }
        assertThat(decided)
                .isEqualTo(ReleaseLifecycle.TABLE.moves().stream()
                        .filter(move -> move.owner() == Service.CONTROLLER && move.from() != null)
                        .map(move -> move.from() + " " + move.to())
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @ParameterizedTest
    @EnumSource(ReleaseState.class)
    void canCancelWhateverIsUnfinished(ReleaseState state) {
        assertThat(Action.possible(state, false).contains(Action.CANCEL))
                .isEqualTo(!ReleaseLifecycle.TABLE.isFinal(state));
    }

    @ParameterizedTest
    @EnumSource(ReleaseState.class)
    void leavesNothingToDoOnceCancelIsRequested(ReleaseState state) {
        assertThat(Action.possible(state, true)).isEmpty();
        assertThat(Action.CANCEL.on(state, true)).isEqualTo(new Decision.NothingToDo());
    }

    @Test
    void cancellingWhatIsCancelledIsTheSameWish() {
        assertThat(Action.CANCEL.on(ReleaseState.CANCELLED, false)).isEqualTo(new Decision.NothingToDo());
    }

    @Test
    void asksTheOwnerOfAStateInWhichSomethingMayBeWritten() {
        for (ReleaseState state : List.of(
                ReleaseState.BETA_COPYING,
                ReleaseState.PRODUCTION_REQUESTED,
                ReleaseState.PRODUCTION_BACKING_UP,
                ReleaseState.PRODUCTION_COPYING,
                ReleaseState.PRODUCTION_FAILED)) {
            assertThat(Action.CANCEL.on(state, false)).isEqualTo(new Decision.AskOwner());
        }
    }

    @Test
    void countsAnAttemptWithEveryRetryOnly() {
        for (Action action : Action.values()) {
            for (ReleaseState state : ReleaseState.values()) {
                if (action.on(state, false) instanceof Decision.Move move) {
                    assertThat(move.retries()).isEqualTo(action == Action.RETRY);
                }
            }
        }
    }
}
