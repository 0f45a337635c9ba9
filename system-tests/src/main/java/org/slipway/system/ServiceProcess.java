package org.slipway.system;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slipway.embedded.Await;
import org.slipway.embedded.ChildProcess;
import org.slipway.embedded.FreePort;
import org.slipway.embedded.ServiceJvm;

/** One packaged service as a process, which can be stopped, killed, paused and started again. */
public final class ServiceProcess implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofSeconds(90);
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration UNTIL_LOGGED = Duration.ofSeconds(40);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Application application;
    private final String instance;
    private final int port;
    private final Path logs;
    private final Map<String, String> environment;
    private final HttpClient http;
    private @Nullable ChildProcess process;
    private long launched;
    private Duration startUp = Duration.ZERO;

    ServiceProcess(
            Application application, String instance, Map<String, String> environment, Path logs, HttpClient http) {
        this.application = application;
        this.instance = instance;
        this.port = FreePort.find();
        this.logs = logs;
        this.http = http;
        this.environment = new HashMap<>();
        this.environment.put("QUARKUS_SHUTDOWN_DELAY", "0S");
        this.environment.putAll(environment);
        this.environment.putAll(ServiceJvm.ENVIRONMENT);
        this.environment.put("SLIPWAY_INSTANCE", instance);
        this.environment.put(
                "SLIPWAY_PARENT_PID", Long.toString(ProcessHandle.current().pid()));
        this.environment.put("QUARKUS_HTTP_PORT", Integer.toString(port));
        this.environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
    }

    /** Starts it, and does not wait. */
    void launch() {
        launch(List.of(), Map.of());
    }

    /** The same with further options of the JVM, and more in its environment. */
    void launch(List<String> options, Map<String, String> more) {
        List<String> command = new ArrayList<>(ServiceJvm.command(application.jar()));
        command.addAll(command.indexOf("-jar"), options);
        Map<String, String> around = new HashMap<>(environment);
        around.putAll(more);
        launched = System.nanoTime();
        process = ChildProcess.start(new ChildProcess.Launch(instance, command, around, logs, log()));
    }

    /** How it ended, when it has: its status, or 128 and the number of the signal. */
    public OptionalInt exitStatus() {
        return running().exitStatus();
    }

    /** Whether it stands still because it was told to. */
    public boolean isPaused() {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid() + "/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).startsWith("T");
        } catch (IOException gone) {
            return false;
        }
    }

    void awaitReady() {
        running().awaitReady(LONGEST_START, this::isReady);
        startUp = Duration.ofNanos(System.nanoTime() - launched);
    }

    /** Whether it says so itself. */
    public boolean isReady() {
        HttpRequest request = HttpRequest.newBuilder(uri("/q/health/ready"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException noAnswer) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What it answers to a GET; the status 0 where it does not answer. */
    public Answer get(String path) {
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(10))
                .header("Accept", "application/json")
                .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), "", JSON.readTree(response.body()));
        } catch (IOException noAnswer) {
            return new Answer(0, "", MissingNode.getInstance());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Starts it and returns when it is ready. */
    public void start() {
        launch();
        awaitReady();
    }

    public String instance() {
        return instance;
    }

    public Application application() {
        return application;
    }

    /** Of its HTTP interface. */
    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    public long pid() {
        return running().pid();
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** From the start of the process until it was seen to be ready, looked at every 100 ms; of its last start. */
    public Duration startUp() {
        return startUp;
    }

    /** Asks it to end, and waits until it has. */
    public void stop() {
        running().stop(GRACE);
    }

    /** {@code kill -9}. */
    public void kill() {
        running().killHard();
    }

    /** {@code kill -STOP}: it does nothing any more, and its connections stay open. */
    public void pause() {
        running().pause();
    }

    /** {@code kill -CONT}. */
    public void resume() {
        running().resume();
    }

    /** Everything that it said, over all its starts. */
    public String readLog() {
        try {
            return Files.readString(log());
        } catch (IOException cannot) {
            throw new java.io.UncheckedIOException(cannot);
        }
    }

    /** Returns when it has said this. */
    public void awaitLog(String text) {
        Await.until(UNTIL_LOGGED, instance + " to say '" + text + "'", () -> readLog()
                .contains(text));
    }

    private Path log() {
        return logs.resolve(instance + ".log");
    }

    private ChildProcess running() {
        if (process == null) {
            throw new IllegalStateException(instance + " was never started");
        }
        return process;
    }

    @Override
    public void close() {
        if (process != null) {
            process.stop(GRACE);
        }
    }

    @Override
    public String toString() {
        return instance;
    }
}
