package org.slipway.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slipway.model.ServerState.COPYING;
import static org.slipway.model.ServerState.IDLE;
import static org.slipway.model.ServerState.LOCKED;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slipway.embedded.Await;
import org.slipway.testing.FakeHosts;
import org.slipway.testing.GatedDatabaseResource;
import org.slipway.testing.GivenProject;
import org.slipway.testing.GivenRelease;
import org.slipway.testing.Hold;
import org.slipway.testing.Steered;
import org.slipway.testing.TcpGate;

/** No Kafka at all, and a database that comes and goes. */
@QuarkusTest
@TestProfile(ServerWorkerAloneTest.Alone.class)
@QuarkusTestResource(value = GatedDatabaseResource.class, restrictToAnnotatedClass = true)
class ServerWorkerAloneTest {

    /** Kafka is where nobody listens. */
    public static class Alone extends Steered {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> overrides = new HashMap<>(super.getConfigOverrides());
            overrides.put("kafka.bootstrap.servers", "127.0.0.1:1");
            overrides.put("quarkus.datasource.jdbc.acquisition-timeout", "1S");
            return overrides;
        }
    }

    @Inject
    DataSource database;

    @Inject
    FakeHosts hosts;

    @TestHTTPResource("/q/health/ready")
    URI ready;

    @TestHTTPResource("/q/health/live")
    URI live;

    @AfterEach
    void openTheGate() {
        TcpGate.open(GatedDatabaseResource.GATE);
    }

    private static int status(URI uri) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private static void await(URI uri, int status) {
        Await.until(Duration.ofSeconds(60), uri + " to answer " + status, () -> status(uri) == status);
    }

    @Test
    void worksWithoutKafkaAndIsReady() throws Exception {
        GivenProject project = GivenProject.in(database, "b1");
        hosts.onCopy(project.at("b1"), (watcher, well) -> {
            for (int i = 0; i < 5_000; i++) {
                watcher.progress(i, 5_000, i, 5_000);
            }
            return well;
        });
        GivenRelease release =
                project.release("a.txt").promoted(FakeHosts.file("a.txt")).backedUp();
        release.server("b1", COPYING);
        release.await("b1", IDLE);

        assertThat(release.rollouts()).containsExactly("b1 DONE");
        assertThat(release.journal()).isEmpty();
        assertThat(status(ready)).isEqualTo(200);
    }

    @Test
    void isNotReadyWithoutItsDatabaseAndRecordsWhenThatIsBack() throws Exception {
        GivenProject project = GivenProject.in(database, "b1");
        Hold hold = new Hold();
        hosts.onCopy(project.at("b1"), hold.deaf());
        GivenRelease release =
                project.release("a.txt").promoted(FakeHosts.file("a.txt")).backedUp();
        release.server("b1", COPYING);
        hold.awaitReached();
        TcpGate.shut(GatedDatabaseResource.GATE);
        hold.letGo();
        await(ready, 503);
        assertThat(status(live)).isEqualTo(200);

        TcpGate.open(GatedDatabaseResource.GATE);
        await(ready, 200);
        release.await("b1", IDLE);
        assertThat(release.rollouts()).containsExactly("b1 DONE");
        assertThat(release.journal()).isEmpty();
    }

    @Test
    void looksForWorkAgainWhenItsDatabaseIsBack() {
        GivenProject project = GivenProject.in(database, "b1");
        GivenRelease release =
                project.release("a.txt").promoted(FakeHosts.file("a.txt")).backedUp();
        release.server("b1", COPYING, LOCKED);
        TcpGate.shut(GatedDatabaseResource.GATE);
        await(ready, 503);
        TcpGate.open(GatedDatabaseResource.GATE);
        await(ready, 200);
        project.letLeaseRunOut("b1");
        release.await("b1", IDLE);

        assertThat(project.story("b1")).isEqualTo("IDLE COPYING LOCKED COPYING LOCKED IDLE");
    }
}
