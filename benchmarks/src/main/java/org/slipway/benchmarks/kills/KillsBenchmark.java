package org.slipway.benchmarks.kills;

import static org.slipway.benchmarks.Figures.shown;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slipway.benchmarks.BenchmarksPage;
import org.slipway.benchmarks.kills.Tool.Again;
import org.slipway.benchmarks.kills.Tool.Strike;
import org.slipway.embedded.OpenSshServer;
import org.slipway.system.History;
import org.slipway.system.History.FileSeen;
import org.slipway.system.TreeWatch;

/**
 * Releases with Slipway and with what people use instead, kills who copies in the middle, and looks at what is left. Prints its tables
 * and puts them into docs/benchmarks.md.
 */
public final class KillsBenchmark {
    private static final int SERVERS = 3;
    private static final int BIG_MB = 60;
    private static final int FILES_FOR_ANSIBLE_COPY = 10;
    private static final double EARLIER = 0.7;
    private static final int MOST_TOO_LATE = 5;
    private static final Duration QUIET = Duration.ofSeconds(5);
    private static final Duration UNTIL_QUIET = Duration.ofSeconds(40);

    private final Options options;
    private final Path directory;

    private KillsBenchmark(Options options, Path directory) {
        this.options = options;
        this.directory = directory;
    }

