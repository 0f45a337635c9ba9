package org.slipway.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LifecycleBuilderTest {

    private enum Door {
        OPEN,
        CLOSED,
        GONE
    }

    private static Lifecycle.Builder<Door> door() {
        return Lifecycle.of("door", Door.class).beginsAs(Door.OPEN, Service.CONTROLLER, "built");
    }

    @Test
    void buildsATableThatHoldsTogether() {
        Lifecycle<Door> table = door().move(Door.OPEN, Door.CLOSED, Service.BETA_WORKER, "wind")
                .move(Door.CLOSED, Door.OPEN, Service.CONTROLLER, "visitor")
                .move(Door.CLOSED, Door.GONE, Service.CONTROLLER, "fire")
                .endsIn(Door.GONE)
                .build();

        assertThat(table.kind()).isEqualTo("door");
        assertThat(table.exitsOf(Door.CLOSED)).extracting(Lifecycle.Move::to).containsExactly(Door.OPEN, Door.GONE);
        assertThat(table.exitsOf(Door.GONE)).isEmpty();
        assertThat(table.isFinal(Door.GONE)).isTrue();
        assertThat(table.isFinal(Door.OPEN)).isFalse();
    }

    @Test
    void drawsEveryMoveAndTheEnd() {
        Lifecycle<Door> table = door().move(Door.OPEN, Door.CLOSED, Service.BETA_WORKER, "wind")
                .move(Door.CLOSED, Door.GONE, Service.CONTROLLER, "fire")
                .endsIn(Door.GONE)
                .build();

        assertThat(table.diagram()).isEqualTo("""
                stateDiagram-v2
                    [*] --> OPEN: controller-service - built
                    OPEN --> CLOSED: beta-worker - wind
                    CLOSED --> GONE: controller-service - fire
                    GONE --> [*]
                """);
    }

    @Test
    void refusesAMoveThatStandsThereTwiceAlsoUnderAnotherOwner() {
        Lifecycle.Builder<Door> table = door().move(Door.OPEN, Door.CLOSED, Service.BETA_WORKER, "wind");

        assertThatThrownBy(() -> table.move(Door.OPEN, Door.CLOSED, Service.CONTROLLER, "visitor"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the move from OPEN to CLOSED stands in the table twice");
    }

    @Test
    void refusesABeginningThatStandsThereTwice() {
        Lifecycle.Builder<Door> table = door();

        assertThatThrownBy(() -> table.beginsAs(Door.OPEN, Service.BETA_WORKER, "found"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the move from nothing to OPEN stands in the table twice");
    }

    @Test
    void refusesAMoveToTheSameState() {
        Lifecycle.Builder<Door> table = door();

        assertThatThrownBy(() -> table.move(Door.OPEN, Door.OPEN, Service.CONTROLLER, "draught"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("OPEN to itself is no move");
    }

    @Test
    void refusesAWayOutOfAFinalState() {
        Lifecycle.Builder<Door> table = door().move(Door.OPEN, Door.GONE, Service.CONTROLLER, "fire")
                .move(Door.GONE, Door.CLOSED, Service.CONTROLLER, "miracle")
                .endsIn(Door.GONE, Door.CLOSED);

        assertThatThrownBy(table::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("GONE is final, and still moves on to CLOSED");
    }

    @Test
    void refusesAStateThatNothingLeadsTo() {
        Lifecycle.Builder<Door> table =
                door().move(Door.OPEN, Door.GONE, Service.CONTROLLER, "fire").endsIn(Door.GONE);

        assertThatThrownBy(table::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("nothing leads from the beginning to CLOSED");
    }

    @Test
    void refusesStatesThatOnlyLeadToEachOther() {
        Lifecycle.Builder<Door> table = door().move(Door.CLOSED, Door.GONE, Service.CONTROLLER, "fire")
                .move(Door.GONE, Door.CLOSED, Service.CONTROLLER, "miracle")
                .endsIn(Door.OPEN);

        assertThatThrownBy(table::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("nothing leads from the beginning to CLOSED");
    }

    @Test
    void refusesADeadEndThatIsNotFinal() {
        Lifecycle.Builder<Door> table = door().move(Door.OPEN, Door.CLOSED, Service.CONTROLLER, "wind")
                .move(Door.OPEN, Door.GONE, Service.CONTROLLER, "fire")
                .endsIn(Door.GONE);

        assertThatThrownBy(table::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("CLOSED is not final, and nothing leads out of it");
    }

    @Test
    void refusesATableWithoutABeginning() {
        Lifecycle.Builder<Door> table = Lifecycle.of("door", Door.class)
                .move(Door.OPEN, Door.CLOSED, Service.CONTROLLER, "wind")
                .move(Door.CLOSED, Door.GONE, Service.CONTROLLER, "fire")
                .endsIn(Door.GONE);

        assertThatThrownBy(table::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("nothing leads from the beginning to OPEN");
    }
}
