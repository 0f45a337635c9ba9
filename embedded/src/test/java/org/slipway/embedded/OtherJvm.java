package org.slipway.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A parent that can be killed: a JVM that starts what it is told, says its pid, and then only lives. */
record OtherJvm(ChildProcess process, String said, long lifeline) {

    private static final String SAYS = "STARTED ";

    static OtherJvm start(Path directory, String what) throws InterruptedException {
        BlockingQueue<String> said = new LinkedBlockingQueue<>();
        ChildProcess jvm = ChildProcess.start(
                new ChildProcess.Launch(
                        "another JVM",
                        List.of(
                                ChildProcess.java(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                OtherJvm.class.getName(),
                                what,
                                directory.toString()),
                        Map.of(),
                        directory,
                        directory.resolve("other-jvm.log")),
                line -> {
                    if (line.startsWith(SAYS)) {
                        said.add(line.substring(SAYS.length()));
                    }
                });
        String line = said.poll(60, TimeUnit.SECONDS);
        if (line == null) {
            throw new IllegalStateException(jvm.readLog());
        }
        long lifeline = ProcessHandle.of(jvm.pid())
                .orElseThrow()
                .children()
                .filter(child -> child.info().commandLine().orElse("").contains("trap"))
                .findFirst()
                .orElseThrow()
                .pid();
        return new OtherJvm(jvm, line, lifeline);
    }

    /** The worst case: nobody is left who could end the children. */
    void killAndNobodyWatching() {
        Signal.KILL.send(lifeline);
        Await.until(Duration.ofSeconds(5), "the lifeline to be gone", () -> ProcessTable.startTicks(lifeline)
                .isEmpty());
        process.killHard();
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[1]);
        long pid =
                switch (arguments[0]) {
                    case "postgres" ->
                        EmbeddedPostgres.start(
                                        new EmbeddedPostgres.Settings(directory, 0, EmbeddedPostgres.Durability.FAST))
                                .pid();
                    case "many" -> {
                        ChildProcess first = sleep(directory);
                        for (int i = 0; i < 250; i++) {
                            Process ended = new ProcessBuilder("true").start();
                            Lifeline.hold(ended.pid(), Signal.TERM);
                            ended.waitFor();
                        }
                        yield first.pid();
                    }
                    case "kafka" -> EmbeddedKafka.start(directory).pid();
                    case "sleep" -> {
                        ChildProcess sleep = sleep(directory);
                        Leftovers.end(directory.resolve("processes"))
                                .leftovers()
                                .add(sleep);
                        yield sleep.pid();
                    }
                    default -> throw new IllegalArgumentException(arguments[0]);
                };
        System.out.println(SAYS + pid);
        System.out.flush();
        Thread.currentThread().join();
    }

    private static ChildProcess sleep(Path directory) {
        return ChildProcess.start(new ChildProcess.Launch(
                "sleep", List.of("sleep", "1000"), Map.of(), directory, directory.resolve("sleep.log")));
    }
}
