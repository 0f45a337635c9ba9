package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slipway.embedded.Await;
import org.slipway.model.ReleaseState;

/** A server-worker goes away while it copies. */
class WorkerLossIT extends SharedSlipway {

    @Test
    void theServerOfAKilledWorkerIsFinishedByAnother() {
        Project project = newProject(2);
        FleetServer held = project.fleet().web(2);
        int release = releaseUpTo(project, held);
        ServiceProcess killed = project.workerOn(release, held);

        killed.kill();
        held.tar().open();
        project.await(release, ReleaseState.COMPLETED);

        assertThat(project.workerOn(release, held)).isNotSameAs(killed);
        assertThat(moves(project, release, held)).containsExactly("COPYING", "LOCKED", "COPYING", "LOCKED", "IDLE");
        assertThat(reasons(project, release, held)).anyMatch(reason -> reason.contains("ran out"));
        assertThat(project.rollout(release, held).get("attempts").asInt()).isEqualTo(2);
    }

    @Test
    void aWorkerThatIsStoppedGivesItsServerBackAtOnce() {
        Project project = newProject(2);
        FleetServer held = project.fleet().web(2);
        int release = releaseUpTo(project, held);
        ServiceProcess stopped = project.workerOn(release, held);

        stopped.stop();
        held.tar().awaitArrivals(2);
        held.tar().open();
        project.await(release, ReleaseState.COMPLETED);

        assertThat(project.workerOn(release, held)).isNotSameAs(stopped);
        assertThat(moves(project, release, held)).containsExactly("COPYING", "LOCKED", "COPYING", "LOCKED", "IDLE");
        assertThat(reasons(project, release, held))
                .anyMatch(reason -> reason.contains("gave it back"))
                .noneMatch(reason -> reason.contains("ran out"));
    }

    @Test
    void aWorkerThatWakesUpBehindItsLeaseNeitherPublishesNorReports() {
        Project project = newProject(2);
        FleetServer held = project.fleet().web(2);
        int release = releaseUpTo(project, held);
        ServiceProcess paused = project.workerOn(release, held);

        paused.pause();
        Await.until(
                Duration.ofSeconds(40),
                "another worker to take " + held,
                () -> project.workerOn(release, held) != paused);
        held.tar().open();
        project.await(release, ReleaseState.COMPLETED);
        project.fleet().development().write("index.html", "newer\n");
        int next = project.releaseEverywhere("index.html");
        paused.resume();
        paused.awaitLog("server=" + held + ": the lease was lost before the outcome was recorded");

        assertThat(held.read("index.html")).contains("newer\n");
        assertThat(moves(project, release, held)).containsExactly("COPYING", "LOCKED", "COPYING", "LOCKED", "IDLE");
        assertThat(moves(project, next, held)).containsExactly("COPYING", "LOCKED", "IDLE");
    }

    /** Makes a release, and takes it to where a worker has begun to copy to the server and stands still. */
    private static int releaseUpTo(Project project, FleetServer held) {
        project.fleet().development().write("index.html", "new\n");
        int release = project.release("index.html");
        project.await(release, ReleaseState.BETA_COPIED);
        held.tar().close();
        project.promote(release);
        held.tar().awaitArrivals(1);
        return release;
    }

    private static List<String> reasons(Project project, int release, FleetServer server) {
        return texts(
                project.transitions(release).stream()
                        .filter(moved -> moved.path("server").asText().equals(server.name()))
                        .toList(),
                "reason");
    }
}
