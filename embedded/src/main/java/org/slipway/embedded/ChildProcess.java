package org.slipway.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A process that this JVM started and that ends with it: in a session of its own, so that Ctrl-C reaches only us and we
 * end the children in order, and on a {@link Lifeline}, so that {@code kill -9} of us ends them too.
 */
public final class ChildProcess implements AutoCloseable {

    /**
     * How a process is started.
     *
     * @param name for messages
     * @param command program and arguments
     * @param environment on top of ours
     * @param workingDirectory must exist
     * @param log where its output goes, appended
     */
    public record Launch(
            String name, List<String> command, Map<String, String> environment, Path workingDirectory, Path log) {
        public Launch {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }

    /** How long {@link #close()} waits before it kills. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    /** A killed process is gone as soon as the kernel comes to it. */
    private static final Duration UNTIL_KILLED = Duration.ofSeconds(20);

    /** What a process said before it ended is in the pipe by then; a child of its own may keep the pipe open. */
    private static final Duration UNTIL_LOGGED = Duration.ofSeconds(5);

    private static final int LOG_LINES_TOLD = 15;

    private final Launch launch;
    private final Process process;
    private final @Nullable Thread logging;

    private ChildProcess(Launch launch, Process process, @Nullable Thread logging) {
        this.launch = launch;
        this.process = process;
        this.logging = logging;
    }

    /** Starts it, its output going to the log only. */
    public static ChildProcess start(Launch launch) {
        return start(launch, Signal.TERM);
    }

    /** Starts it, its output going to the log and, line by line and on another thread, to the reader. */
    public static ChildProcess start(Launch launch, Consumer<String> reader) {
        return start(launch, reader, Signal.TERM);
    }

    static ChildProcess start(Launch launch, Consumer<String> reader, Signal whenWeAreGone) {
        try {
            Process process = builder(launch).start();
            Lifeline.hold(process.pid(), whenWeAreGone);
            OutputStream log =
                    Files.newOutputStream(launch.log(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            // Not virtual: one that reads a pipe holds its carrier for as long as the process lives.
            Thread logging = Thread.ofPlatform()
                    .daemon()
                    .name(launch.name() + " output")
                    .start(() -> {
                        try (log;
                                BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                                log.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                                reader.accept(line);
                            }
                        } catch (IOException ended) {
                            // the process is gone, and what it said is written
                        }
                    });
            return new ChildProcess(launch, process, logging);
        } catch (IOException cannot) {
            throw cannotStart(launch, cannot);
        }
    }

    static ChildProcess start(Launch launch, Signal whenWeAreGone) {
        try {
            Process process = builder(launch)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(launch.log().toFile()))
                    .start();
            Lifeline.hold(process.pid(), whenWeAreGone);
            return new ChildProcess(launch, process, null);
        } catch (IOException cannot) {
            throw cannotStart(launch, cannot);
        }
    }

    private static ProcessBuilder builder(Launch launch) throws IOException {
        Files.createDirectories(launch.log().toAbsolutePath().getParent());
        List<String> command = new ArrayList<>();
        command.add("setsid");
        command.addAll(launch.command());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(launch.workingDirectory().toFile())
                .redirectErrorStream(true);
        builder.environment().putAll(launch.environment());
        return builder;
    }

    private static StartFailedException cannotStart(Launch launch, IOException cause) {
        return new StartFailedException("cannot start " + launch.name() + ": " + cause.getMessage(), cause);
    }

    /** The Java of this JVM, for children that are to run on the same one. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    public String name() {
        return launch.name();
    }

    public Path log() {
        return launch.log();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** How it ended, when it has: its status, or 128 and the number of the signal. */
    public OptionalInt exitStatus() {
        return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    /** Completes when it has ended. */
    public CompletableFuture<ChildProcess> onExit() {
        return process.onExit().thenApply(ended -> this);
    }

    /**
     * Returns when it is ready.
     *
     * @throws StartFailedException when it ends instead, or is not ready in time; the message holds the end of its log
     */
    public void awaitReady(Duration atMost, Await.Condition ready) {
        try {
            Await.until(atMost, name() + " to be ready", () -> {
                if (!isAlive()) {
                    throw new StartFailedException(
                            name() + " ended with status " + process.exitValue() + " before it was ready" + endOfLog());
                }
                return ready.holds();
            });
        } catch (Await.TimedOutException late) {
            throw new StartFailedException(late.getMessage() + endOfLog(), late);
        }
    }

    private String endOfLog() {
        try {
            awaitLogged();
            List<String> lines = Files.readAllLines(log(), StandardCharsets.ISO_8859_1);
            return "; the end of " + log() + ":\n  "
                    + String.join("\n  ", lines.subList(Math.max(0, lines.size() - LOG_LINES_TOLD), lines.size()));
        } catch (IOException unreadable) {
            return "; see " + log();
        }
    }

    /** Asks it to end, and kills it when it has not within the grace. Returns when it is gone. */
    public void stop(Duration grace) {
        stop(Signal.TERM, grace);
    }

    void stop(Signal signal, Duration grace) {
        if (isAlive()) {
            // a paused process would not even hear the question
            Signal.CONT.send(pid());
            signal.send(pid());
            if (!endsWithin(grace)) {
                killHard();
            }
        }
    }

    /** Closes its standard input, which some take as the request to end. */
    void closeInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException gone) {
            // then there is nobody left to ask
        }
    }

    boolean endsWithin(Duration atMost) {
        try {
            return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** {@code kill -9}. Returns when it is gone. */
    public void killHard() {
        Signal.KILL.send(pid());
        Await.until(UNTIL_KILLED, name() + " to be gone after kill -9", () -> !isAlive());
    }

    /** {@code kill -STOP}: it does nothing until {@link #resume()}, and its connections stay open. */
    public void pause() {
        Signal.STOP.send(pid());
    }

    public void resume() {
        Signal.CONT.send(pid());
    }

    @Override
    public void close() {
        stop(GRACE);
    }

    /** Reads the whole log; of a process that has ended, with its last words. */
    public String readLog() {
        try {
            awaitLogged();
            return Files.readString(log());
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    private void awaitLogged() {
        if (logging != null && !isAlive()) {
            try {
                logging.join(UNTIL_LOGGED);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
