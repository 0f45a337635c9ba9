package org.slipway.production;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slipway.model.ReleaseState.BETA_COPIED;
import static org.slipway.model.ReleaseState.BETA_COPYING;
import static org.slipway.model.ReleaseState.COMPLETED;
import static org.slipway.model.ReleaseState.PRODUCTION_BACKING_UP;
import static org.slipway.model.ReleaseState.PRODUCTION_COPYING;
import static org.slipway.model.ReleaseState.PRODUCTION_REQUESTED;
import static org.slipway.model.ServerState.IDLE;
import static org.slipway.model.ServerState.LOCKED;

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
class ProdCoordinatorHintsTest {
    @Inject
    DataSource database;

    @Inject
    FakeHosts hosts;

    @Inject
    ProdCoordinator coordinator;

    @Inject
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String kafka;

    @Test
    @Order(1)
    void looksWhenAMessageSaysSoAndThatItComesOftenChangesNothing() {
        GivenProject project = GivenProject.in(database, "b1");
        GivenRelease release = project.release("a.txt")
                .to(BETA_COPYING, BETA_COPIED)
                .toAndHeldElsewhere(PRODUCTION_REQUESTED, PRODUCTION_BACKING_UP);
        release.letLeaseRunOut();
        try (Topic releases = new Topic(kafka, Topics.RELEASE_TRANSITIONS);
                Topic servers = new Topic(kafka, Topics.SERVER_TRANSITIONS)) {
            releases.sendUntil(
                    () -> release.state() == PRODUCTION_COPYING, project.name(), releases.latestOf(project.name()));
            release.server("b1", LOCKED).rollout("b1", "DONE").server("b1", IDLE);
            String key = project.name() + "/b1";
            servers.sendUntil(() -> release.state() == COMPLETED, key, servers.latestOf(key));
        }

        assertThat(hosts.calls(project.at("b1"))).hasSize(1);
        assertThat(project.story("b1")).isEqualTo("IDLE COPYING LOCKED IDLE");
    }

    @Test
    @Order(2)
    void putsRecordsThatNobodyCanReadAsideAndGoesOn() {
        try (Topic releases = new Topic(kafka, Topics.RELEASE_TRANSITIONS);
                Topic servers = new Topic(kafka, Topics.SERVER_TRANSITIONS);
                Topic deadLetters = new Topic(kafka, Topics.DEAD_LETTERS)) {
            releases.send("p", "no JSON at all");
            servers.send("p/b1", "[]");
            assertThat(deadLetters.await(2)).contains("no JSON at all", "[]");

            GivenProject project = GivenProject.in(database, "b1");
            GivenRelease release = project.release("a.txt").to(BETA_COPYING, BETA_COPIED, PRODUCTION_REQUESTED);
            release.await(PRODUCTION_COPYING);
            release.server("b1", LOCKED).rollout("b1", "DONE").server("b1", IDLE);
            release.await(COMPLETED);
        }
    }

    @Test
    @Order(3)
    void givesTheLeaseBackWhenItStops() {
        GivenProject project = GivenProject.in(database, "b1");
        Hold hold = new Hold();
        hosts.onArchive(project.at("b1"), hold.heeding());
        GivenRelease release = project.release("a.txt").to(BETA_COPYING, BETA_COPIED, PRODUCTION_REQUESTED);
        hold.awaitReached();
        coordinator.stop(new ShutdownEvent());

        assertThat(release.owner()).isEqualTo("null");
        assertThat(release.state()).isEqualTo(PRODUCTION_BACKING_UP);
        assertThat(release.journal()).isEmpty();
    }
}
