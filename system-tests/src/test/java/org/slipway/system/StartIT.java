package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slipway.embedded.Await;
import org.slipway.embedded.EmbeddedKafka;
import org.slipway.embedded.FreePort;
import org.slipway.model.ReleaseState;
import org.slipway.system.Slipway.Replicas;
import org.slipway.testing.Database;
import org.slipway.testing.SlipwayInfrastructure;
import org.slipway.testing.TcpGate;

class StartIT extends SystemTest {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(90);
    private static final String GATE = "start";

    @AfterEach
    void openTheGate() {
        TcpGate.open(GATE);
    }

    @Test
    void waitsForDatabaseAndKafkaAndSaysSo(@TempDir Path directory) {
        int kafkaPort = FreePort.find();
        TcpGate.shut(GATE);
        try (Slipway own =
                Slipway.launch(new Replicas(1, 1, 1), behindTheGate(), "127.0.0.1:" + kafkaPort, SHORT_LEASES)) {
            own.processes().forEach(process -> {
                Await.until(
                        LONGEST_WAIT,
                        process + " to live",
                        () -> process.get("/q/health/live").status() == 200);
                Answer ready = process.get("/q/health/ready");
                assertThat(ready.status()).isEqualTo(503);
                assertThat(ready.body().toString()).contains("PostgreSQL was not found yet");
                process.awaitLog("Kafka does not answer.");
            });

            TcpGate.open(GATE);
            own.awaitReady();
            own.processes().forEach(process -> assertThat(process.readLog())
                    .containsOnlyOnce("PostgreSQL cannot be used yet")
                    .containsOnlyOnce("PostgreSQL is there")
                    .doesNotContain("\tat ", "could not be established"));
            Project project = newProject(own, 2);
            project.fleet().development().write("index.html", "new\n");
            int release = project.releaseEverywhere("index.html");
            assertThat(project.state(release)).isEqualTo(ReleaseState.COMPLETED);

            try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, kafkaPort)) {
                own.processes().forEach(process -> process.awaitLog("Kafka answers again."));
                check(own, project);
                assertThat(kafka.isAlive()).isTrue();
            }
        }
    }

    private static Database behindTheGate() {
        Database database = SlipwayInfrastructure.newDatabase();
        URI server = URI.create(database.jdbcUrl().substring("jdbc:".length()));
        TcpGate gate = TcpGate.before(GATE, server.getHost(), server.getPort());
        return new Database(
                "jdbc:postgresql://127.0.0.1:" + gate.port() + server.getPath(), database.user(), database.password());
    }
}