    public static void main(String[] args) throws Exception {
        if (List.of(args).stream().anyMatch(arg -> arg.contains("--help"))) {
            System.out.println(Options.USAGE);
            return;
        }
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage() + "\n\n" + Options.USAGE);
            System.exit(2);
            return;
        }
        if (!OpenSshServer.available()) {
            System.err.println("OpenSSH's sshd is not installed: install openssh-server");
            System.exit(2);
        }
        Path directory = Files.createTempDirectory("slipway-kills-").toRealPath();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(directory)));
        new KillsBenchmark(options, directory).run();
    }

    private static void remove(Path directory) {
        try {
            new ProcessBuilder("rm", "-rf", "--", directory.toString()).start().waitFor();
        } catch (IOException cannot) {
            System.err.println("not removed: " + directory);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Opens a tool when its turn comes. */
    @FunctionalInterface
    private interface Opening {
        Tool open() throws Exception;
    }

    private void run() throws Exception {
        List<Kill> schedule = Kill.schedule(options.kills(), options.seed());
        List<Series> all = new ArrayList<>();
        Site site = new Site(options.files(), BIG_MB);
        for (Map.Entry<String, Opening> tool : tools(site)) {
            if (options.wants(tool.getKey())) {
                try (Tool opened = tool.getValue().open()) {
                    all.add(series(opened, schedule));
                }
            }
        }
        String text = text(schedule, all);
        System.out.println("\n" + text);
        Optional<String> whyNot = options.whyNoPage();
        if (whyNot.isPresent()) {
            System.out.println("docs/benchmarks.md is left as it is: " + whyNot.get() + ".");
        } else {
            BenchmarksPage.put("Side by side under kills", text);
        }
    }

    private List<Map.Entry<String, Opening>> tools(Site site) {
        List<Map.Entry<String, Opening>> tools = new ArrayList<>();
        tools.add(Map.entry("Slipway", () -> new SlipwayTool(site, directory, SERVERS)));
        for (ScriptTool.Kind kind : ScriptTool.Kind.values()) {
            Site given = kind == ScriptTool.Kind.ANSIBLE_COPY ? new Site(FILES_FOR_ANSIBLE_COPY, BIG_MB) : site;
            tools.add(Map.entry(
                    kind.title(),
                    () -> new ScriptTool(kind, given, directory.resolve("tool-" + kind.ordinal()), SERVERS)));
        }
        return tools;
    }

    private Series series(Tool tool, List<Kill> schedule) throws Exception {
        System.out.println("\n# " + tool.title());
        // The first release finds nothing there; the second one, which is timed, is as all that follow.
        Edition first = tool.site().write(tool.source(), 1);
        tool.release();
        tool.note();
        Edition last = tool.site().write(tool.source(), 2);
        String undisturbed;
        try (TreeWatch watch = watch(tool)) {
            double seconds = tool.release();
            undisturbed = "Undisturbed, a release took %s s%s; "
                    .formatted(
                            shown(seconds, 1), tool instanceof SlipwayTool slipway ? " (" + slipway.parts() + ")" : "");
            List<FileSeen> seen = watch.seen().files();
            undisturbed += Series.seen(torn(tool, seen, first, last), mixedSeconds(tool, seen, last));
        }
        System.out.println("  " + undisturbed);
        demandAllNew(tool, Look.at(tool, last, last));
        List<Trial> trials = new ArrayList<>();
        for (Kill kill : schedule) {
            double fraction = kill.fraction();
            int tooLate = 0;
            Optional<Trial> trial = Optional.empty();
            while (trial.isEmpty()) {
                Edition next = tool.site().write(tool.source(), last.number() + 1);
                trial = trial(tool, kill, fraction, tooLate, last, next);
                last = next;
                fraction *= EARLIER;
                tooLate++;
                if (trial.isEmpty() && tooLate > MOST_TOO_LATE) {
                    throw new IllegalStateException(
                            "kill %d of %s is too late each time".formatted(kill.number(), tool.title()));
                }
            }
            trials.add(trial.get());
        }
        return new Series(
                tool.title(), tool.described(), tool.victims(), tool.site().toString(), undisturbed, trials);
    }

    private static TreeWatch watch(Tool tool) {
        return TreeWatch.of(
                tool.fleet().business(),
                tool.site().watched().stream().map(path -> tool.prefix() + path).toList());
    }

    /** Empty where the kill came too late. */
    private static Optional<Trial> trial(
            Tool tool, Kill kill, double fraction, int tooLate, Edition before, Edition released) throws Exception {
        try (TreeWatch watch = watch(tool)) {
            Strike strike = tool.strike(kill, fraction);
            if (!strike.hit()) {
                System.out.println(
                        "  kill %d came too late, after %s s".formatted(kill.number(), shown(strike.seconds(), 2)));
                tool.mend();
                demandAllNew(tool, Look.at(tool, before, released));
                return Optional.empty();
            }
            long killed = System.nanoTime();
            tool.awaitTakeOver();
            Look.awaitQuiet(tool, QUIET, UNTIL_QUIET);
            double waited = (System.nanoTime() - killed) / 1e9;
            Look left = Look.at(tool, before, released);
            Again again = tool.again();
            Look.awaitQuiet(tool, Duration.ofSeconds(1), UNTIL_QUIET);
            Look after = Look.at(tool, before, released);
            List<FileSeen> seen = watch.seen().files();
            Trial trial = new Trial(
                    kill,
                    strike,
                    tooLate,
                    waited,
                    left,
                    again,
                    after,
                    torn(tool, seen, before, released),
                    mixedSeconds(tool, seen, released));
            System.out.println("  kill %d, %s after %s s: left %s, leftovers %s; again %s; torn %s"
                    .formatted(
                            kill.number(),
                            strike.victim(),
                            shown(strike.seconds(), 2),
                            left.standings(),
                            left.leftovers(),
                            again,
                            trial.torn()));
            System.out.println("    after that %s, leftovers %s".formatted(after.standings(), after.leftovers()));
            tool.mend();
            after.clean(tool);
            if (!after.allNew()) {
                tool.release();
                demandAllNew(tool, Look.at(tool, before, released));
            }
            return Optional.of(trial);
        }
    }

    private static void demandAllNew(Tool tool, Look look) {
        if (!look.allNew()) {
            throw new IllegalStateException(
                    "a release by %s that nobody killed left %s".formatted(tool.title(), look.standings()));
        }
    }

    /** Each once: the server, the path and what was wrong with it. */
    private static List<String> torn(Tool tool, List<FileSeen> seen, Edition before, Edition released) {
        SortedSet<String> torn = new TreeSet<>();
        for (FileSeen file : seen) {
            String path = file.path().substring(tool.prefix().length());
            if (file.hash().equals(History.ABSENT)) {
                torn.add(file.server() + ": " + path + " missing");
            } else if (!file.hash().equals(before.hashes().get(path))
                    && !file.hash().equals(released.hashes().get(path))) {
                torn.add(file.server() + ": " + path + " half-written");
            }
        }
        return torn.stream().map(what -> what.substring(what.indexOf(' ') + 1)).toList();
    }

    /** From the first file of a server that became new to the last one; negative where files do not become new by a change. */
    private static double mixedSeconds(Tool tool, List<FileSeen> seen, Edition released) {
        if (!tool.prefix().isEmpty()) {
            return -1;
        }
        Map<String, Instant> first = new HashMap<>();
        Map<String, Instant> last = new HashMap<>();
        for (FileSeen file : seen) {
            if (file.hash().equals(released.hashes().get(file.path()))) {
                first.merge(file.server(), file.changed(), (one, other) -> one.isBefore(other) ? one : other);
                last.merge(file.server(), file.changed(), (one, other) -> one.isAfter(other) ? one : other);
            }
        }
        return first.entrySet().stream()
                .mapToDouble(server ->
                        Duration.between(server.getValue(), last.getOrDefault(server.getKey(), server.getValue()))
                                        .toNanos()
                                / 1e9)
                .max()
                .orElse(0);
    }

    private String text(List<Kill> schedule, List<Series> all) throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder();
        text.append(BenchmarksPage.circumstances(
                "benchmarks/kills --kills %d --seed %d".formatted(options.kills(), options.seed())));
        text.append("%s; %s; OpenSSH servers on loopback.\n\n"
                .formatted(firstLine("rsync", "--version"), firstLine("ansible", "--version")));
        text.append(HOW.formatted(
                QUIET.toSeconds(),
                SlipwayTool.TAKE_OVER.toSeconds(),
                schedule.stream().map(kill -> shown(kill.fraction(), 2)).toList()));
        text.append("\n").append(Series.summary(all)).append("\n");
        all.forEach(series -> text.append(series.paragraph()).append("\n"));
        text.append("Every kill:\n\n").append(Series.kills(all));
        return text.toString();
    }

    private static String firstLine(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.lines().findFirst().orElse("").replaceAll(" {2,}", " ").strip();
    }

    private static final String HOW = """
            **What is done.** Three business servers hold release N-1 of a site, every file of which is another one in release N. A tool releases N, and in the
            middle of that whoever copies is killed with SIGKILL: a script with all processes of its session, of Slipway one process of a service
            while others of the same service live. Then nobody touches anything until nothing has changed on any server for %d s (Slipway's client goes
            on waiting for its release, for up to %d s), and the servers are looked at: every file by its SHA-256, and every path that belongs neither to the
            site nor to what the tool keeps there on purpose. Then the tool is run again, and the servers are looked at once more. What is left
            over then is removed before the next kill. All this time a reader looks at eight of the files on each server.

            Kills come at these fractions of the time that the tool took undisturbed, for every tool the same: %s. Slipway's time is
            that of the part of a release which the killed service does. Scripts and playbooks are in
            `benchmarks/src/main/resources/org/slipway/benchmarks/kills`.
            """;
}
