package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slipway.embedded.Await;
import org.slipway.embedded.EmbeddedPostgres;
import org.slipway.embedded.EmbeddedPostgres.Durability;
import org.slipway.model.ReleaseState;
import org.slipway.testing.Database;
import org.slipway.testing.SlipwayInfrastructure;

@Tag("faults")
class DatabaseOutageIT extends SystemTest {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    @Test
    void isNotReadyWithoutPostgresAndLivesAndGoesOnWhenThatIsBack(@TempDir Path directory) {
        try (EmbeddedPostgres postgres =
                        EmbeddedPostgres.start(new EmbeddedPostgres.Settings(directory, 0, Durability.FAST));
                Slipway own = Slipway.start(
                        2,
                        new Database(postgres.jdbcUrl(), postgres.user(), postgres.password()),
                        SlipwayInfrastructure.bootstrapServers(),
                        SHORT_LEASES)) {
            Project project = newProject(own, 2);
            project.fleet().development().write("index.html", "new\n");
            int release = project.release("index.html");
            project.await(release, ReleaseState.BETA_COPIED);

            postgres.pause();
            own.processes().forEach(process -> awaitNotReadyButAlive(process, "no answer within"));
            own.workers().getFirst().stop();
            assertThat(own.workers().getFirst().exitStatus())
                    .as("told to stop meanwhile")
                    .hasValue(0);
            postgres.resume();
            own.mend();
            awaitReady(own);

            postgres.killHard();
            own.processes().forEach(process -> awaitNotReadyButAlive(process, ""));
            postgres.restart();
            awaitReady(own);

            project.promote(release);
            project.await(release, ReleaseState.COMPLETED);
            check(own, project);
        }
    }

    private static void awaitNotReadyButAlive(ServiceProcess process, String why) {
        Await.until(LONGEST_WAIT, process + " not to be ready", () -> {
            Answer ready = process.get("/q/health/ready");
            return ready.status() == 503 && ready.body().toString().contains(why);
        });
        assertThat(process.get("/q/health/live").status()).isEqualTo(200);
    }

    private static void awaitReady(Slipway own) {
        own.processes().forEach(process -> Await.until(LONGEST_WAIT, process + " to be ready again", process::isReady));
    }
}
