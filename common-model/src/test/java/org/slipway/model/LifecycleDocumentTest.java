package org.slipway.model;

import org.junit.jupiter.api.Test;
import org.slipway.document.GeneratedDocument;

/** {@code docs/lifecycle.md} says what the tables and the states say. */
class LifecycleDocumentTest {

    @Test
    void theLifecycleDocumentIsInStep() {
        GeneratedDocument.of("docs/lifecycle.md", LifecycleDocumentTest.class)
                .check("""
                <!-- Written from ReleaseLifecycle and ServerLifecycle by LifecycleDocumentTest, which says how. Not edited by hand. -->
                # The lifecycles

                A release and a business server are always in exactly one state. Each move between states is owned by one service, and
                no other one may make it: the tables below are the code's (`ReleaseLifecycle`, `ServerLifecycle`), the database holds
                the same ones and refuses what is not in them. Each move is recorded with time, actor and reason, and sent to Kafka.

                """ + chapter("The life of a release", ReleaseLifecycle.TABLE, ReleaseState.values()) + """

                At most one release of a project is unfinished at any time. `BETA_COPIED` is unfinished: production reads from beta,
                so a newer copy to beta would change what the older release ships.

                A cancel that cannot be carried out at once stays on record (`cancelRequested`) while the release keeps its state. It waits for whoever
                holds a lease to stop, and for every server on which something may still be published to be told to refuse it
                ([0003](decisions/0003-leases-and-fence.md)). Where such a server cannot be reached the journal says so, and it is tried again until it
                succeeds. Whoever knows that its machine is gone for good says so, by `POST …/cancel` with `{"gone": ["web-2"]}`: the cancel waits for it
                no longer, which the journal records.

                """
                        + chapter("The life of a business server", ServerLifecycle.TABLE, ServerState.values()));
    }

    private static <S extends Enum<S> & LifecycleState> String chapter(String title, Lifecycle<S> table, S[] states) {
        StringBuilder text = new StringBuilder("## " + title + "\n\n```mermaid\n" + table.diagram() + "```\n\n");
        text.append("| State | What it means | Who moves it on | What happens if they die |\n|---|---|---|---|\n");
        for (S state : states) {
            text.append("| `%s` | %s | %s | %s |\n"
                    .formatted(state, state.meaning(), state.movedOnBy(), state.ifTheyDie()));
        }
        text.append("\n| From | To | Owner | When |\n|---|---|---|---|\n");
        for (Lifecycle.Move<S> move : table.moves()) {
            S from = move.from();
            text.append("| %s | `%s` | %s | %s |\n"
                    .formatted(
                            from == null ? "(nothing)" : "`" + from + "`",
                            move.to(),
                            move.owner().wireName(),
                            move.when()));
        }
        return text.toString();
    }
}
