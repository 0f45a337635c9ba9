package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slipway.embedded.Await;
import org.slipway.embedded.EmbeddedKafka;
import org.slipway.model.ReleaseState;

class KafkaOutageIT extends SystemTest {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    @Test
    void completesAReleaseWithoutKafkaAndTellsOfItOnceKafkaIsBack(@TempDir Path directory) {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory);
                Slipway own = Slipway.start(1, kafka.bootstrapServers(), SHORT_LEASES)) {
            Project project = newProject(own, 2);
            project.fleet().development().write("index.html", "new\n");
            project.fleet().beta().tar().close();
            int release = project.release("index.html");
            project.fleet().beta().tar().awaitArrivals(1);

            kafka.stop();
            project.fleet().beta().tar().open();
            project.await(release, ReleaseState.BETA_COPIED);
            project.promote(release);
            project.await(release, ReleaseState.COMPLETED);
            own.processes().forEach(process -> {
                Await.until(LONGEST_WAIT, process + " to miss Kafka", () -> !reachable(process));
                assertThat(process.isReady()).as("%s is ready", process).isTrue();
                assertThat(process.get("/q/health/live").status()).isEqualTo(200);
            });
            JsonNode system =
                    own.controller().get("/api/v1/system").expecting(200).body();
            assertThat(system.at("/kafka/reachable").asBoolean()).isFalse();
            assertThat(system.at("/outbox/unpublished").asInt()).isPositive();
            ServiceProcess stopped = own.workers().getFirst();
            stopped.stop();
            assertThat(stopped.exitStatus()).as("told to stop meanwhile").hasValue(0);
            kafka.restart();

            check(own, project);
            own.processes().filter(ServiceProcess::isAlive).forEach(process -> {
                Await.until(LONGEST_WAIT, process + " to find Kafka again", () -> reachable(process));
                assertThat(process.readLog())
                        .contains("Kafka does not answer.")
                        .contains("Kafka answers again.")
                        .doesNotContain("could not be established");
            });
        }
    }

    /** As its health tells. */
    private static boolean reachable(ServiceProcess process) {
        for (JsonNode check : process.get("/q/health/ready").body().path("checks")) {
            if (check.path("name").asText().equals("kafka")) {
                return check.at("/data/reachable").asBoolean();
            }
        }
        throw new IllegalStateException(process + " says nothing of Kafka");
    }
}
