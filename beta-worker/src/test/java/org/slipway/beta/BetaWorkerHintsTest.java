package org.slipway.beta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slipway.model.ReleaseState.BETA_COPIED;
import static org.slipway.model.ReleaseState.BETA_COPYING;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.slipway.model.message.Topics;
import org.slipway.testing.FakeHosts;
import org.slipway.testing.GivenProject;
import org.slipway.testing.GivenRelease;
import org.slipway.testing.Hold;
import org.slipway.testing.InfrastructureResource;
import org.slipway.testing.Steered;
import org.slipway.testing.Topic;

@QuarkusTest
@TestProfile(Steered.ByHintsOnly.class)
@QuarkusTestResource(value = InfrastructureResource.class, restrictToAnnotatedClass = true)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BetaWorkerHintsTest {
    @Inject
    DataSource database;

    @Inject
    FakeHosts hosts;

    @Inject
    BetaWorker worker;

    @Inject
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String kafka;

    @Test
    @Order(1)
    void looksWhenAMessageSaysSoAndThatItComesOftenChangesNothing() {
        GivenProject project = GivenProject.in(database);
        GivenRelease release = project.release("a.txt").toAndHeldElsewhere(BETA_COPYING);
        release.letLeaseRunOut();
        try (Topic topic = new Topic(kafka, Topics.RELEASE_TRANSITIONS)) {
            topic.awaitOf(project.name(), 2);
            topic.sendUntil(() -> release.state() == BETA_COPIED, project.name(), topic.latestOf(project.name()));
        }

        assertThat(hosts.calls(project.at("beta"))).containsExactly("copy " + release.epoch());
        assertThat(release.story()).isEqualTo("CREATED BETA_COPYING BETA_COPIED");
    }

    @Test
    @Order(2)
    void putsRecordsThatNobodyCanReadAsideAndGoesOn() {
        try (Topic topic = new Topic(kafka, Topics.RELEASE_TRANSITIONS);
                Topic deadLetters = new Topic(kafka, Topics.DEAD_LETTERS)) {
            topic.send("p", "no JSON at all");
            topic.send("p", "{\"specversion\":\"1.0\",\"type\":\"org.slipway.unknown.v9\"}");
            topic.send("p", null);
            assertThat(deadLetters.await(3)).contains("no JSON at all");

            GivenProject project = GivenProject.in(database);
            GivenRelease release = project.release("a.txt").to(BETA_COPYING);
            release.await(BETA_COPIED);
        }
    }

    @Test
    @Order(3)
    void givesTheLeaseBackWhenItStops() {
        GivenProject project = GivenProject.in(database);
        Hold hold = new Hold();
        hosts.onCopy(project.at("beta"), hold.heeding());
        GivenRelease release = project.release("a.txt").to(BETA_COPYING);
        hold.awaitReached();
        worker.stop(new ShutdownEvent());

        assertThat(release.owner()).isEqualTo("null");
        assertThat(release.state()).isEqualTo(BETA_COPYING);
        assertThat(release.journal()).isEmpty();
    }
}
