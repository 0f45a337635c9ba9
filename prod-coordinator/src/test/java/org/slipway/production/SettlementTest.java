package org.slipway.production;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slipway.model.ServerState.COPYING;
import static org.slipway.model.ServerState.ERROR;
import static org.slipway.model.ServerState.LOCKED;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slipway.model.ServerState;

class SettlementTest {

    /** Every set of states that bound servers can be in, with what becomes of the release without and with a wish to cancel. */
    static Stream<Arguments> everyCombination() {
        Settlement wait = new Settlement.Wait();
        Settlement fail = new Settlement.Fail();
        Settlement complete = new Settlement.Complete();
        Settlement letGo = new Settlement.LetGo(false);
        Settlement letGoAndEnd = new Settlement.LetGo(true);
        return Stream.of(
                Arguments.of(List.of(), complete, letGoAndEnd),
                Arguments.of(List.of(COPYING), wait, letGoAndEnd),
                Arguments.of(List.of(LOCKED), wait, letGo),
                Arguments.of(List.of(ERROR), fail, letGoAndEnd),
                Arguments.of(List.of(COPYING, LOCKED), wait, letGo),
                Arguments.of(List.of(COPYING, ERROR), wait, letGoAndEnd),
                Arguments.of(List.of(LOCKED, ERROR), wait, letGo),
                Arguments.of(List.of(COPYING, LOCKED, ERROR), wait, letGo));
    }

    @ParameterizedTest
    @MethodSource("everyCombination")
    void followsFromTheStatesOfTheServersAlone(
            List<ServerState> states, Settlement goingOn, Settlement beingCancelled) {
        for (List<ServerState> order : List.of(states, states.reversed(), twice(states))) {
            assertThat(Settlement.of(false, false, order)).isEqualTo(goingOn);
            assertThat(Settlement.of(false, true, order)).isEqualTo(goingOn);
            assertThat(Settlement.of(true, false, order)).isEqualTo(beingCancelled);
            assertThat(Settlement.of(true, true, order)).isEqualTo(new Settlement.LetGo(false));
        }
    }

    private static List<ServerState> twice(List<ServerState> states) {
        return Stream.concat(states.stream(), states.stream()).toList();
    }
}
