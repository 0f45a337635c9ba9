package org.slipway.benchmarks;

import static org.slipway.benchmarks.Figures.shown;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slipway.embedded.Await;
import org.slipway.embedded.EmbeddedKafka;
import org.slipway.embedded.EmbeddedPostgres;
import org.slipway.embedded.OpenSshServer;
import org.slipway.embedded.ServiceJvm;
import org.slipway.model.ReleaseState;
import org.slipway.system.FleetServer;
import org.slipway.system.Project;
import org.slipway.system.ServiceProcess;
import org.slipway.system.Slipway;
import org.slipway.testing.Database;

/**
 * Measures the services as they run in production: durable PostgreSQL, a Kafka broker, default settings, two server-workers. Prints its
 * tables and puts them into docs/benchmarks.md.
 */
final class ServicesBenchmark {
    private static final List<String> ALL = List.of("releases", "events", "big", "footprint");
    private static final int WARM_UP = 10;
    private static final int MEASURED = 20;
    private static final int SINGLE_EVENTS = 200;
    private static final int STARTS = 3;
    private static final int MOST_MIB = 244;
    private static final int BIG_FILE_MIB = 256;
    private static final int BIG_FILE_SERVERS = 3;
    private static final int BIG_FILE_WARM_UP = 2;
    private static final int BIG_FILE_MEASURED = 5;

    /** A loop that had work collects what that left five seconds after its last piece. */
    private static final Duration UNTIL_AT_REST = Duration.ofSeconds(10);

    private static final Duration UNTIL_TOPICS = Duration.ofSeconds(30);

    private final StringBuilder report = new StringBuilder();

    private ServicesBenchmark() {}

