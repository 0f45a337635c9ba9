package org.slipway.controller.system;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.slipway.controller.ApiTest;
import org.slipway.embedded.Await;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;
import org.slipway.testing.InfrastructureResource;

@QuarkusTest
@TestProfile(SystemApiTest.Named.class)
class SystemApiTest extends ApiTest {
    private static final String SYSTEM = "/api/v1/system";
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    /** A controller with a name and a database of its own. */
    public static class Named implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "slipway.instance", "controller-7",
                    "slipway.presence.interval", "200MS",
                    "slipway.kafka.look", "200MS",
                    "quarkus.application.version", "1.2.3");
        }

        @Override
        public boolean disableGlobalTestResources() {
            return true;
        }

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(InfrastructureResource.class));
        }
    }

    @Inject
    DataSource database;

    private static JsonPath system() {
        return given().get(SYSTEM).then().statusCode(200).extract().jsonPath();
    }

    private static Instant instant(JsonPath answer, String path) {
        return Instant.parse(answer.getString(path));
    }

    private void execute(String sql) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void known(String service, String instance, String seen, String aliveUntil, boolean stopping) {
        execute("""
                insert into service_instance (instance, run, service, host, version, started_at, seen_at, alive_until, stopping)
                values ('%s', gen_random_uuid(), '%s', 'node-9', '0.9', now() - interval '1 day', now() - interval '%s', now() + interval '%s', %s)
                """.formatted(instance, service, seen, aliveUntil, stopping));
    }

    private static String instance(String name) {
        return "instances.find { it.instance == '" + name + "' }";
    }

    @Test
    void showsThisProcessForAsLongAsItTellsThatItLives() {
        String own = instance("controller-7");
        Await.until(LONGEST_WAIT, "the controller to be known", () -> system().get(own) != null);
        JsonPath first = system();
        assertThat(first.getString(own + ".service")).isEqualTo("controller-service");
        assertThat(first.getString(own + ".host")).isNotBlank();
        assertThat(first.getString(own + ".version")).isEqualTo("1.2.3");
        assertThat(first.getBoolean(own + ".alive")).isTrue();
        assertThat(first.getBoolean(own + ".stopping")).isFalse();
        assertThat(instant(first, own + ".since")).isBeforeOrEqualTo(instant(first, own + ".lastSeen"));
        assertThat(instant(first, own + ".lastSeen")).isBeforeOrEqualTo(instant(first, "databaseTime"));
        Await.until(LONGEST_WAIT, "the controller to be seen again", () -> instant(system(), own + ".lastSeen")
                .isAfter(instant(first, own + ".lastSeen")));
        JsonPath later = system();
        assertThat(instant(later, own + ".since")).isEqualTo(instant(first, own + ".since"));
        assertThat(instant(later, "databaseTime")).isAfter(instant(first, "databaseTime"));
    }

    @Test
    void tellsProcessesThatLiveFromThoseThatVanishedOrAreStopping() {
        known("beta-worker", "beta-worker-lives", "1 second", "1 hour", false);
        known("prod-coordinator", "prod-coordinator-vanished", "1 minute", "-50 seconds", false);
        known("server-worker", "server-worker-stopping", "1 second", "1 hour", true);
        given().get(SYSTEM)
                .then()
                .body(instance("beta-worker-lives") + ".alive", equalTo(true))
                .body(instance("beta-worker-lives") + ".service", equalTo("beta-worker"))
                .body(instance("beta-worker-lives") + ".host", equalTo("node-9"))
                .body(instance("beta-worker-lives") + ".version", equalTo("0.9"))
                .body(instance("prod-coordinator-vanished") + ".alive", equalTo(false))
                .body(instance("prod-coordinator-vanished") + ".stopping", equalTo(false))
                .body(instance("server-worker-stopping") + ".alive", equalTo(true))
                .body(instance("server-worker-stopping") + ".stopping", equalTo(true));
    }

    @Test
    void forgetsAProcessThatToldNothingForAnHour() {
        known("server-worker", "server-worker-nearly-an-hour", "58 minutes", "-57 minutes", false);
        known("server-worker", "server-worker-long-gone", "61 minutes", "-60 minutes", false);
        Await.until(
                LONGEST_WAIT,
                "a process to be forgotten",
                () -> system().get(instance("server-worker-long-gone")) == null);
        given().get(SYSTEM).then().body(instance("server-worker-nearly-an-hour"), not(nullValue()));
    }

    @Test
    void showsWhoHoldsAServerAndWhetherHeLives() {
        String project = newProject(INVENTORY);
        newRelease(project);
        others.moveTo(project, ReleaseState.PRODUCTION_COPYING);
        others.moveServer(project, "web2", ServerState.COPYING, ServerState.LOCKED);
        others.execute(project, "update server set lease_epoch = 1772357441007 where release_id = :release");
        String lease = "leases.find { it.project == '" + project + "' }";
        given().get(SYSTEM)
                .then()
                .body(lease + ".release", equalTo(1))
                .body(lease + ".server", equalTo("web2"))
                .body(lease + ".holder", equalTo("server-worker-7"))
                .body(lease + ".holderAlive", equalTo(false))
                .body(lease + ".epoch", equalTo(1772357441007L));
        JsonPath answer = system();
        assertThat(instant(answer, lease + ".since")).isBefore(instant(answer, "databaseTime"));
        assertThat(instant(answer, lease + ".leaseUntil"))
                .isAfterOrEqualTo(instant(answer, lease + ".since").plusSeconds(15));
        known("server-worker", "server-worker-7", "0 seconds", "1 hour", false);
        given().get(SYSTEM).then().body(lease + ".holderAlive", equalTo(true));

        others.moveServer(project, "web2", ServerState.IDLE);
        given().get(SYSTEM).then().body(lease, nullValue());
    }

    @Test
    void showsWhoHoldsAReleaseAlsoWhenTheLeaseHasRunOut() {
        String project = newProject(INVENTORY);
        newRelease(project);
        others.execute(project, """
                update release set lease_owner = 'beta-worker-3', lease_epoch = 42, lease_since = timestamptz '2026-03-01T09:30:41Z',
                    lease_until = timestamptz '2026-03-01T09:31:11Z' where id = :release
                """);
        String lease = "leases.find { it.project == '" + project + "' }";
        given().get(SYSTEM)
                .then()
                .body(lease + ".release", equalTo(1))
                .body(lease + ".server", nullValue())
                .body(lease + ".holder", equalTo("beta-worker-3"))
                .body(lease + ".holderAlive", equalTo(false))
                .body(lease + ".since", equalTo("2026-03-01T09:30:41Z"))
                .body(lease + ".leaseUntil", equalTo("2026-03-01T09:31:11Z"))
                .body(lease + ".epoch", equalTo(42));
    }

    @Test
    void showsHowManyWaitAndWhatWaitsLongest() {
        JsonPath before = system();
        String project = newProject(INVENTORY);
        newRelease(project);
        others.moveTo(project, ReleaseState.PRODUCTION_COPYING);
        others.moveServer(project, "web1", ServerState.COPYING);
        others.moveServer(project, "web2", ServerState.COPYING);
        others.execute(
                project,
                "update server set state_since = timestamptz '2020-01-01T00:00:02Z' where release_id = :release and name = 'web1'");
        others.execute(
                project,
                "update server set state_since = timestamptz '2020-01-01T00:00:01Z' where release_id = :release and name = 'web2'");
        String other = newProject(INVENTORY);
        newRelease(other);
        others.execute(
                other, "update release set state_since = timestamptz '2020-01-01T00:00:03Z' where id = :release");
        given().get(SYSTEM)
                .then()
                .body("waiting.servers", equalTo(before.getInt("waiting.servers") + 2))
                .body("waiting.oldestServer.project", equalTo(project))
                .body("waiting.oldestServer.release", equalTo(1))
                .body("waiting.oldestServer.server", equalTo("web2"))
                .body("waiting.oldestServer.state", equalTo("COPYING"))
                .body("waiting.oldestServer.since", equalTo("2020-01-01T00:00:01Z"))
                .body("waiting.releases", equalTo(before.getInt("waiting.releases") + 1))
                .body("waiting.oldestRelease.project", equalTo(other))
                .body("waiting.oldestRelease.release", equalTo(1))
                .body("waiting.oldestRelease.server", nullValue())
                .body("waiting.oldestRelease.state", equalTo("BETA_COPYING"))
                .body("waiting.oldestRelease.since", equalTo("2020-01-01T00:00:03Z"));

        others.moveServer(project, "web1", ServerState.LOCKED);
        others.moveServer(project, "web2", ServerState.LOCKED);
        others.moveTo(other, ReleaseState.BETA_COPIED);
        given().get(SYSTEM)
                .then()
                .body("waiting.servers", equalTo(before.getInt("waiting.servers")))
                .body("waiting.oldestServer", equalTo(before.get("waiting.oldestServer")))
                .body("waiting.releases", equalTo(before.getInt("waiting.releases")));
    }

    @Test
    void showsWhoPublishesAndThatKafkaHasEverything() {
        newRelease(newProject(INVENTORY));
        Await.until(
                LONGEST_WAIT,
                "everything to be published",
                () -> system().getInt("outbox.unpublished") == 0 && system().getBoolean("kafka.reachable"));
        given().get(SYSTEM)
                .then()
                .body("outbox.oldestAgeSeconds", nullValue())
                .body("outbox.relay", equalTo("controller-7"))
                .body("kafka.seenBy", equalTo("controller-7"))
                .body("kafka.brokers", equalTo(1))
                .body("kafka.why", nullValue());
    }
}
