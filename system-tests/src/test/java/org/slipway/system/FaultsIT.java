package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.slipway.embedded.Await;
import org.slipway.embedded.SshKeys;
import org.slipway.model.ReleaseState;
import org.slipway.system.History.Move;

/**
 * Each fault once, at a moment that is known: what happens then is looked at from all sides by the {@link Checker}, the release has to
 * end as it should, and a fault that was not seen to happen is a failure of its own.
 */
@Tag("faults")
class FaultsIT {
    private static final List<Path> FAKETIME = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib/faketime/libfaketimeMT.so.1"));
    private static final Duration TIME = Duration.ofSeconds(120);
    private static final FaultResults RESULTS = FaultResults.in("FaultsIT");

    private static @Nullable FaultLab lab;
    private static final ScheduledExecutorService LATER = Executors.newScheduledThreadPool(2);

    /** When a fault strikes. */
    private enum Moment {
        /** Before the release is asked for. */
        BEFORE,
        /** While files are staged on beta. */
        BETA_COPY,
        /** While the backup is taken. */
        BACKUP,
        /** While files are staged on web-2, and behind that everything goes on. */
        SERVER_COPY,
        /** When a part of the largest file has come to web-2. */
        IN_MID_FILE,
        /** The same on the third one. */
        IN_MID_FILE_ON_WEB_3
    }

    private record Case(String name, Moment moment, Duration hold, String bound, Function<FaultLab, Fault> fault) {}

    @BeforeAll
    static void begin() {
        lab = FaultLab.start();
    }

    @AfterAll
    static void end() {
        LATER.shutdownNow();
        FaultLab current = lab;
        if (current != null) {
            current.close();
        }
    }

    private static FaultLab lab() {
        FaultLab current = lab;
        if (current == null) {
            current = FaultLab.start();
            lab = current;
        }
        return current;
    }

    @TestFactory
    Stream<DynamicTest> everyFault() {
        String only = System.getProperty("slipway.faults.only", "");
        return cases().filter(one -> one.name().contains(only))
                .map(one -> DynamicTest.dynamicTest(one.name(), () -> show(one)));
    }

    private static final Duration NOTHING = Duration.ZERO;
    private static final Duration PAST_THE_LEASE = Duration.ofSeconds(7);
    private static final String LEASE_AND_SCAN =
            "taken up within lease (3 s here, 15 s by default) and scan (0.5 s, 2 s)";
    private static final String AT_ONCE = "given back at once, taken up at the next look";
    private static final String WHEN_BACK = "goes on when it is back";
    private static final String GIVES_UP =
            "given up after the heartbeat or the answer timeout (6 s here, 60 s by default)";

