package org.slipway.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every move that can be thought of, tried against what is written out here by hand, not against the tables themselves. */
class LifecyclesTest {

    private static final String RELEASES = """
            nothing -> CREATED: controller-service
            CREATED -> BETA_COPYING: controller-service
            CREATED -> CANCELLED: controller-service
            BETA_COPYING -> BETA_COPIED: beta-worker
            BETA_COPYING -> BETA_COPY_FAILED: beta-worker
            BETA_COPYING -> CANCELLED: beta-worker
            BETA_COPIED -> PRODUCTION_REQUESTED: controller-service
            BETA_COPIED -> CANCELLED: controller-service
            BETA_COPY_FAILED -> BETA_COPYING: controller-service
            BETA_COPY_FAILED -> CANCELLED: controller-service
            PRODUCTION_REQUESTED -> PRODUCTION_BACKING_UP: prod-coordinator
            PRODUCTION_REQUESTED -> CANCELLED: prod-coordinator
            PRODUCTION_BACKING_UP -> PRODUCTION_COPYING: prod-coordinator
            PRODUCTION_BACKING_UP -> PRODUCTION_FAILED: prod-coordinator
            PRODUCTION_BACKING_UP -> CANCELLED: prod-coordinator
            PRODUCTION_COPYING -> COMPLETED: prod-coordinator
            PRODUCTION_COPYING -> PRODUCTION_FAILED: prod-coordinator
            PRODUCTION_COPYING -> CANCELLED: prod-coordinator
            PRODUCTION_FAILED -> PRODUCTION_REQUESTED: controller-service
            PRODUCTION_FAILED -> CANCELLED: prod-coordinator
            """;

    private static final String SERVERS = """
            nothing -> IDLE: controller-service
            IDLE -> COPYING: prod-coordinator
            COPYING -> LOCKED: server-worker
            COPYING -> IDLE: prod-coordinator
            LOCKED -> IDLE: server-worker
            LOCKED -> ERROR: server-worker
            LOCKED -> COPYING: server-worker
            ERROR -> COPYING: prod-coordinator
            ERROR -> IDLE: prod-coordinator
            """;

    @Test
    void acceptsEveryLegalMoveOfAReleaseAndRefusesEveryOther() {
        tryEveryMove(ReleaseLifecycle.TABLE, ReleaseState.class, RELEASES);
    }

    @Test
    void acceptsEveryLegalMoveOfAServerAndRefusesEveryOther() {
        tryEveryMove(ServerLifecycle.TABLE, ServerState.class, SERVERS);
    }

    @Test
    void onlyCompletedAndCancelledReleasesAreFinished() {
        assertThat(Stream.of(ReleaseState.values()).filter(ReleaseLifecycle.TABLE::isFinal))
                .containsExactly(ReleaseState.COMPLETED, ReleaseState.CANCELLED);
        assertThat(ReleaseLifecycle.TABLE.exitsOf(ReleaseState.COMPLETED)).isEmpty();
        assertThat(ReleaseLifecycle.TABLE.exitsOf(ReleaseState.CANCELLED)).isEmpty();
    }

    @Test
    void everyUnfinishedReleaseCanBeCancelled() {
        assertThat(Stream.of(ReleaseState.values()).filter(state -> !ReleaseLifecycle.TABLE.isFinal(state)))
                .allMatch(state -> ReleaseLifecycle.TABLE
                        .move(state, ReleaseState.CANCELLED)
                        .isPresent());
    }

    @Test
    void aBusinessServerIsNeverFinished() {
        assertThat(ServerState.values()).noneMatch(ServerLifecycle.TABLE::isFinal);
    }

    @Test
    void refusalsNameTheMoveAndTheOwner() {
        assertThatThrownBy(() -> ReleaseLifecycle.TABLE.require(
                        ReleaseState.COMPLETED, ReleaseState.CREATED, Service.CONTROLLER))
                .isInstanceOf(IllegalMoveException.class)
                .hasMessage("a release does not go from COMPLETED to CREATED");
        assertThatThrownBy(() -> ServerLifecycle.TABLE.require(null, ServerState.LOCKED, Service.CONTROLLER))
                .isInstanceOf(IllegalMoveException.class)
                .hasMessage("a server does not go from nothing to LOCKED");
        assertThatThrownBy(() -> ServerLifecycle.TABLE.require(
                        ServerState.COPYING, ServerState.LOCKED, Service.PROD_COORDINATOR))
                .isInstanceOf(IllegalMoveException.class)
                .hasMessage("only server-worker moves a server from COPYING to LOCKED, not prod-coordinator");
        assertThatThrownBy(() -> ReleaseLifecycle.TABLE.require(null, ReleaseState.CREATED, Service.BETA_WORKER))
                .isInstanceOf(IllegalMoveException.class)
                .hasMessage("only controller-service moves a release from nothing to CREATED, not beta-worker");
    }

    @Test
    void everyServiceIsFoundByItsWireName() {
        assertThat(Service.values()).allMatch(service -> Service.ofWireName(service.wireName()) == service);
        assertThatThrownBy(() -> Service.ofWireName("janitor"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no service is named 'janitor'");
    }

    private static <S extends Enum<S>> void tryEveryMove(Lifecycle<S> table, Class<S> states, String expectedMoves) {
        Map<String, String> owners = new HashMap<>();
        expectedMoves.lines().forEach(line -> {
            int colon = line.indexOf(": ");
            owners.put(line.substring(0, colon), line.substring(colon + 2));
        });
        List<@Nullable S> starts = new ArrayList<>(Arrays.asList(states.getEnumConstants()));
        starts.add(null);
        int accepted = 0;
        for (S from : starts) {
            for (S to : states.getEnumConstants()) {
                String move = (from == null ? "nothing" : from.name()) + " -> " + to;
                Optional<String> owner = Optional.ofNullable(owners.get(move));
                assertThat(table.move(from, to).map(m -> m.owner().wireName()))
                        .as(move)
                        .isEqualTo(owner);
                for (Service mover : Service.values()) {
                    if (owner.filter(mover.wireName()::equals).isPresent()) {
                        Lifecycle.Move<S> made = table.require(from, to, mover);
                        assertThat(made.from()).as(move).isEqualTo(from);
                        assertThat(made.to()).as(move).isEqualTo(to);
                        accepted++;
                    } else {
                        assertThatThrownBy(() -> table.require(from, to, mover))
                                .as(move + " by " + mover)
                                .isInstanceOf(IllegalMoveException.class);
                    }
                }
            }
        }
        assertThat(accepted).isEqualTo((int) expectedMoves.lines().count());
        assertThat(table.moves()).hasSize(accepted);
    }
}
