package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.slipway.embedded.Await;
import org.slipway.model.ReleaseState;
import org.slipway.model.Service;
import org.slipway.model.failpoint.Failpoint;

/**
 * A packaged service dies, stands still past its lease or throws at every step between claim and report. The work is the armed
 * process's, since the other replica of its service is paused until the failpoint has fired; then that one goes on. The armed process
 * wakes up, where it was paused, when the release is complete: it must leave everything as it is.
 */
@Tag("faults")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailpointsIT {
    private static final Duration LONGEST = Duration.ofSeconds(120);
    private static final Map<String, String> SETTINGS = Map.of(
            "SLIPWAY_LEASE", "4S",
            "SLIPWAY_LEASE_RENEWAL", "1S",
            "SLIPWAY_LEASE_SELF_STOP", "3S",
            "SLIPWAY_SCAN", "PT0.5S",
            "SLIPWAY_SSH_CONNECT_TIMEOUT", "5S",
            "QUARKUS_DATASOURCE_JDBC_ADDITIONAL_JDBC_PROPERTIES_OPTIONS",
                    "-c idle_in_transaction_session_timeout=4s -c lock_timeout=10s");
    private static final String LEASE = "the lease (4 s here) and a scan (0.5 s)";

    private final FailpointResults results = new FailpointResults();
    private final Map<FleetServer.Kind, Project> projects = new EnumMap<>(FleetServer.Kind.class);
    private Slipway slipway;
    private int cases;

    @BeforeAll
    void start() {
        slipway = Slipway.start(1, SETTINGS);
    }

    @AfterAll
    void end() {
        slipway.close();
        System.out.println(results.table());
    }

    @Test
    void goesThroughEveryFailpointOfEveryService() {
        List<String> gone = FailpointCase.all().stream()
                .map(one -> one.point().nameIn(one.service()))
                .distinct()
                .toList();

        assertThat(gone)
                .containsAll(Arrays.stream(Failpoint.values())
                        .filter(point -> !point.step().startsWith("relay-"))
                        .flatMap(point -> point.services().stream().map(point::nameIn))
                        .toList())
                .contains(
                        "prod-coordinator.relay-read", "prod-coordinator.relay-sent", "prod-coordinator.relay-marked");
    }

    @TestFactory
    Stream<DynamicTest> endsAsItMustWhatever() {
        List<String> wanted = Arrays.stream(
                        System.getProperty("slipway.failpoints", "").split(","))
                .map(String::strip)
                .toList();
        return FailpointCase.all().stream()
                .filter(one -> wanted.stream().anyMatch(one.toString()::startsWith))
                .map(one -> DynamicTest.dynamicTest(one.toString(), () -> run(one)));
    }

    private void run(FailpointCase one) {
        Outcome outcome = new Outcome();
        long began = System.nanoTime();
        ServiceProcess armed = slipway.another(
                one.application(),
                "armed-" + ++cases,
                Map.of("SLIPWAY_FAILPOINT", one.setting(), "SLIPWAY_RELAY_ENABLED", Boolean.toString(one.ofRelay())));
        boolean passed = false;
        try (armed) {
            Project project = project(one.servers());
            armed.launch();
            if (one.service() == Service.CONTROLLER) {
                ask(project, armed, one, outcome);
            } else {
                work(project, armed, one, outcome);
            }
            armed.close();
            check(project);
            passed = true;
        } finally {
            slipway.mend();
            if (!passed) {
                projects.remove(one.servers());
            }
            Duration took = Duration.ofNanos(System.nanoTime() - (outcome.firedAt == 0 ? began : outcome.firedAt));
            results.add(one.toString(), outcome.happened, outcome.userSees, outcome.bound, took, passed);
        }
    }

    /** What is told of a case. */
    private static final class Outcome {
        private String happened = "the failpoint was not seen to fire";
        private String userSees = "";
        private String bound = "at once";
        private long firedAt;
    }

    /** The project of these servers that all cases share until one of them leaves it in disorder. */
    private Project project(FleetServer.Kind servers) {
        return projects.computeIfAbsent(servers, kind -> slipway.newProject(2, kind));
    }

    /** Takes a release all the way, with one step done by the armed process. */
    private void work(Project project, ServiceProcess armed, FailpointCase one, Outcome outcome) {
        change(project);
        int release = 0;
        if (one.service() != Service.BETA_WORKER && !one.ofRelay()) {
            release = project.release("index.html", "news");
            project.await(release, ReleaseState.BETA_COPIED);
        }
        armed.awaitReady();
        if (one.ofRelay()) {
            letLead(armed);
            release = project.release("index.html", "news");
            fired(armed, one, outcome);
        } else {
            ServiceProcess other = slipway.first(one.application());
            other.pause();
            try {
                if (one.service() == Service.BETA_WORKER) {
                    release = project.release("index.html", "news");
                } else {
                    project.promote(release);
                }
                fired(armed, one, outcome);
            } finally {
                other.resume();
            }
        }
        complete(project, release);
        List<JsonNode> journal = project.journal(release);
        if (one.action() == FailpointCase.Action.THROW && one.recordedAs().isPresent()) {
            assertThat(SystemTest.texts(journal, "kind"))
                    .as("the journal")
                    .contains(one.recordedAs().get());
        } else {
            assertThat(journal).as("the journal").isEmpty();
        }
        eachMoveOnce(project, release);
        describe(project, release, armed, one, outcome);
        if (one.action() == FailpointCase.Action.PAUSE) {
            wakeUpLate(project, release, armed, one);
        }
    }

    /** Somebody asks the armed controller, hears nothing or an error, and asks the other one again under the same key. */
    private void ask(Project project, ServiceProcess armed, FailpointCase one, Outcome outcome) {
        change(project);
        String action = one.point().step().replaceFirst("(before|after)-", "");
        boolean committed = one.point().step().startsWith("after-");
        int before = project.releases().size();
        int release = readyTo(action, project);
        KeyedCall call = action.equals("create")
                ? KeyedCall.create(project, "index.html", "news")
                : KeyedCall.act(project, release, action);
        armed.awaitReady();
        CompletableFuture<HttpResponse<String>> first = call.sendTo(armed);
        fired(armed, one, outcome);
        KeyedCall.Taken taken = call.repeatUntilTaken(slipway.controller());
        assertThat(taken.replayed()).as("whether it was carried out before").isEqualTo(committed);
        int number = taken.number();
        if (action.equals("cancel")) {
            project.await(number, ReleaseState.CANCELLED);
        } else {
            complete(project, number);
            eachMoveOnce(project, number);
        }
        assertThat(project.releases()).hasSize(before + 1);
        assertThat(project.show(number).get("attempt").asInt()).isEqualTo(action.equals("retry") ? 2 : 1);
        if (one.action() == FailpointCase.Action.PAUSE) {
            armed.resume();
        }
        String heard = KeyedCall.heard(first);
        if (one.action() == FailpointCase.Action.PAUSE) {
            assertThat(heard).as("what the first one heard").isEqualTo(committed ? successOf(action) : "503");
        } else {
            assertThat(heard).isEqualTo(one.action() == FailpointCase.Action.HALT ? "nothing" : "500");
        }
        outcome.happened = "the same request, sent again under its key, was "
                + (committed ? "answered from the record" : "carried out") + ", once in all";
        outcome.userSees = heard.equals("nothing") ? "a connection that is cut" : "the answer " + heard;
        outcome.bound = committed ? "at once" : "the database's patience with an idle transaction (4 s here)";
    }

    private static String successOf(String action) {
        return action.equals("create") ? "201" : "202";
    }

    /** A release with which this can be done, and its number; none for one that is to be made. */
    private int readyTo(String action, Project project) {
        return switch (action) {
            case "create" -> 0;
            case "start", "cancel" ->
                project.post(false, null, "index.html", "news")
                        .expecting(201)
                        .body()
                        .get("number")
                        .asInt();
            case "promote" -> {
                int release = project.release("index.html", "news");
                project.await(release, ReleaseState.BETA_COPIED);
                yield release;
            }
            case "retry" -> {
                int release = project.release("index.html", "late-" + cases);
                project.await(release, ReleaseState.BETA_COPY_FAILED);
                project.fleet().development().write("late-" + cases + "/page.html", "late\n");
                yield release;
            }
            default -> throw new IllegalArgumentException(action);
        };
    }

    /** Sees the failpoint fire, and what it does to the process. */
    private void fired(ServiceProcess armed, FailpointCase one, Outcome outcome) {
        armed.awaitLog(one.fired());
        outcome.firedAt = System.nanoTime();
        outcome.happened = "it fired, and what followed was not as it must be";
        switch (one.action()) {
            case HALT -> {
                Await.until(LONGEST, armed + " to be gone", () -> !armed.isAlive());
                assertThat(armed.exitStatus()).hasValue(137);
            }
            case PAUSE -> Await.until(LONGEST, armed + " to stand still", armed::isPaused);
            case THROW -> {}
        }
    }

    /** Sees a release through, as a person would: promotes it when it is on beta, and tries again what failed. */
    private static void complete(Project project, int release) {
        Await.until(LONGEST, "release " + release + " of " + project + " to be complete", () -> {
            ReleaseState state = project.state(release);
            switch (state) {
                case BETA_COPIED -> project.act(release, "promote");
                case BETA_COPY_FAILED, PRODUCTION_FAILED -> project.act(release, "retry");
                default -> {}
            }
            return state == ReleaseState.COMPLETED;
        });
    }

    /** A process that wakes up behind its lease leaves everything as the next holder made it. */
    private void wakeUpLate(Project project, int release, ServiceProcess armed, FailpointCase one) {
        awaitPublished(project);
        SortedMap<String, String> before = everything(project);
        List<JsonNode> transitions = project.transitions(release);
        armed.resume();
        if (one.inWork()) {
            Await.until(LONGEST, armed + " to see that its lease is lost", () -> {
                String log = armed.readLog();
                return log.contains("the lease was lost before the outcome was recorded")
                        || log.contains("could not be recorded before the lease ran out");
            });
        }
        Await.until(LONGEST, armed + " to answer again", armed::isReady);
        armed.stop();
        assertThat(everything(project)).as("what is on the servers").isEqualTo(before);
        assertThat(project.transitions(release)).isEqualTo(transitions);
    }

    private void awaitPublished(Project project) {
        new Inspector(slipway).of(project);
    }

    /** Of every server but development: its site, Slipway's directory and the backups. */
    private static SortedMap<String, String> everything(Project project) {
        SortedMap<String, String> all = new TreeMap<>();
        targets(project).forEach(server -> Stream.of(server.tree(), workDirectory(server), server.backupDirectory())
                .forEach(directory -> Directories.fingerprint(directory)
                        .forEach((path, print) -> all.put(directory + "/" + path, print))));
        return all;
    }

    private static Stream<FleetServer> targets(Project project) {
        return Stream.concat(Stream.of(project.fleet().beta()), project.fleet().business().stream());
    }

    private static Path workDirectory(FleetServer server) {
        return server.tree().resolveSibling(".slipway-site");
    }

    private void check(Project project) {
        SystemTest.check(slipway, project);
        targets(project).forEach(server -> {
            Path work = workDirectory(server);
            assertThat(names(work.resolve("staging")))
                    .as("staged on %s", server)
                    .isEmpty();
            assertThat(names(work)).as("in %s of %s", work, server).noneMatch(name -> name.startsWith("archive."));
            assertThat(names(server.backupDirectory()))
                    .as("backups on %s", server)
                    .noneMatch(name -> name.contains(".partial-"));
        });
    }

    private static List<String> names(Path directory) {
        return Directories.fingerprint(directory).keySet().stream()
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private static void eachMoveOnce(Project project, int release) {
        List<JsonNode> moves = project.transitions(release);
        assertThat(count(moves, move -> to(move, "BETA_COPIED"))).isEqualTo(1);
        assertThat(count(moves, move -> to(move, "COMPLETED"))).isEqualTo(1);
        project.fleet().business().forEach(server -> assertThat(count(
                        moves,
                        move -> to(move, "IDLE") && move.path("server").asText().equals(server.name())))
                .as("how often %s was done", server)
                .isEqualTo(1));
    }

    private static long count(List<JsonNode> moves, Predicate<JsonNode> which) {
        return moves.stream().filter(which).count();
    }

    private static boolean to(JsonNode move, String state) {
        return move.get("to").asText().equals(state);
    }

    private static void describe(
            Project project, int release, ServiceProcess armed, FailpointCase one, Outcome outcome) {
        List<JsonNode> moves = project.transitions(release);
        long failures = count(moves, move -> to(move, "BETA_COPY_FAILED") || to(move, "PRODUCTION_FAILED"));
        long lapses = count(moves, move -> move.get("reason").asText().contains("ran out"));
        String how =
                switch (one.action()) {
                    case HALT -> armed.application().module() + " was gone";
                    case PAUSE -> armed.application().module() + " stood still until the release was complete";
                    case THROW -> armed.application().module() + " met an error";
                };
        outcome.happened = how
                + (failures > 0 ? "; the release failed and a retry completed it" : "; the release was completed")
                + (lapses > 0 ? "; servers whose lease ran out were taken by another" : "");
        outcome.userSees = failures > 0
                ? "the failed release, why it failed in its journal, and that a retry may help"
                : "a release that takes longer";
        outcome.bound = failures > 0 ? "a retry" : one.inWork() ? LEASE : one.ofRelay() ? "15 s" : "a scan (0.5 s)";
    }

    /** New contents: a file that is replaced, and some that are new at first and replaced by later cases. */
    private void change(Project project) {
        FleetServer development = project.fleet().development();
        development.write("index.html", "page no. " + cases + "\n");
        for (int i = 0; i < 4; i++) {
            development.write("news/" + cases % 10 + "/" + i + ".txt", "news " + cases + "." + i + "\n");
        }
    }

    /** Makes the armed process the one that publishes: all others stand still while the lead is taken from them. */
    private void letLead(ServiceProcess armed) {
        RelayLead lead = new RelayLead(slipway.database());
        List<ServiceProcess> others = slipway.processes().toList();
        others.forEach(ServiceProcess::pause);
        try {
            lead.passOn(armed);
        } finally {
            others.forEach(ServiceProcess::resume);
        }
    }
}