    private static Stream<Case> cases() {
        Function<FaultLab, ServiceProcess> ofBeta = lab -> lab.holder("release", "t.state = 'BETA_COPYING'");
        Function<FaultLab, ServiceProcess> ofBackup = lab -> lab.holder("release", "t.state = 'PRODUCTION_BACKING_UP'");
        Function<FaultLab, ServiceProcess> ofServer = lab -> lab.holder("server", "t.name = ?", "web-2");
        Function<FaultLab, ServiceProcess> controller = lab -> lab.slipway().controller();
        Stream<Case> services = Stream.of(
                        new Held("beta-worker", Moment.BETA_COPY, ofBeta),
                        new Held("prod-coordinator", Moment.BACKUP, ofBackup),
                        new Held("server-worker", Moment.SERVER_COPY, ofServer),
                        new Held("controller", Moment.SERVER_COPY, controller))
                .flatMap(held -> Stream.of(
                        new Case(
                                "kill: " + held.name(),
                                held.moment(),
                                PAST_THE_LEASE,
                                held.bound(),
                                lab -> Fault.kill(held.process().apply(lab))),
                        new Case(
                                "pause: " + held.name(),
                                held.moment(),
                                PAST_THE_LEASE,
                                held.bound(),
                                lab -> Fault.pause(held.process().apply(lab))),
                        new Case(
                                "terminate: " + held.name(),
                                held.moment(),
                                NOTHING,
                                AT_ONCE,
                                lab -> Fault.terminate(held.process().apply(lab)))));
        Duration kafkaAway = Duration.ofSeconds(Boolean.getBoolean("slipway.faults.long") ? 600 : 20);
        Stream<Case> others = Stream.of(
                new Case(
                        "out of memory: server-worker",
                        Moment.SERVER_COPY,
                        NOTHING,
                        LEASE_AND_SCAN,
                        lab -> Fault.outOfMemory(ofServer.apply(lab))),
                new Case("rolling restart", Moment.SERVER_COPY, NOTHING, AT_ONCE, Fault::rollingRestart),
                new Case(
                        "PostgreSQL killed",
                        Moment.IN_MID_FILE,
                        Duration.ofSeconds(1),
                        WHEN_BACK,
                        Fault::postgresKilled),
                new Case(
                        "PostgreSQL paused",
                        Moment.IN_MID_FILE,
                        Duration.ofSeconds(6),
                        WHEN_BACK,
                        Fault::postgresPaused),
                new Case(
                        "Kafka killed",
                        Moment.BETA_COPY,
                        Duration.ofSeconds(1),
                        "no wait: the scan finds the work",
                        Fault::kafkaKilled),
                new Case(
                        "Kafka down",
                        Moment.BETA_COPY,
                        kafkaAway,
                        "no wait: the scan finds the work; told of when it is back",
                        lab -> Fault.kafkaDown(lab, kafkaAway)),
                new Case(
                        "topic deleted",
                        Moment.SERVER_COPY,
                        NOTHING,
                        "made anew at the next record",
                        Fault::topicDeleted),
                new Case(
                        "sshd session killed",
                        Moment.IN_MID_FILE,
                        NOTHING,
                        "at once",
                        lab -> Fault.sessionsKilled(lab.fleet().web(2))),
                new Case(
                        "sshd session killed on beta",
                        Moment.BETA_COPY,
                        NOTHING,
                        "at once",
                        lab -> Fault.sessionsKilled(lab.fleet().beta())),
                new Case(
                        "sshd stopped",
                        Moment.IN_MID_FILE,
                        Duration.ofSeconds(4),
                        "at once",
                        lab -> Fault.sshdStopped(lab.fleet().web(2))));
        Stream<Case> wires = Stream.of(Wire.Mode.DROP, Wire.Mode.ONE_WAY, Wire.Mode.RESET, Wire.Mode.SLOW)
                .flatMap(mode -> Stream.of(
                        new Case(
                                "network to PostgreSQL: " + mode,
                                Moment.IN_MID_FILE,
                                Duration.ofSeconds(8),
                                WHEN_BACK,
                                lab -> Fault.wire(lab.toPostgres(), "PostgreSQL", Optional.empty(), mode)),
                        new Case(
                                "network to Kafka: " + mode,
                                Moment.BETA_COPY,
                                Duration.ofSeconds(8),
                                "no wait: the scan finds the work",
                                lab -> Fault.wire(lab.toKafka(), "Kafka", Optional.empty(), mode)),
                        new Case(
                                "network to a server: " + mode,
                                Moment.IN_MID_FILE,
                                Duration.ofSeconds(10),
                                GIVES_UP,
                                lab -> Fault.wire(lab.fleet().web(2).wire(), "web-2", Optional.of("web-2"), mode))));
        Stream<Case> disks = Stream.of(
                new Case(
                        "banner",
                        Moment.BEFORE,
                        Duration.ofSeconds(14),
                        "given up after the connect timeout (4 s here, 10 s by default)",
                        lab -> {
                            lab.fleet().web(2).openSsh().killSessions();
                            return Fault.wire(
                                    lab.fleet().web(2).wire(), "web-2", Optional.of("web-2"), Wire.Mode.BANNER);
                        }),
                new Case(
                        "disk full",
                        Moment.IN_MID_FILE_ON_WEB_3,
                        Duration.ofSeconds(3),
                        "at once",
                        lab -> Fault.diskFull(lab.fleet().web(3))),
                new Case(
                        "disk read-only",
                        Moment.BEFORE,
                        Duration.ofSeconds(8),
                        "at once",
                        lab -> Fault.readOnly(lab.fleet().web(3))),
                new Case(
                        "work directory elsewhere",
                        Moment.BEFORE,
                        Duration.ofSeconds(8),
                        "at once",
                        FaultsIT::workDirectoryElsewhere),
                new Case("SSH key replaced", Moment.BEFORE, Duration.ofSeconds(8), "at once", FaultsIT::keyReplaced),
                new Case(
                        "clock ahead: beta-worker",
                        Moment.BEFORE,
                        Duration.ofSeconds(5),
                        "none",
                        lab -> Fault.clockAhead(lab.slipway().betaWorker(), faketime())),
                new Case(
                        "clock ahead: prod-coordinator",
                        Moment.BEFORE,
                        Duration.ofSeconds(5),
                        "none",
                        lab -> Fault.clockAhead(lab.slipway().coordinator(), faketime())),
                new Case(
                        "clock ahead: server-worker",
                        Moment.BEFORE,
                        Duration.ofSeconds(5),
                        "none",
                        lab -> Fault.clockAhead(lab.slipway().workers().getFirst(), faketime())));
        return Stream.of(services, others, wires, disks).flatMap(all -> all);
    }