    /**
     * {@code args}: which of {@code releases}, {@code events}, {@code big}, {@code footprint} to measure; none or {@code all} for
     * all.
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        List<String> wanted = Stream.of(args)
                .flatMap(arg -> Stream.of(arg.split(",", -1)))
                .filter(arg -> !arg.isBlank())
                .toList();
        if (wanted.isEmpty() || wanted.contains("all")) {
            wanted = ALL;
        }
        ServicesBenchmark benchmark = new ServicesBenchmark();
        benchmark.run(wanted);
        if (wanted.containsAll(ALL)) {
            BenchmarksPage.put("Services", benchmark.report.toString());
        }
    }

    private void run(List<String> wanted) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("slipway-benchmark-");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory.resolve("postgres"));
                EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"))) {
            postgres.createDatabase("slipway");
            Database database = new Database(postgres.jdbcUrl("slipway"), postgres.user(), postgres.password());
            try (Slipway slipway = Slipway.start(2, database, kafka.bootstrapServers(), Map.of())) {
                Project first = slipway.newProject(1);
                try (EventWatch events = whenThereAreTopics(kafka)) {
                    tell(BenchmarksPage.circumstances("mvn -Pbenchmarks"));
                    if (wanted.contains("releases")) {
                        releases(slipway, events);
                    }
                    if (wanted.contains("events")) {
                        singleEvents(first, events);
                    }
                    if (wanted.contains("big") && OpenSshServer.available()) {
                        bigFile(slipway, events);
                    }
                }
                if (wanted.contains("footprint")) {
                    footprint(slipway);
                }
            }
        } finally {
            delete(directory);
        }
    }

    private static EventWatch whenThereAreTopics(EmbeddedKafka kafka) {
        return Await.untilPresent(UNTIL_TOPICS, "the topics", () -> {
            EventWatch watch = new EventWatch(kafka.bootstrapServers());
            if (watch.sees()) {
                return Optional.of(watch);
            }
            watch.close();
            return Optional.empty();
        });
    }

    private void releases(Slipway slipway, EventWatch events) {
        Table times = new Table("servers", "SSH server", "runs", "median s", "min s", "max s");
        List<Double> underWay = new ArrayList<>();
        for (FleetServer.Kind kind : List.of(FleetServer.Kind.LOOPBACK, FleetServer.Kind.OPENSSH)) {
            if (kind == FleetServer.Kind.OPENSSH && !OpenSshServer.available()) {
                tell("OpenSSH's sshd is not installed, so it was not measured.\n");
                continue;
            }
            for (int servers : List.of(3, 20)) {
                Project project = slipway.newProject(servers, kind);
                List<Double> seconds = new ArrayList<>();
                for (int run = 1; run <= WARM_UP + MEASURED; run++) {
                    project.fleet().development().write("index.html", "<p>This is page no. " + run + "\n");
                    if (run == WARM_UP + 1) {
                        events.takeMillisUnderWay();
                    }
                    double took = release(project, events);
                    if (run > WARM_UP) {
                        seconds.add(took);
                    }
                }
                underWay.addAll(events.takeMillisUnderWay());
                Figures figures = Figures.of(seconds);
                times.row(
                        Integer.toString(servers),
                        kind == FleetServer.Kind.OPENSSH ? "OpenSSH sshd" : "MINA in one JVM",
                        Integer.toString(figures.count()),
                        shown(figures.median(), 2),
                        shown(figures.smallest(), 2),
                        shown(figures.largest(), 2));
                project.fleet().close();
            }
        }
        tell("### One file, from POST to COMPLETED\n\n"
                + "Development → beta, promoted at once, backup, every business server; two server-workers; warm (after "
                + WARM_UP + " runs). Goal: 20 servers in less than 2 s.\n\n" + times);
        Figures figures = Figures.of(underWay);
        tell("The events of these runs, from the time in the row of the log (before its commit) to a consumer: "
                + "median %s ms, 99 %% within %s ms, %d events.\n"
                        .formatted(shown(figures.median(), 1), shown(figures.percentile(99), 1), figures.count()));
    }

    private static double release(Project project, EventWatch events) {
        long began = System.nanoTime();
        int release = project.release("index.html");
        events.await(project.name(), release, ReleaseState.BETA_COPIED);
        project.promote(release);
        return (events.await(project.name(), release, ReleaseState.COMPLETED) - began) / 1e9;
    }

    /** What the JVM options of a service cost or bring where much goes through it: ciphers and hashes. */
    private void bigFile(Slipway slipway, EventWatch events) throws IOException {
        List<Double> toBeta = new ArrayList<>();
        List<Double> toAll = new ArrayList<>();
        Project project = slipway.newProject(BIG_FILE_SERVERS, FleetServer.Kind.OPENSSH);
        for (int run = 1; run <= BIG_FILE_WARM_UP + BIG_FILE_MEASURED; run++) {
            RandomFile.write(
                    project.fleet().development().tree().resolve("big.bin"),
                    (long) BIG_FILE_MIB << 20,
                    new Random(run));
            long began = System.nanoTime();
            int release = project.release("big.bin");
            double beta = (events.await(project.name(), release, ReleaseState.BETA_COPIED) - began) / 1e9;
            project.promote(release);
            long backedUp = events.await(project.name(), release, ReleaseState.PRODUCTION_COPYING);
            double all = (events.await(project.name(), release, ReleaseState.COMPLETED) - backedUp) / 1e9;
            if (run > BIG_FILE_WARM_UP) {
                toBeta.add(beta);
                toAll.add(all);
            }
        }
        project.fleet().close();
        Table table = new Table("way", "runs", "median s", "min s", "max s", "MB/s");
        row(table, "POST to BETA_COPIED: development → beta", toBeta, 1);
        row(table, "PRODUCTION_COPYING to COMPLETED: beta → " + BIG_FILE_SERVERS + " servers", toAll, BIG_FILE_SERVERS);
        tell("### One incompressible file of " + BIG_FILE_MIB + " MiB\n\n"
                + "OpenSSH sshd, everything on these cores; a new content each time; after " + BIG_FILE_WARM_UP
                + " runs. MB/s: what reached the servers, all together, in the median time.\n\n" + table);
    }

