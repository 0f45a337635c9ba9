package org.slipway.benchmarks.transfer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slipway.benchmarks.transfer.Tool.Deadline;
import org.slipway.benchmarks.transfer.Tool.OverLimitException;

/** Runs programs, several at a time, until they end or their time is over. */
final class Programs {
    private final Path log;
    private final Set<Process> running = ConcurrentHashMap.newKeySet();

    /**
     * @param log what the programs of the last run said
     */
    Programs(Path log) {
        this.log = log;
    }

    static boolean isOnPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    /** What runs now. */
    Collection<ProcessHandle> running() {
        return running.stream().map(Process::toHandle).toList();
    }

    /**
     * Runs all, so many at a time.
     *
     * @return the exit statuses that are not 0, for people; empty when there are none
     */
    String run(List<List<String>> commands, int atOnce, Map<String, String> environment, Deadline deadline)
            throws IOException, InterruptedException, OverLimitException {
        Files.deleteIfExists(log);
        List<Integer> statuses = new ArrayList<>();
        List<Callable<Integer>> calls = commands.stream()
                .map(command -> (Callable<Integer>) () -> run(command, environment, deadline))
                .toList();
        try (ExecutorService executor = Executors.newFixedThreadPool(Math.min(atOnce, commands.size()))) {
            for (Future<Integer> future : executor.invokeAll(calls)) {
                statuses.add(future.get());
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case OverLimitException over -> throw over;
                case IOException cannot -> throw cannot;
                case null, default -> throw new IllegalStateException(e);
            }
        }
        return statuses.stream()
                .filter(status -> status != 0)
                .distinct()
                .map(status -> "exit status " + status)
                .collect(Collectors.joining(", "));
    }

    private int run(List<String> command, Map<String, String> environment, Deadline deadline)
            throws IOException, InterruptedException, OverLimitException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        running.add(process);
        try {
            process.getOutputStream().close();
            if (!process.waitFor(Math.max(0, deadline.nanosLeft()), TimeUnit.NANOSECONDS)) {
                kill(process);
                throw new OverLimitException();
            }
            return process.exitValue();
        } finally {
            running.remove(process);
        }
    }

    /** Runs one that has to go well, outside of any clock, and returns what it said. */
    static String demand(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException(String.join(" ", command) + " ended with status " + status + ": " + said);
        }
        return said;
    }

    /** The last line that a program of the last run said. */
    String lastLine() {
        try {
            return Files.readString(log, StandardCharsets.ISO_8859_1)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .reduce("", (before, line) -> line);
        } catch (IOException none) {
            return "";
        }
    }

    void killAll() {
        running.forEach(Programs::kill);
    }

    private static void kill(Process process) {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
    }
}