    /** A service, when it holds something, and how it is found. */
    private record Held(String name, Moment moment, Function<FaultLab, ServiceProcess> process) {
        /** Copies go on without the controller. */
        String bound() {
            return moment == Moment.SERVER_COPY && name.equals("controller") ? WHEN_BACK : LEASE_AND_SCAN;
        }
    }

    private static Path faketime() {
        Optional<Path> library = FAKETIME.stream().filter(Files::exists).findFirst();
        assumeTrue(library.isPresent(), "libfaketime is not installed");
        return library.orElseThrow();
    }

    /** Slipway's own directory of web-3 on another file system than the project directory. */
    private static Fault workDirectoryElsewhere(FaultLab lab) {
        FleetServer server = lab.fleet().web(3);
        Path elsewhere = Directories.made(lab.directory().resolve("elsewhere"));
        Path usual = server.workDirectory();
        return new Fault(
                "the work directory of web-3 on another file system than its project directory",
                "web-3",
                Optional.of("web-3"),
                () -> {
                    server.workDirectory(elsewhere);
                    lab.site().project().putInventory();
                },
                () -> {
                    server.workDirectory(usual);
                    lab.site().project().putInventory();
                },
                () -> !device(elsewhere).equals(device(server.tree())),
                NOTHING,
                NOTHING);
    }

    private static Object device(Path path) {
        try {
            return Files.getAttribute(path, "unix:dev");
        } catch (IOException cannot) {
            throw new java.io.UncheckedIOException(cannot);
        }
    }

