package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.slipway.model.ReleaseState;

/** A release is cancelled in each state in which it can be unfinished; then nothing of it is written any more, and the next one is taken all the way. */
class CancelIT extends SharedSlipway {

    @Test
    void beforeItWasStarted() {
        Project project = project();
        int release = project.post(false, null, "index.html")
                .expecting(201)
                .body()
                .get("number")
                .asInt();
        assertThat(project.state(release)).isEqualTo(ReleaseState.CREATED);

        cancelled(project, release, project.fleet().beta());
    }

    @Test
    void whileItIsCopiedToBeta() {
        Project project = project();
        FleetServer beta = project.fleet().beta();
        beta.tar().close();
        int release = project.release("index.html");
        beta.tar().awaitArrivals(1);
        assertThat(project.state(release)).isEqualTo(ReleaseState.BETA_COPYING);

        cancelled(project, release, beta);
    }

    @Test
    void whenTheCopyToBetaFailed() {
        Project project = project();
        int release = project.release("index.html", "nowhere.html");
        project.await(release, ReleaseState.BETA_COPY_FAILED);

        cancelled(project, release, project.fleet().beta());
    }

    @Test
    void onBeta() {
        Project project = project();
        int release = project.release("index.html");
        project.await(release, ReleaseState.BETA_COPIED);

        cancelled(project, release, project.fleet().chosen());
    }

    @Test
    void beforeACoordinatorTookIt() {
        Project project = project();
        int release = project.release("index.html");
        project.await(release, ReleaseState.BETA_COPIED);
        slipway().coordinator().pause();
        project.promote(release);
        assertThat(project.cancel(release).body().get("cancelRequested").asBoolean())
                .isTrue();
        assertThat(project.state(release)).isEqualTo(ReleaseState.PRODUCTION_REQUESTED);
        slipway().coordinator().resume();

        cancelled(project, release, project.fleet().chosen());
        assertThat(texts(project.transitions(release), "to")).doesNotContain("PRODUCTION_BACKING_UP");
    }

    @Test
    void whileTheBackupIsTaken() {
        Project project = project();
        FleetServer chosen = project.fleet().chosen();
        int release = project.release("index.html");
        project.await(release, ReleaseState.BETA_COPIED);
        chosen.tar().close();
        project.promote(release);
        chosen.tar().awaitArrivals(1);
        assertThat(project.state(release)).isEqualTo(ReleaseState.PRODUCTION_BACKING_UP);

        cancelled(project, release, chosen);
    }

    @Test
    void whileServersAreCopied() {
        Project project = project();
        FleetServer held = project.fleet().web(2);
        int release = project.release("index.html");
        project.await(release, ReleaseState.BETA_COPIED);
        held.tar().close();
        project.promote(release);
        held.tar().awaitArrivals(1);
        assertThat(project.state(release)).isEqualTo(ReleaseState.PRODUCTION_COPYING);

        cancelled(project, release, held);
    }

    @Test
    void whenProductionFailed() {
        Project project = project();
        FleetServer down = project.fleet().web(2);
        int release = project.release("index.html");
        project.await(release, ReleaseState.BETA_COPIED);
        down.stop();
        project.promote(release);
        project.await(release, ReleaseState.PRODUCTION_FAILED);
        down.start();

        cancelled(project, release, down);
    }

    private Project project() {
        Project project = newProject(2);
        project.fleet().development().write("index.html", "of the release that is cancelled\n");
        project.fleet().beta().write("index.html", "the page as it was\n");
        return project;
    }

    /** Cancels; the server must stay as it is, from now on and while the next release is made. */
    private static void cancelled(Project project, int release, FleetServer untouched) {
        SortedMap<String, String> before = untouched.fingerprint();
        project.cancel(release);
        project.await(release, ReleaseState.CANCELLED);
        project.fleet().openGates();

        assertThat(project.act(release, "retry").status()).isEqualTo(409);
        // Whoever still wrote would do so before the next release is through beta and back at the server.
        project.fleet().development().write("other.html", "of the next release\n");
        project.releaseEverywhere("other.html");
        assertThat(untouched.read("index.html")).contains("the page as it was\n");
        assertThat(untouched.fingerprint()).containsEntry("index.html", before.get("index.html"));

        project.releaseEverywhere("index.html", "other.html");
    }
}
