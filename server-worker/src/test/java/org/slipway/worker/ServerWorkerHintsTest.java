package org.slipway.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slipway.model.ServerState.COPYING;
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
class ServerWorkerHintsTest {
    @Inject
    DataSource database;

    @Inject
    FakeHosts hosts;

    @Inject
    ServerWorker worker;

    @Inject
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String kafka;

    private GivenProject project() {
        return GivenProject.in(database, "b1");
    }

    private static GivenRelease release(GivenProject project) {
        return project.release("a.txt").promoted(FakeHosts.file("a.txt")).backedUp();
    }

    @Test
    @Order(1)
    void looksWhenAMessageSaysSoAndThatItComesOftenChangesNothing() {
        GivenProject project = project();
        GivenRelease release = release(project).server("b1", COPYING, LOCKED, COPYING);
        String key = project.name() + "/b1";
        try (Topic topic = new Topic(kafka, Topics.SERVER_TRANSITIONS)) {
            topic.awaitOf(key, 4);
            topic.sendUntil(() -> project.state("b1") == IDLE, key, topic.latestOf(key));
        }
        release.await("b1", IDLE);

        assertThat(hosts.calls(project.at("b1"))).hasSize(1);
        assertThat(project.story("b1")).isEqualTo("IDLE COPYING LOCKED COPYING LOCKED IDLE");
    }

    @Test
    @Order(2)
    void putsRecordsThatNobodyCanReadAsideAndGoesOn() {
        try (Topic topic = new Topic(kafka, Topics.SERVER_TRANSITIONS);
                Topic deadLetters = new Topic(kafka, Topics.DEAD_LETTERS)) {
            topic.send("p", "no JSON at all");
            topic.send("p", null);
            assertThat(deadLetters.await(2)).contains("no JSON at all");

            release(project()).server("b1", COPYING).await("b1", IDLE);
        }
    }

    @Test
    @Order(3)
    void givesTheServerBackWhenItStops() {
        GivenProject project = project();
        Hold hold = new Hold();
        hosts.onCopy(project.at("b1"), hold.heeding());
        GivenRelease release = release(project).server("b1", COPYING);
        hold.awaitReached();
        worker.stop(new ShutdownEvent());

        assertThat(project.story("b1")).isEqualTo("IDLE COPYING LOCKED COPYING");
        assertThat(release.rollouts()).containsExactly("b1 WAITING");
        assertThat(release.journal()).isEmpty();
    }
}
