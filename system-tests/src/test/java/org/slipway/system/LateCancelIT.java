package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slipway.embedded.Await;
import org.slipway.model.ReleaseState;

/**
 * A process stands still at the worst moment, between its last look at its lease and the word to publish, and its release is cancelled
 * meanwhile. When it goes on nothing may come of it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LateCancelIT {
    private static final Duration LONGEST = Duration.ofSeconds(120);
    private static final Map<String, String> SETTINGS = Map.of(
            "SLIPWAY_LEASE", "4S",
            "SLIPWAY_LEASE_RENEWAL", "1S",
            "SLIPWAY_LEASE_SELF_STOP", "3S",
            "SLIPWAY_SCAN", "PT0.5S",
            "SLIPWAY_SSH_CONNECT_TIMEOUT", "5S");

    private Slipway slipway;
    private int cases;

    @BeforeAll
    void start() {
        slipway = Slipway.start(1, SETTINGS);
    }

    @AfterAll
    void end() {
        slipway.close();
    }

    @ParameterizedTest
    @CsvSource({"BETA_WORKER, OPENSSH", "SERVER_WORKER, OPENSSH"})
    void leavesNothingToALateWriter(Application service, FleetServer.Kind servers) {
        assertNothingIsLeftToALateWriter(service, servers);
    }

    @Tag("faults")
    @ParameterizedTest
    @CsvSource({"PROD_COORDINATOR, OPENSSH", "SERVER_WORKER, OPENSSH_WITHOUT_SHELL"})
    void leavesNothingToALateBackupAndNothingWithoutAShell(Application service, FleetServer.Kind servers) {
        assertNothingIsLeftToALateWriter(service, servers);
    }

    private void assertNothingIsLeftToALateWriter(Application service, FleetServer.Kind servers) {
        Project project = project(servers);
        int release = copyingTo(service, project);
        try (ServiceProcess armed = armed(service)) {
            lateIn(service, armed, project, release);

            project.cancel(release);
            project.await(release, ReleaseState.CANCELLED);
            SortedMap<String, String> before = everything(project);
            List<JsonNode> transitions = transitions(project, release);
            armed.resume();
            Await.until(LONGEST, armed + " to see that its lease is lost", () -> armed.readLog()
                    .contains("the lease was lost before the outcome was recorded"));

            assertThat(everything(project)).isEqualTo(before);
            assertThat(project.fleet().chosen().backupFile().toFile().exists())
                    .as("a backup")
                    .isEqualTo(service == Application.SERVER_WORKER);
            assertThat(transitions(project, release)).isEqualTo(transitions);
            assertThat(project.journal(release)).isEmpty();
        }
        goesOn(project);
    }

    @Test
    void waitsForAServerThatCannotBeToldAndSaysSo() {
        Project project = project(FleetServer.Kind.OPENSSH);
        int release = copyingTo(Application.SERVER_WORKER, project);
        try (ServiceProcess armed = armed(Application.SERVER_WORKER)) {
            FleetServer away = cancelledWhileAway(armed, project, release);

            away.start();
            project.await(release, ReleaseState.CANCELLED);
            armed.kill();
        }
        goesOn(project);
    }

    @Tag("faults")
    @Test
    void doesNotWaitForAMachineThatIsGoneForGood() {
        Project project = project(FleetServer.Kind.OPENSSH);
        int release = copyingTo(Application.SERVER_WORKER, project);
        try (ServiceProcess armed = armed(Application.SERVER_WORKER)) {
            FleetServer away = cancelledWhileAway(armed, project, release);
            armed.kill();

            project.cancelWithout(release, away);
            project.await(release, ReleaseState.CANCELLED);

            assertThat(project.journal(release)).anySatisfy(entry -> {
                assertThat(entry.get("kind").asText()).isEqualTo("MACHINE_GONE");
                assertThat(entry.get("server").asText()).isEqualTo(away.name());
            });
            away.start();
        }
        goesOn(project);
    }

    /** A server that goes away while a worker that stands still may yet publish there; the release's cancel waits for it, and says so. */
    private FleetServer cancelledWhileAway(ServiceProcess armed, Project project, int release) {
        FleetServer away = project.fleet().web(1);
        lateIn(Application.SERVER_WORKER, armed, project, release);
        away.stop();
        project.cancel(release);
        Await.until(LONGEST, "the journal to say what the cancel waits for", () -> project.journal(release).stream()
                .anyMatch(entry -> entry.get("message").asText().contains("cancelled as soon as " + away.name())));
        assertThat(project.state(release)).isEqualTo(ReleaseState.PRODUCTION_COPYING);
        assertThat(project.show(release).get("cancelRequested").asBoolean()).isTrue();
        return away;
    }

    private Project project(FleetServer.Kind servers) {
        Project project = slipway.newProject(2, servers);
        project.fleet().development().write("index.html", "of the release that is cancelled\n");
        project.fleet().beta().write("index.html", "the page as it was\n");
        project.fleet().business().forEach(server -> server.write("index.html", "the page as it was\n"));
        return project;
    }

    private ServiceProcess armed(Application service) {
        ServiceProcess armed = slipway.another(
                service,
                "late-" + ++cases,
                Map.of("SLIPWAY_FAILPOINT", service.module() + ".allowed=pause", "SLIPWAY_RELAY_ENABLED", "false"));
        armed.launch();
        armed.awaitReady();
        return armed;
    }

    /** A release that is to be copied by this service next; none yet where that is the first of all. */
    private static int copyingTo(Application service, Project project) {
        if (service == Application.BETA_WORKER) {
            return project.post(false, null, "index.html")
                    .expecting(201)
                    .body()
                    .get("number")
                    .asInt();
        }
        int release = project.release("index.html");
        project.await(release, ReleaseState.BETA_COPIED);
        return release;
    }

    /** Has the armed process do the work, and sees it stand still. */
    private void lateIn(Application service, ServiceProcess armed, Project project, int release) {
        ServiceProcess other = slipway.first(service);
        other.pause();
        try {
            project.act(release, service == Application.BETA_WORKER ? "start" : "promote")
                    .expecting(202);
            armed.awaitLog("failpoint " + service.module() + ".allowed fired: pause");
            Await.until(LONGEST, armed + " to stand still", armed::isPaused);
        } finally {
            other.resume();
        }
    }

    /** Without when Kafka got each, which may still be under way. */
    private static List<JsonNode> transitions(Project project, int release) {
        return project.transitions(release).stream()
                .map(transition -> (JsonNode) ((ObjectNode) transition.deepCopy()).without("publishedAt"))
                .toList();
    }

    private static SortedMap<String, String> everything(Project project) {
        SortedMap<String, String> all = new TreeMap<>();
        Stream.concat(Stream.of(project.fleet().beta()), project.fleet().business().stream())
                .forEach(server -> server.fingerprint().forEach((path, print) -> all.put(server + "/" + path, print)));
        return all;
    }

    /** The next release gets everywhere, and everything is as it must be. */
    private void goesOn(Project project) {
        project.releaseEverywhere("index.html");
        SystemTest.check(slipway, project);
        project.fleet().close();
    }
}