    private static void row(Table table, String way, List<Double> seconds, int servers) {
        Figures figures = Figures.of(seconds);
        table.row(
                way,
                Integer.toString(figures.count()),
                shown(figures.median(), 2),
                shown(figures.smallest(), 2),
                shown(figures.largest(), 2),
                shown((double) servers * (BIG_FILE_MIB << 20) / 1e6 / figures.median(), 0));
    }

    private void singleEvents(Project project, EventWatch events) {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < SINGLE_EVENTS; i++) {
            int release = project.post(false, null, "index.html")
                    .expecting(201)
                    .body()
                    .get("number")
                    .asInt();
            events.await(project.name(), release, ReleaseState.CREATED);
            events.takeMillisUnderWay();
            project.cancel(release);
            events.await(project.name(), release, ReleaseState.CANCELLED);
            millis.addAll(events.takeMillisUnderWay());
        }
        Figures figures = Figures.of(millis);
        Table table = new Table("events", "median ms", "99 % within ms", "max ms");
        table.row(
                Integer.toString(figures.count()),
                shown(figures.median(), 1),
                shown(figures.percentile(99), 1),
                shown(figures.largest(), 1));
        tell(
                "### From a commit to its event in Kafka\n\nOne transition at a time, from the time in the row of the log (before its commit,"
                        + " which is fsynced) to a consumer. Goal: less than 20 ms at the median.\n\n" + table);
    }

    private void footprint(Slipway slipway) throws InterruptedException {
        Table table = new Table("service", "start to ready s", "RSS MiB", "PSS MiB", "most RSS MiB");
        Map<String, long[]> memory = new HashMap<>();
        Thread.sleep(UNTIL_AT_REST);
        slipway.processes().forEach(process -> memory.put(process.instance(), memory(process)));
        slipway.processes()
                .filter(process -> !process.instance().startsWith("server-worker-2"))
                .forEach(process -> {
                    List<Double> starts = new ArrayList<>();
                    for (int i = 0; i < STARTS; i++) {
                        process.stop();
                        process.start();
                        starts.add(process.startUp().toMillis() / 1000.0);
                    }
                    long[] used = Objects.requireNonNull(memory.get(process.instance()));
                    table.row(
                            process.application().module(),
                            shown(Figures.of(starts).median(), 1),
                            Long.toString(used[0]),
                            Long.toString(used[1]),
                            Long.toString(used[2]));
                });
        tell("### Start-up and memory\n\n`" + ServiceJvm.shown()
                + "`, without an AOT cache. Start-up: median of " + STARTS
                + ", with everything else running on the same cores. RSS and PSS "
                + UNTIL_AT_REST.toSeconds()
                + " s after all of the above, and the most that was resident at any time (`VmHWM`)."
                + " Goal: at most 256 MB (" + MOST_MIB + " MiB) a service.\n\n"
                + table);
        tell("Over the goal at rest: " + overTheGoal(memory, 0) + "; at the most: " + overTheGoal(memory, 2) + ".\n");
    }

    private static String overTheGoal(Map<String, long[]> memory, int figure) {
        String over = memory.entrySet().stream()
                .filter(service -> service.getValue()[figure] > MOST_MIB)
                .map(service -> service.getKey().replaceFirst("-of-[0-9]+$", ""))
                .sorted()
                .collect(Collectors.joining(", "));
        return over.isEmpty() ? "none" : over;
    }

    private static long[] memory(ServiceProcess process) {
        Path proc = Path.of("/proc", Long.toString(process.pid()));
        return new long[] {
            Machine.field(proc.resolve("status"), "VmRSS") / 1024,
            Machine.field(proc.resolve("smaps_rollup"), "Pss") / 1024,
            Machine.field(proc.resolve("status"), "VmHWM") / 1024
        };
    }

    private void tell(String text) {
        System.out.println(text);
        report.append(text).append('\n');
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
