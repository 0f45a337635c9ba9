package org.slipway.model.failpoint;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slipway.document.GeneratedDocument;
import org.slipway.model.Service;

/** {@code docs/failpoints.md} names every failpoint. */
class FailpointDocumentTest {

    @Test
    void theDocumentOfFailpointsIsInStep() {
        StringBuilder text = new StringBuilder("""
                <!-- Written from Failpoint by FailpointDocumentTest, which says how. Not edited by hand. -->
                # Failpoints

                **A tool for tests. A process that is armed with one is going to die, stand still or fail on purpose: never set it where
                releases matter.**

                A failpoint is a step between the claim of a piece of work and the report of its outcome. A packaged service is armed
                for one of them by its own environment, and never otherwise:

                ```
                SLIPWAY_FAILPOINT=server-worker.staged=halt
                ```

                (or the system property `slipway.failpoint`). It is `service.step=action`, with one of these actions:

                | action | what happens at the step |
                |---|---|
                | `halt` | the process is gone at once with status 137, as after `kill -9`: nothing is closed, given back or said |
                | `pause` | the process stands still with all its threads, as after `kill -STOP`, until somebody outside resumes it with `kill -CONT`; its connections stay open |
                | `pause:20s` | the same, and another process resumes it after that many seconds; to pause past a lease takes more than `slipway.lease` |
                | `throw` | the step ends in an unchecked exception (`FailpointException`), as a bug would: work that was claimed ends with `INTERNAL_ERROR` in its journal, or is left to the next holder where no outcome was known yet or it is known already |

                With `@3` behind the action it is done when the step is passed for the third time. It is done once in the life of a
                process. Before it is done, the log says so: `failpoint server-worker.staged fired: halt`. A service that is armed says
                so when it starts; one that is armed with a step that it does not have does not start, and names those that it has.

                `mvn verify -Pfaults` does each of the three at every step on the packaged services (`FailpointsIT`), and checks that
                the release ends as it must.
                """);
        for (Service service : Service.values()) {
            text.append("\n## ")
                    .append(service.wireName())
                    .append("\n\n| step | what has just happened |\n|---|---|\n");
            Stream.of(Failpoint.values())
                    .filter(point -> point.services().contains(service))
                    .forEach(point -> text.append("| `%s` | %s |\n".formatted(point.step(), point.happened())));
        }
        GeneratedDocument.of("docs/failpoints.md", FailpointDocumentTest.class).check(text.toString());
    }
}