    /** The authorised key is taken away from web-2; the remedy is a new pair of keys. */
    private static Fault keyReplaced(FaultLab lab) {
        SshKeys old = lab.slipway().client();
        return new Fault(
                "the authorised key taken away from web-2, then a new pair of keys for all",
                "web-2",
                Optional.of("web-2"),
                () -> lab.fleet().web(2).authoriseOnly("# nobody"),
                () -> {
                    Path made = lab.directory().resolve("id_new_" + System.nanoTime());
                    SshKeys replacement = SshKeys.inFile(made, SshKeys.Type.ED25519);
                    lab.fleet().servers().forEach(server -> server.authoriseOnly(replacement.publicKey()));
                    Files.move(made, old.privateKey(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                },
                () -> true,
                NOTHING,
                NOTHING);
    }

    private static void show(Case one) throws Exception {
        FaultLab lab = lab();
        assumeTrue(
                lab.hasSmallDisk()
                        || !Set.of("disk full", "disk read-only", "work directory elsewhere")
                                .contains(one.name()),
                "only root has a small disk to fill");
        String fault = one.name();
        String happened = "";
        String sees = "";
        long began = System.nanoTime();
        boolean passed = false;
        boolean due = false;
        Set<Invariant> checked = Set.of();
        lab.newSite();
        try (Course course = new Course(lab, new Random(one.name().hashCode()))) {
            Fault struck = upTo(one, lab, course);
            due = true;
            fault = struck.name();
            began = System.nanoTime();
            Instant from = Course.now();
            // Some faults take a while to do, and nobody is to wait at a gate for so long that he gives up.
            LATER.schedule(lab.fleet()::openGates, 500, TimeUnit.MILLISECONDS);
            struck.strike();
            Future<Boolean> healed = LATER.schedule(
                    () -> {
                        boolean seen = struck.fired().getAsBoolean();
                        struck.heal();
                        return seen;
                    },
                    one.hold().toMillis(),
                    TimeUnit.MILLISECONDS);
            lab.fleet().openGates();
            if (one.moment() == Moment.BEFORE) {
                course.create();
            }
            ReleaseState end = course.drive(healed::isDone, () -> false);
            boolean fired = fired(healed);
            lab.heal();
            double seconds = (System.nanoTime() - began) / 1e9;
            course.disturbed(struck.name(), struck.server(), from, Course.now());
            Evidence evidence = course.evidence();
            checked = Checker.checkable(evidence);
            happened = told(evidence, end);
            sees = seen(course, evidence, from);
            List<String> violations = violations(one, evidence);
            passed = fired && violations.isEmpty() && end == ReleaseState.COMPLETED;
            RESULTS.write(FaultResults.line(
                    "FaultsIT: " + one.name(), fault, happened, sees, one.bound(), seconds, passed, checked));
            assertThat(violations).as("what is wrong behind: %s", fault).isEmpty();
            assertThat(fired).as("'%s' was seen to happen", fault).isTrue();
            assertThat(course.journals())
                    .as("journals are for people")
                    .noneMatch(line -> line.matches("(?s).*(SSH_MSG|Channel[A-Z]|Impl\\[|Exception).*"));
            assertThat(end).isEqualTo(ReleaseState.COMPLETED);
        } catch (Exception | Error failed) {
            if (due && happened.isEmpty()) {
                RESULTS.write(FaultResults.line(
                        "FaultsIT: " + one.name(),
                        fault,
                        "it did not end: " + failed.getMessage(),
                        sees,
                        one.bound(),
                        (System.nanoTime() - began) / 1e9,
                        false,
                        checked));
            }
            if (happened.isEmpty()) {
                // Whatever did not end is still under way.
                lab.close();
                FaultsIT.lab = null;
            }
            throw failed;
        }
    }

    /** Takes the release to the moment, and makes the fault. */
    private static Fault upTo(Case one, FaultLab lab, Course course) {
        Fleet fleet = lab.fleet();
        switch (one.moment()) {
            case BEFORE -> {}
            case BETA_COPY -> {
                fleet.beta().tar().close();
                course.create();
                fleet.beta().tar().awaitArrivals(1);
            }
            case BACKUP -> {
                course.create();
                course.await(ReleaseState.BETA_COPIED);
                fleet.chosen().tar().close();
                course.act("promote");
                fleet.chosen().tar().awaitArrivals(1);
            }
            case SERVER_COPY -> {
                course.create();
                course.await(ReleaseState.BETA_COPIED);
                fleet.web(2).tar().close();
                course.act("promote");
                fleet.web(2).tar().awaitArrivals(1);
            }
            case IN_MID_FILE, IN_MID_FILE_ON_WEB_3 -> {
                FleetServer server = fleet.web(one.moment() == Moment.IN_MID_FILE ? 2 : 3);
                course.create();
                course.await(ReleaseState.BETA_COPIED);
                course.act("promote");
                Await.until(TIME, "a part of a file to come to " + server, () -> staged(server) > 100_000);
            }
        }
        return one.fault().apply(lab);
    }

    /** How many bytes are staged on a server. */
    private static long staged(FleetServer server) throws IOException {
        try (Stream<Path> files = Files.walk(server.workDirectory().resolve("staging"))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static boolean fired(Future<Boolean> healed) throws Exception {
        try {
            return healed.get(TIME.toSeconds() + 600, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw new IllegalStateException("what was done cannot be undone", failed.getCause());
        }
    }

    /** A deleted topic takes with it what it held: of its records, only those that came behind it can be asked for. */
    private static List<String> violations(Case one, Evidence evidence) {
        List<String> violations = Checker.violations(evidence);
        if (!one.name().equals("topic deleted")) {
            return violations;
        }
        assertThat(evidence.eventIds())
                .as("the topic was made anew, and the last of each server came to it")
                .anyMatch(id -> id.startsWith("server/"));
        return violations.stream()
                .filter(line -> !line.startsWith(Invariant.PUBLISHED_IN_ORDER + ": transition server/")
                        && !line.startsWith(Invariant.TOPICS_TELL_THE_TRUTH + ": the topics do not tell"))
                .toList();
    }

    private static String told(Evidence evidence, ReleaseState end) {
        History history = evidence.history();
        TreeSet<String> what = new TreeSet<>();
        Checker.takeovers(history)
                .forEach(taken -> what.add("%s's lease ran out and was taken up %d ms later"
                        .formatted(
                                taken.owner(),
                                Duration.between(taken.ranOut(), taken.at()).toMillis())));
        history.log().stream()
                .map(Move::reason)
                .filter(reason -> reason.endsWith("gave it back"))
                .forEach(what::add);
        long failed = history.log().stream()
                .filter(move -> move.to().equals("ERROR") || move.to().equals("BETA_COPY_FAILED"))
                .count();
        long retried = history.log().stream()
                .filter(move ->
                        move.from().equals("PRODUCTION_FAILED") || move.from().equals("BETA_COPY_FAILED"))
                .count();
        long again = history.log().stream()
                .filter(move -> move.from().equals("LOCKED") && move.to().equals("COPYING"))
                .filter(move ->
                        !move.reason().endsWith("ran out") && !move.reason().endsWith("gave it back"))
                .count();
        if (again > 0) {
            what.add("%d tries failed and were made again without a person".formatted(again));
        }
        if (failed > 0) {
            what.add("%d copies failed".formatted(failed));
        }
        what.add(retried == 0 ? end + " with nobody's help" : end + " after %d retries by a person".formatted(retried));
        return String.join("; ", what);
    }

    private static String seen(Course course, Evidence evidence, Instant from) {
        long unanswered = evidence.history().calls().stream()
                .filter(call -> call.sent().isAfter(from) && (call.status() == 0 || call.status() >= 500))
                .count();
        String release = course.journals().isEmpty()
                ? "a release that takes longer"
                : "journal: " + course.journals().getFirst();
        return unanswered == 0
                ? release
                : "%s; %d calls were not answered, and were once it was over".formatted(release, unanswered);
    }
}
