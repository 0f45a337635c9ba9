package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.slipway.model.ReleaseState;

class RestartIT extends SharedSlipway {

    @Test
    void goesOnWhereItWasWhenServicesAreRestartedInTheMiddle() {
        Project project = newProject(2);
        Fleet fleet = project.fleet();
        fleet.development().write("index.html", "new\n");
        fleet.beta().tar().close();
        int release = project.release("index.html");
        fleet.beta().tar().awaitArrivals(1);

        slipway().betaWorker().stop();
        slipway().controller().stop();
        fleet.beta().tar().open();
        slipway().mend();
        project.await(release, ReleaseState.BETA_COPIED);
        fleet.chosen().tar().close();
        project.promote(release);
        fleet.chosen().tar().awaitArrivals(1);
        slipway().coordinator().stop();
        fleet.chosen().tar().open();
        slipway().mend();
        project.await(release, ReleaseState.COMPLETED);

        assertThat(project.show(release).get("attempt").asInt()).isEqualTo(1);
        assertThat(project.journal(release)).isEmpty();
    }

    @Test
    void goesOnWhereItWasWhenEveryServiceWasKilledInTheMiddle() {
        Project project = newProject(2);
        Fleet fleet = project.fleet();
        fleet.development().write("index.html", "new\n");
        int release = project.release("index.html");
        project.await(release, ReleaseState.BETA_COPIED);
        fleet.web(2).tar().close();
        project.promote(release);
        fleet.web(2).tar().awaitArrivals(1);

        List<ServiceProcess> all = slipway().processes().toList();
        all.forEach(ServiceProcess::kill);
        fleet.web(2).tar().open();
        slipway().mend();
        Garbage.untilItIsPutAside(slipway(), project, "sent to those who were started again");
        project.await(release, ReleaseState.COMPLETED);

        assertThat(project.journal(release)).isEmpty();
    }
}
