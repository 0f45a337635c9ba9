package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.slipway.embedded.Await;
import org.slipway.embedded.Trees;
import org.slipway.model.ReleaseState;
import org.slipway.testing.SlipwayInfrastructure;

/** SIGTERM, as an orchestrator sends it. */
class OrderlyStopIT extends SystemTest {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final int MEGABYTE = 1 << 20;

    /** With it the file takes twelve seconds: nobody is done before he is told to stop. */
    private static final int BYTES_PER_SECOND = 2 * MEGABYTE;

    private static final int FILE_BYTES = 24 * MEGABYTE;

    @Test
    void aWorkerInTheMiddleOfALargeFileHandsItsServerOnAtOnce() throws IOException {
        try (Slipway own = Slipway.start(2, SlipwayInfrastructure.bootstrapServers(), settings())) {
            Project project = newProject(own, 1);
            FleetServer server = project.fleet().web(1);
            writeLargeFile(project.fleet().development().write("film.mp4", ""));
            int release = project.release("film.mp4");
            project.await(release, ReleaseState.BETA_COPIED);
            project.promote(release);
            Await.until(
                    LONGEST_WAIT,
                    "some of the file to be sent",
                    () -> project.rollout(release, server)
                                    .at("/progress/bytesDone")
                                    .asLong()
                            > 0);
            ServiceProcess stopped = project.workerOn(release, server);
            Instant told = databaseTime(own);

            stopped.stop();

            assertThat(stopped.exitStatus()).hasValue(0);
            project.await(release, ReleaseState.COMPLETED);
            assertThat(moves(project, release, server))
                    .containsExactly("COPYING", "LOCKED", "COPYING", "LOCKED", "IDLE");
            List<JsonNode> moved = project.transitions(release).stream()
                    .filter(move -> move.path("server").asText().equals(server.name()))
                    .toList();
            assertThat(moved.get(2).get("reason").asText()).contains("gave it back");
            assertThat(moved.get(3).get("actor").asText()).isNotEqualTo(stopped.instance());
            Duration untilGivenBack = Duration.between(told, at(moved.get(2)));
            Duration untilTaken = Duration.between(at(moved.get(2)), at(moved.get(3)));
            System.out.printf(
                    "orderly stop: given back %d ms after SIGTERM, taken by another worker %d ms later%n",
                    untilGivenBack.toMillis(), untilTaken.toMillis());
            assertThat(Trees.difference(project.fleet().development().tree(), server.tree(), List.of("film.mp4")))
                    .isEmpty();
            assertThat(project.journal(release)).isEmpty();
            assertThat(instances(own)).doesNotContain(stopped.instance());
            check(own, project);
        }
    }

    @Test
    void everyServiceEndsInOrderAndTheNextOnePublishes() {
        Map<String, String> settings = new HashMap<>(SHORT_LEASES);
        settings.put("QUARKUS_SHUTDOWN_DELAY", "8S");
        try (Slipway own = Slipway.start(1, SlipwayInfrastructure.bootstrapServers(), settings)) {
            Await.until(LONGEST_WAIT, "every process to be known", () -> instances(own)
                    .containsAll(own.processes().map(ServiceProcess::instance).toList()));
            Await.until(LONGEST_WAIT, "somebody to publish", () -> !relay(own).isEmpty());

            // Whoever publishes is stopped; the controller last, because it answers the questions.
            for (String name = publisher(own); !name.equals(own.controller().instance()); name = publisher(own)) {
                ServiceProcess leader = own.named(name);
                leader.stop();
                assertThat(leader.exitStatus()).as("%s", leader).hasValue(0);
                assertThat(instances(own)).doesNotContain(leader.instance());
                Await.until(
                        LONGEST_WAIT,
                        "somebody else to publish",
                        () -> !relay(own).isEmpty() && !relay(own).equals(leader.instance()));
            }

            Thread stopping = Thread.ofPlatform().start(own.controller()::stop);
            Await.until(
                    LONGEST_WAIT,
                    "the controller not to be ready",
                    () -> own.controller().get("/q/health/ready").status() == 503);
            Answer meanwhile = own.controller().get("/api/v1/system").expecting(200);
            assertThat(meanwhile.body().toString()).contains("\"stopping\":true");
            assertThat(own.controller().get("/q/health/live").status()).isEqualTo(200);
            Await.until(LONGEST_WAIT, "the controller to end", () -> !stopping.isAlive());
            assertThat(own.controller().exitStatus()).hasValue(0);
        }
    }

    private static Map<String, String> settings() {
        return Map.of(
                "SLIPWAY_COPY_BYTES_PER_SECOND", Integer.toString(BYTES_PER_SECOND), "SLIPWAY_COPY_COMPRESS", "false");
    }

    private static void writeLargeFile(Path file) throws IOException {
        byte[] block = new byte[MEGABYTE];
        Random random = new Random(7);
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int written = 0; written < FILE_BYTES; written += block.length) {
                random.nextBytes(block);
                out.write(block);
            }
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    private static JsonNode system(Slipway own) {
        return own.controller().get("/api/v1/system").expecting(200).body();
    }

    private static Instant databaseTime(Slipway own) {
        return Instant.parse(system(own).get("databaseTime").asText());
    }

    private static List<String> instances(Slipway own) {
        return texts(system(own).get("instances").valueStream().toList(), "instance");
    }

    private static String relay(Slipway own) {
        return system(own).at("/outbox/relay").asText("");
    }

    /** Whoever publishes: for a moment between two of them it is nobody. */
    private static String publisher(Slipway own) {
        AtomicReference<String> seen = new AtomicReference<>("");
        Await.until(LONGEST_WAIT, "somebody to publish", () -> {
            seen.set(relay(own));
            return !seen.get().isEmpty();
        });
        return seen.get();
    }

    private static Instant at(JsonNode transition) {
        return Instant.parse(transition.get("at").asText());
    }
}
