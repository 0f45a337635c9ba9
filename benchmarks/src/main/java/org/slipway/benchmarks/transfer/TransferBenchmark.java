package org.slipway.benchmarks.transfer;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slipway.benchmarks.BenchmarksPage;
import org.slipway.benchmarks.transfer.Outcome.Failed;
import org.slipway.benchmarks.transfer.Outcome.Measured;
import org.slipway.benchmarks.transfer.Outcome.OverLimit;
import org.slipway.benchmarks.transfer.Tool.Deadline;
import org.slipway.benchmarks.transfer.Tool.OverLimitException;
import org.slipway.benchmarks.transfer.Workload.Tree;
import org.slipway.benchmarks.transfer.Workload.Way;
import org.slipway.embedded.Await;
import org.slipway.transfer.TransferException;

/**
 * Copies with Slipway's engine and with what people use instead, in turns, and compares. Prints its tables and puts those of whole
 * measurements into docs/benchmarks.md.
 */
public final class TransferBenchmark {
    private static final Duration UNTIL_SERVED = Duration.ofSeconds(10);

    private final Options options;
    private final Lab lab;
    private final SourceTrees trees;
    private final List<Tool> tools;

    private TransferBenchmark(Options options, Lab lab, List<Tool> tools) {
        this.options = options;
        this.lab = lab;
        this.trees = new SourceTrees(lab.directory().resolve("sources"), options.bigMib());
        this.tools = tools;
    }

