package org.slipway.modelcheck.release;

import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.slipway.document.GeneratedDocument;
import org.slipway.modelcheck.search.Counterexample;
import org.slipway.modelcheck.search.Exploration;

/** {@code docs/model.md} says what the search came to. */
class ModelDocumentTest {

    @Test
    void theModelDocumentIsInStep() {
        Exploration whole = SlipwayTest.Whole.EXPLORATION;
        String figures = String.format(
                Locale.ROOT,
                "**%,d states, %,d transitions, the farthest %d steps away.**",
                whole.states(),
                whole.transitions(),
                whole.depth());
        GeneratedDocument.of("docs/model.md", ModelDocumentTest.class)
                .check(BEFORE_FIGURES + figures + BEFORE_GUARDS + guards() + BEFORE_PAIRS + pairs() + BEHIND_PAIRS);
    }

    private static String guards() {
        StringBuilder table = new StringBuilder("| Guard | Without it |\n|---|---|\n");
        for (Guard guard : Guard.values()) {
            String found = Experiment.alone().stream()
                    .filter(experiment -> experiment.setting().without().contains(guard))
                    .map(ModelDocumentTest::found)
                    .findFirst()
                    .orElse("nothing goes wrong: see below");
            table.append("| `%s`: %s | %s |\n".formatted(guard, guard.text(), found));
        }
        return table.toString();
    }

    private static String pairs() {
        StringBuilder table = new StringBuilder("| Without both | |\n|---|---|\n");
        for (Experiment experiment : Experiment.uncovered()) {
            String guards = experiment.setting().without().stream()
                    .sorted()
                    .map(guard -> "`" + guard + "`")
                    .collect(Collectors.joining(", "));
            boolean inTime = !experiment.setting().hazards().contains(Hazard.PAUSE);
            table.append(
                    "| %s%s | %s |\n".formatted(guards, inTime ? ", where nobody is late" : "", found(experiment)));
        }
        return table.toString();
    }

    private static String found(Experiment experiment) {
        Counterexample found = experiment.explore().counterexample().orElseThrow();
        return "%s, after %d steps".formatted(found.broken(), found.way().size());
    }

    private static final String BEFORE_FIGURES = """
        <!-- Written by ModelDocumentTest, which says how. Not edited by hand. -->
        # The model

        Tests try some orders of events. `model-check` tries every one, of a Slipway that is small enough: a breadth-first search over
        pure functions, part of `mvn verify`. What it finds wrong it finds by the shortest way, and prints that.

        ```
        mvn -pl model-check -am test
        ```

        ## What is modelled

        - One project, beta, two business servers, two releases one after the other, and people who create, start, promote, retry and cancel
          at any moment. Two files on each target; the second release brings one of them back to what it was at first.
        - Three pieces of work in flight, of whichever replica of whichever service, with those whose process died while its script goes on
          on the target.
        - The transactions of the services, each as one step, under the guards that the database has. What is legal and whose move it is is
          asked of `ReleaseLifecycle` and `ServerLifecycle`; a test sees that each of their moves is made.
        - A copy from its claim to its report: fence, look, staging, verification, publication file by file under the target's lock, report.
          A backup likewise. Each may stand still at every stage for as long as it likes, and go on late.
        - The fencing off before a cancel, by several at once, each of which may stand still, fail or die: without a lease.
        - Leases run out at any time. Processes die, connections are cut while a script goes on, targets refuse, damage what is sent, and go
          down between two files. Work is given back, fails, is tried again later, or asks a person.
        - Hints from Kafka: as every service looks by itself, each may look at any moment, and that is more than lost, doubled, late and
          reordered hints together can bring about. Without that (`SCAN`) only hints make it look, and they are lost.
        - The relay in a search of its own (`RelayModel`): two aggregates, two processes that lead, are cut off and come back, rows sent,
          refused and marked, and a reader who is given again what he had before.
        - A target without a shell in a search of its own (`SftpModel`): three writers, each overtaken by the next, request by request.

        ## What holds

        In every state and in every step: at most one release is unfinished; each move is legal, its owner's, and from the state that the log
        says; nothing leaves a final state; a report counts only from the latest holder, and what it says is so; a target is written to only
        by whom its fence lets, one publication at a time; no damaged file is published; a server that is said to have a release has it until
        a later release may touch it; beta has what was tried there until it is shipped; no business server is written to before there is a
        verified backup, which holds no file of its own release and is not replaced by a late one; nothing is published or put into place
        for a release that is cancelled; none is completed for which somebody may still publish; a waiting server always belongs to a
        release for which somebody claims it or lets it go. And from every state, steps that are sure to come lead to one in which all is
        done or a person is asked: nothing is ever stuck.

        With every guard, all of it holds, in every state that there is:

        """;

    private static final String BEFORE_GUARDS = """


        ## What each guard is there for

        Each guard is taken away in turn, and the search has to find what goes wrong then. The tests print each way in full.

        """;

    private static final String BEFORE_PAIRS = """

        Where nothing goes wrong another guard covers this one. Without both it does:

        """;

    private static final String BEHIND_PAIRS = """

        `LEASE_UNTIL` is covered by the epoch alone, which is missed also where `LEASE_UNTIL` is there. The leases themselves, and that a
        holder stops in time, keep nothing right where the fence does: they keep two from doing the same work. Where nobody is late
        they do what the fence does.
        On a target without a shell nobody puts an older file over one that a later writer has published, although nothing is locked: what
        others staged is renamed out of their reach before anything is published, and who was overtaken sees it at the fence.
        `ONE_LEADER` of the relay spares the second sending: two leaders keep the order as well.

        ## What is left out, and why that hides nothing

        - **Names.** Any replica may take any work, so which one does is no part of a state, and pieces of work are sorted. The owner's
          name is no guard in the model: two works of one process have the same.
        - **Numbers.** Epochs are only compared, and only on one target: they are counted anew there. Counts of attempts and tries are left
          out: whether a failure is tried again or asks a person is open each time, which is more than any count allows.
        - **Time.** There is none but the order of events. A renewal is no step, as the end of a lease may come at any time or never.
        - **Steps that nobody else can tell apart are one:** staging, verification and the last look at the lease, where each epoch has a
          directory of its own; the mark of a publication and its first file, as both happen under the target's lock.
        - **Work of which nothing can come** is taken for over: its lease is lost, which is for good, and the fence or its own look at the
          lease keeps it from writing. Business servers are alike once no more backup is taken. A test searches smaller models with nothing
          of this left out, and finds nothing there either.
        - **Not modelled:** changes of the inventory, two projects on one target, what is in a file.

        ## What a cancel waits for

        `CANCELLED` says that nothing is written any more, whoever is late. A holder that is paused right before it publishes, a script whose
        connection was cut, and a publication that was cut off in its middle would each be enough to break that (`CancelledTest`); so
        wherever one of them may be, the fence is raised first, and what was cut off is finished (`FENCED_OFF`). Where none of them can be,
        nothing has to be done.
        """;
}
