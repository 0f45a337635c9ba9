package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slipway.embedded.Await;
import org.slipway.model.ReleaseState;

/** One failpoint of the many that {@link FailpointsIT} goes through. */
class ArmedServiceIT extends SharedSlipway {
    private static final Duration LONGEST = Duration.ofSeconds(90);

    @Test
    void aWorkerThatDiesRightBeforeItPublishesIsFollowedByAnother() {
        Project project = newProject(1);
        project.fleet().development().write("index.html", "new\n");
        try (ServiceProcess armed = armed("server-worker.allowed=halt")) {
            int release = project.release("index.html");
            project.await(release, ReleaseState.BETA_COPIED);
            armed.awaitReady();
            slipway().workers().forEach(ServiceProcess::pause);
            project.promote(release);
            armed.awaitLog("failpoint server-worker.allowed fired: halt");
            slipway().workers().forEach(ServiceProcess::resume);
            project.await(release, ReleaseState.COMPLETED);

            assertThat(armed.exitStatus()).hasValue(137);
            assertThat(moves(project, release, project.fleet().web(1)))
                    .containsExactly("COPYING", "LOCKED", "COPYING", "LOCKED", "IDLE");
            assertThat(project.journal(release)).isEmpty();
        }
    }

    @Test
    void aServiceThatIsArmedForWhatItDoesNotKnowDoesNotStart() {
        try (ServiceProcess armed = armed("server-worker.listed=halt")) {
            armed.awaitLog("'server-worker.listed=halt' is of no failpoint of this service; there are: server-worker.");
            Await.until(LONGEST, armed + " to have ended", () -> !armed.isAlive());
        }
    }

    private ServiceProcess armed(String setting) {
        ServiceProcess armed = slipway()
                .another(
                        Application.SERVER_WORKER,
                        "armed-" + setting.replaceAll("[^a-z-]", "-"),
                        Map.of("SLIPWAY_FAILPOINT", setting));
        armed.launch();
        return armed;
    }
}