    public static void main(String[] args) throws Exception {
        if (List.of(args).contains("--help")) {
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
        List<String> faults = new ArrayList<>();
        AtomicBoolean interrupted = new AtomicBoolean();
        Lab lab = Lab.open(needBytes(options));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            interrupted.set(true);
            lab.close();
        }));
        try (lab) {
            List<SlipwayTool> slipways = Stream.of(SlipwayTool.Mode.values())
                    .map(mode -> new SlipwayTool(mode, lab))
                    .toList();
            List<Tool> tools = new ArrayList<>(slipways);
            Stream.of(Peer.Kind.values()).forEach(kind -> tools.add(new Peer(kind, lab)));
            TransferBenchmark benchmark = new TransferBenchmark(
                    options, lab, tools.stream().filter(options::wants).toList());
            for (Workload workload : options.workloads()) {
                faults.addAll(benchmark.measure(workload.withServers(options.servers())));
            }
            slipways.forEach(SlipwayTool::close);
        } catch (Exception e) {
            if (!interrupted.get()) {
                throw e;
            }
        }
        faults.forEach(fault -> System.err.println("WRONG: " + fault));
        System.exit(faults.isEmpty() ? 0 : 1);
    }

    /** What the biggest of these workloads writes at the same time: sources, targets, the worker's share, and some air. */
    private static long needBytes(Options options) {
        long biggest = 0;
        for (Workload workload : options.workloads()) {
            long tree = workload.tree() == Tree.BIG ? (long) options.bigMib() << 20 : 300L << 20;
            biggest = Math.max(biggest, tree * (workload.way() == Way.MANY ? 1 : workload.targets() + 4));
        }
        return biggest + (2L << 30);
    }

    /** Measures one workload, and returns what was wrong with Slipway in it. */
    private List<String> measure(Workload workload) throws Exception {
        lab.ready(workload.line());
        Scene scene = lab.scene(workload, trees);
        List<Series> series = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (Tool tool : tools) {
            if (tool.isFor(workload)) {
                tool.missing()
                        .ifPresentOrElse(
                                why -> missing.add(tool.title() + " (" + why + ")"),
                                () -> series.add(new Series(tool)));
            }
        }
        System.out.println("\n# " + workload.id() + ": " + workload.title());
        for (int round = 1; round <= options.warmUps() + options.runs(); round++) {
            for (Series one : series) {
                if (one.goesOn()) {
                    Outcome outcome = run(one.tool(), scene);
                    one.add(outcome, round > options.warmUps());
                    System.out.println(
                            "  round %d, %s: %s".formatted(round, one.tool().title(), outcome));
                }
            }
        }
        Report report = new Report(workload, series);
        String text = described(workload, scene, missing) + "\n" + report.times() + "\n"
                + report.ratios().orElse("");
        System.out.println("\n## " + section(workload) + "\n\n" + text);
        Optional<String> whyNot = options.whyNoPage();
        if (whyNot.isPresent()) {
            System.out.println("docs/benchmarks.md is left as it is: " + whyNot.get() + ".");
        } else {
            BenchmarksPage.put("Transfer", HOW);
            BenchmarksPage.put(section(workload), text);
        }
        return report.faults();
    }

    private static String section(Workload workload) {
        return "Transfer " + workload.id() + ": " + workload.title();
    }

    private String described(Workload workload, Scene scene, List<String> missing) throws IOException {
        String described = BenchmarksPage.circumstances("benchmarks/transfer " + workload.id())
                + "%s; %s. %d runs of each tool in turns after %d that do not count. Sessions of the servers leave out the user's own profile.\n"
                        .formatted(
                                SourceTrees.described(scene.source()),
                                lab.described(),
                                options.runs(),
                                options.warmUps());
        return missing.isEmpty() ? described : described + "Not measured: " + String.join(", ", missing) + ".\n";
    }

    private Outcome run(Tool tool, Scene scene) throws Exception {
        lab.reset(scene, trees);
        Outcome outcome = timed(tool, scene);
        if (tool instanceof Peer peer && peer.kind() == Peer.Kind.ANSIBLE) {
            lab.endPersisted();
        }
        return outcome;
    }

    private Outcome timed(Tool tool, Scene scene) throws Exception {
        boolean slipway = tool instanceof SlipwayTool;
        try {
            Tool.Job job = tool.prepare(scene);
            settle();
            long serving = lab.serving();
            double client = slipway ? Cpu.ofThisJvm() : lab.toolsCpu();
            double server = lab.serverCpu();
            Memory.forgetPeakOfThisJvm();
            try (Memory memory = Memory.watch(() -> slipway ? List.of() : clientProcesses())) {
                long began = System.nanoTime();
                String strange = job.run(new Deadline(began + options.limit().toNanos()));
                double seconds = (System.nanoTime() - began) / 1e9;
                long peakMib = slipway ? Memory.peakMibOfThisJvm() : memory.peakMib();
                double clientUsed = (slipway ? Cpu.ofThisJvm() : lab.toolsCpu()) - client;
                awaitServed(serving, scene.workload());
                double serverUsed = lab.serverCpu() - server;
                if (!strange.isEmpty()) {
                    strange += " (" + lab.programs().lastLine() + ")";
                }
                return new Measured(seconds, clientUsed, serverUsed, peakMib, differences(scene), strange);
            }
        } catch (OverLimitException over) {
            return new OverLimit(options.limit());
        } catch (TransferException failed) {
            return new Failed(String.valueOf(failed.getMessage()));
        }
    }

    private List<ProcessHandle> clientProcesses() {
        return Stream.concat(lab.programs().running().stream(), lab.masters().stream())
                .toList();
    }

    /** What the last copy left to do must not be done while the next one is timed. */
    private static void settle() {
        System.gc();
    }

    /** A server's process is charged to its parent when it has ended; sessions that stay open are counted as they run. */
    private void awaitServed(long before, Workload workload) {
        if (workload.way() == Way.MANY) {
            return;
        }
        try {
            Await.until(UNTIL_SERVED, "sessions to end", () -> lab.serving() <= before);
        } catch (Await.TimedOutException stillThere) {
            // a session that stays open is counted while it lives
        }
    }

    private static Difference differences(Scene scene) throws IOException, InterruptedException {
        Difference all = Difference.NONE;
        for (Path end : scene.ends()) {
            Path copy = end.resolve(SourceTrees.NAME);
            all = all.and(
                    scene.workload().way() == Way.MANY
                            ? Difference.betweenSmall(scene.tree(), copy)
                            : Difference.between(scene.tree(), copy));
        }
        return all;
    }

    private static final String HOW = """
            Each section below was written by `benchmarks/transfer`, for one workload each, and says when and where.

            **What is timed.** Slipway stages, verifies the SHA-256 of every file on the target, makes it durable and publishes it atomically; the
            others do none of that. Its sessions are open and its JVM has run before, as in a worker, and has the options of one, a heap of 76 MiB
            among them. *From beta through the worker* reads everything from another directory of the server by SSH, through an empty cache, as in production: twice the way of the
            others. *From the sender's files* is the same copy without that first half, which is what the others do. *Shared
            connection* is a ControlMaster that is open before. One OpenSSH server on loopback holds all directories, so sender, both ends of SSH and disk
            share this machine's cores.

            **Protocol.** Tools run in turns. Before each run, outside of the clock, targets are emptied (or given the earlier release) and `sync` is
            called. A ratio is that of the medians, and in brackets the smallest and largest of those of each round. After the clock, `rsync -nrlpt --checksum --delete -i` compares
            every copy with its source; *trees equal* is what it said. A run over the time limit is not waited for, nor tried again.

            **CPU** is taken from `/proc/PID/stat`, with what ended children have used. Client: the programs, or the whole JVM
            with the benchmark in it. Servers: sshd and all that it started, on every server together, so for Slipway from beta also what beta does.
            **Memory** is the most of the largest run: for programs the sum of what is resident, seen every 50 ms, shared pages counted for each; for Slipway `VmHWM` of the
            JVM, started over before each run.

            The slow line is a TCP proxy in a JVM of its own: 10 ms later each way and 200 Mbit/s each way for all connections
            together; beta has one of its own.
            """;
}
