package org.slipway.model.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;
import org.slipway.model.Service;

class StateRebuilderTest {

    private final StateRebuilder rebuilder = new StateRebuilder();

    private static Event release(int number, long sequence, @Nullable ReleaseState from, ReleaseState to) {
        return new ReleaseTransitioned(
                "shop", number, sequence, from, to, Service.CONTROLLER, "jane", "", 1, Instant.EPOCH);
    }

    private static Event server(String name, long sequence, @Nullable ServerState from, ServerState to) {
        return new ServerTransitioned(
                "shop", name, 1, sequence, from, to, Service.SERVER_WORKER, "w1", "", 1, Instant.EPOCH);
    }

    private void accept(Event... events) {
        List.of(events).forEach(rebuilder::accept);
    }

    @Test
    void followsEveryReleaseAndServerToItsNewestState() {
        accept(
                release(1, 1, null, ReleaseState.CREATED),
                server("web1", 1, null, ServerState.IDLE),
                release(1, 2, ReleaseState.CREATED, ReleaseState.CANCELLED),
                release(2, 1, null, ReleaseState.CREATED),
                server("web2", 1, null, ServerState.IDLE),
                server("web1", 2, ServerState.IDLE, ServerState.COPYING));

        assertThat(rebuilder.releases())
                .isEqualTo(Map.of("shop/1", ReleaseState.CANCELLED, "shop/2", ReleaseState.CREATED));
        assertThat(rebuilder.servers())
                .isEqualTo(Map.of("shop/web1", ServerState.COPYING, "shop/web2", ServerState.IDLE));
        assertThat(rebuilder.gaps()).isEmpty();
    }

    @Test
    void aTransitionThatCameTwiceChangesNothing() {
        Event created = release(1, 1, null, ReleaseState.CREATED);
        Event started = release(1, 2, ReleaseState.CREATED, ReleaseState.BETA_COPYING);
        Event copied = release(1, 3, ReleaseState.BETA_COPYING, ReleaseState.BETA_COPIED);

        accept(created, started, created, started, copied, started);

        assertThat(rebuilder.releases()).isEqualTo(Map.of("shop/1", ReleaseState.BETA_COPIED));
        assertThat(rebuilder.gaps()).isEmpty();
    }

    @Test
    void aReleaseAndAServerOfTheSameNameAreTwoThings() {
        accept(release(1, 1, null, ReleaseState.CREATED), server("1", 1, null, ServerState.IDLE));

        assertThat(rebuilder.releases()).containsOnlyKeys("shop/1");
        assertThat(rebuilder.servers()).containsOnlyKeys("shop/1");
        assertThat(rebuilder.gaps()).isEmpty();
    }

    @Test
    void reportsWhatIsMissingAndGoesOnFromThere() {
        accept(
                release(1, 1, null, ReleaseState.CREATED),
                release(1, 4, ReleaseState.BETA_COPIED, ReleaseState.PRODUCTION_REQUESTED),
                release(1, 3, ReleaseState.BETA_COPYING, ReleaseState.BETA_COPIED));

        assertThat(rebuilder.releases()).isEqualTo(Map.of("shop/1", ReleaseState.PRODUCTION_REQUESTED));
        assertThat(rebuilder.gaps()).containsExactly("release shop/1: nothing between transition 1 and transition 4");
    }

    @Test
    void reportsATopicThatDoesNotBeginAtTheBeginning() {
        accept(server("web1", 7, ServerState.IDLE, ServerState.COPYING));

        assertThat(rebuilder.gaps()).containsExactly("server shop/web1: nothing between transition 0 and transition 7");
    }

    @Test
    void reportsATransitionThatDoesNotFollowFromTheOneBefore() {
        accept(server("web1", 1, null, ServerState.IDLE), server("web1", 2, ServerState.COPYING, ServerState.LOCKED));

        assertThat(rebuilder.gaps())
                .containsExactly("server shop/web1: transition 2 leaves COPYING, and the one before led to IDLE");
        assertThat(rebuilder.servers()).isEqualTo(Map.of("shop/web1", ServerState.LOCKED));
    }

    @Test
    void progressSaysNothingAboutStates() {
        accept(new CopyProgressed("shop", "web1", 1, 1, 2, 3, 4, Service.SERVER_WORKER, 1, Instant.EPOCH));

        assertThat(rebuilder.releases()).isEmpty();
        assertThat(rebuilder.servers()).isEmpty();
        assertThat(rebuilder.gaps()).isEmpty();
    }
}
