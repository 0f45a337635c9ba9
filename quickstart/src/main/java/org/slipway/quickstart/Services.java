package org.slipway.quickstart;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slipway.embedded.ChildProcess;
import org.slipway.embedded.FreePort;
import org.slipway.embedded.Leftovers;
import org.slipway.embedded.ServiceJvm;
import org.slipway.quickstart.Screen.Colour;

/** The five services, each a process of its own from its packaged jar, and started again when it ends unasked. */
final class Services implements AutoCloseable {

    /** A replica of a service: {@code server-worker-1} of the module {@code server-worker}. */
    private record Replica(String name, String module) {}

    private static final List<Replica> REPLICAS = List.of(
            new Replica("controller-service", "controller-service"),
            new Replica("beta-worker", "beta-worker"),
            new Replica("prod-coordinator", "prod-coordinator"),
            new Replica("server-worker-1", "server-worker"),
            new Replica("server-worker-2", "server-worker"));

    private static final Duration LONGEST_START = Duration.ofMinutes(2);
    private static final Duration GRACE = Duration.ofSeconds(20);

    /** One that ends sooner would only end again. */
    private static final Duration WORTH_ANOTHER_TRY = Duration.ofSeconds(15);

    private final Path checkout;
    private final Path logs;
    private final int controllerPort;
    private final Map<String, String> environment;
    private final Leftovers leftovers;
    private final Screen screen;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final Map<Replica, ChildProcess> running = new HashMap<>();
    private boolean closed;

    /**
     * @param environment what every service is told: database, broker, SSH key and known hosts
     * @param leftovers where the processes are written down
     */
    Services(
            Path checkout,
            Path logs,
            int controllerPort,
            Map<String, String> environment,
            Leftovers leftovers,
            Screen screen) {
        this.checkout = checkout;
        this.logs = logs;
        this.controllerPort = controllerPort;
        this.environment = Map.copyOf(environment);
        this.leftovers = leftovers;
        this.screen = screen;
    }

    /** Whether the build has made them all; the user is told when it has not. */
    static void requireBuilt(Path checkout) {
        for (Replica replica : REPLICAS) {
            Path jar = jar(checkout, replica);
            if (!Files.exists(jar)) {
                throw new UserError(jar + " is missing; build it first, with `mvn -Pquickstart` in " + checkout);
            }
        }
    }

    private static Path jar(Path checkout, Replica replica) {
        return checkout.resolve(replica.module).resolve("target/quarkus-app/quarkus-run.jar");
    }

    /** Starts them all at once and returns when all are ready. */
    void start() {
        Map<Replica, Integer> ports = new HashMap<>();
        for (Replica replica : REPLICAS) {
            ports.put(replica, launch(replica));
        }
        for (Replica replica : REPLICAS) {
            ChildProcess process;
            synchronized (this) {
                process = running.get(replica);
            }
            if (process != null) {
                process.awaitReady(LONGEST_START, () -> isReady(ports.getOrDefault(replica, controllerPort)));
                watch(replica, process);
            }
        }
    }

    private synchronized int launch(Replica replica) {
        if (closed) {
            throw new UserError("stopped while starting");
        }
        int port = replica.module.equals("controller-service") ? controllerPort : FreePort.find();
        Map<String, String> all = new HashMap<>(environment);
        all.put("SLIPWAY_INSTANCE", replica.name);
        all.put("SLIPWAY_PARENT_PID", Long.toString(ProcessHandle.current().pid()));
        all.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        all.put("QUARKUS_SHUTDOWN_DELAY", "0S");
        all.put("QUARKUS_HTTP_PORT", Integer.toString(port));
        all.put("LC_ALL", "C.UTF-8");
        all.putAll(ServiceJvm.ENVIRONMENT);
        ChildProcess process = ChildProcess.start(new ChildProcess.Launch(
                replica.name, ServiceJvm.command(jar(checkout, replica)), all, checkout, log(replica)));
        leftovers.add(process);
        running.put(replica, process);
        return port;
    }

    /** The log of the last run stays beside the new one. */
    private Path log(Replica replica) {
        Path log = logs.resolve(replica.name + ".log");
        try {
            Files.createDirectories(logs);
            if (Files.exists(log) && !running.containsKey(replica)) {
                Files.move(log, logs.resolve(replica.name + ".previous.log"), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException cannot) {
            throw new UserError("cannot write to " + logs + ": " + cannot.getMessage());
        }
        return log;
    }

    private boolean isReady(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/health/ready"))
                .timeout(Duration.ofSeconds(5))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    }

    private void watch(Replica replica, ChildProcess process) {
        long started = System.nanoTime();
        var unused = process.onExit().thenAccept(ended -> {
            synchronized (this) {
                if (closed) {
                    return;
                }
                String how = replica.name + " ended with status "
                        + ended.exitStatus().orElse(-1);
                if (System.nanoTime() - started < WORTH_ANOTHER_TRY.toNanos()) {
                    screen.line(Colour.RED, how + "; see " + ended.log());
                    return;
                }
                screen.line(Colour.RED, how + "; starting it again");
                try {
                    launch(replica);
                } catch (RuntimeException cannot) {
                    running.remove(replica);
                    screen.line(
                            Colour.RED,
                            replica.name + " cannot be started again: " + cannot.getMessage()
                                    + ". End this run and start it anew.");
                    return;
                }
                ChildProcess again = running.get(replica);
                if (again != null) {
                    watch(replica, again);
                }
            }
        });
    }

    /** Asks all of them to end, then waits for each: they give back what they hold at the same time. */
    @Override
    public void close() {
        List<ChildProcess> toEnd;
        synchronized (this) {
            closed = true;
            toEnd = new ArrayList<>(running.values());
        }
        List<Thread> endings = toEnd.stream()
                .map(process -> Thread.ofPlatform().start(() -> process.stop(GRACE)))
                .toList();
        for (Thread ending : endings) {
            try {
                ending.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        http.close();
    }
}
