package org.slipway.quickstart;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slipway.embedded.Await;
import org.slipway.embedded.DirectoryLock;
import org.slipway.embedded.EmbeddedKafka;
import org.slipway.embedded.EmbeddedPostgres;
import org.slipway.embedded.FreePort;
import org.slipway.embedded.Leftovers;
import org.slipway.embedded.StartFailedException;
import org.slipway.quickstart.DemoRelease.Completed;
import org.slipway.quickstart.Options.OwnServers;
import org.slipway.quickstart.Screen.Colour;

/**
 * Starts everything, releases the demo or registers the user's own servers, and ends everything again. Its exit status
 * is 0 when all went well, also when it was up, whatever became of its release, and was then asked to end; 1 when the release did not complete, or one of the
 * user's own servers is not as Slipway needs it; 2 when the user has to change something first; and that of the signal when it was ended before it was up or, where it was to end by itself, before the end.
 */
public final class Main {

    private static final String DATABASE = "slipway";
    private static final int NOT_COMPLETED = 1;
    private static final int USER_ERROR = 2;
    private static final Duration LONGEST_WAIT_FOR_PREDECESSOR = Duration.ofSeconds(60);
    private static final Duration BETWEEN_LOOKS_AT_PARENT = Duration.ofSeconds(1);

    private final Options options;
    private final Screen screen;
    private final Started started;

    private Main(Options options, Screen screen, Started started) {
        this.options = options;
        this.screen = screen;
        this.started = started;
    }

    public static void main(String[] arguments) {
        Screen screen = Screen.ofThisProcess();
        Started started = new Started(screen);
        AtomicBoolean isWellToEndNow = new AtomicBoolean();
        // Ctrl-C, SIGTERM and our own exit come here; the children are in sessions of their own and hear of it from us.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(started, isWellToEndNow, screen), "stopping"));
        endWithParent(isWellToEndNow);
        int status;
        Path data = null;
        try {
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
            Options options = Options.read(System::getProperty);
            data = options.data();
            status = new Main(options, screen, started).run(isWellToEndNow);
        } catch (UserError | StartFailedException told) {
            if (started.isClosed()) {
                return;
            }
            screen.line(Colour.RED, String.valueOf(told.getMessage()));
            status = USER_ERROR;
        } catch (IOException | UncheckedIOException | Await.TimedOutException failed) {
            if (started.isClosed()) {
                return;
            }
            screen.line(Colour.RED, String.valueOf(failed.getMessage()));
            status = NOT_COMPLETED;
        } catch (InterruptedException interrupted) {
            return;
        } catch (RuntimeException | Error unexpected) {
            if (started.isClosed()) {
                return;
            }
            screen.line(Colour.RED, "This should not have happened: " + unexpected + traceKept(data, unexpected));
            status = NOT_COMPLETED;
        }
        isWellToEndNow.set(status == 0);
        System.exit(status);
    }

    /**
     * A JVM that a signal ends has a status of the signal's, whatever was in order, unless it is halted when all is done. Maven is told by a
     * file: its plugin shows a stack trace for a status that it does not expect.
     */
    private static void end(Started started, AtomicBoolean isWellToEndNow, Screen screen) {
        started.close();
        if (isWellToEndNow.get()) {
            String wentWell = System.getProperty("slipway.went.well");
            if (wentWell != null) {
                try {
                    Path file = Path.of(wentWell);
                    Files.createDirectories(file.getParent());
                    Files.createFile(file);
                } catch (IOException | RuntimeException cannot) {
                    screen.line(Colour.RED, "Maven cannot be told that all went well: " + cannot);
                }
            }
            Runtime.getRuntime().halt(0);
        }
    }

    /** Puts the trace beside the logs of the services, where there is a data directory by now, and says where. */
    private static String traceKept(@Nullable Path data, Throwable unexpected) {
        if (data == null || !Files.isDirectory(data)) {
            return "";
        }
        StringWriter trace = new StringWriter();
        unexpected.printStackTrace(new PrintWriter(trace));
        Path log = data.resolve("logs/quickstart.log");
        try {
            Files.createDirectories(log.getParent());
            Files.writeString(log, trace.toString());
            return "; the details are in " + log;
        } catch (IOException cannot) {
            return "";
        }
    }

    /** Where Maven started us, its end is ours, also when it was killed and could not say so. */
    private static void endWithParent(AtomicBoolean isWellToEndNow) {
        Optional<ProcessHandle> parent = ProcessHandle.current().parent();
        if (Boolean.getBoolean("slipway.end.with.parent") && parent.isPresent()) {
            Thread.ofPlatform().daemon().name("parent watch").start(() -> {
                try {
                    while (ProcessHandle.current().parent().equals(parent)) {
                        Thread.sleep(BETWEEN_LOOKS_AT_PARENT);
                    }
                } catch (InterruptedException ending) {
                    Thread.currentThread().interrupt();
                    return;
                }
                isWellToEndNow.set(false);
                System.exit(NOT_COMPLETED);
            });
        }
    }

    private int run(AtomicBoolean isWellToEndNow) throws IOException, InterruptedException {
        Services.requireBuilt(options.checkout());
        OwnServers own = options.ownServers();
        Optional<InventoryFile> inventory =
                Optional.ofNullable(own).map(servers -> InventoryFile.read(servers.inventory()));
        Path data = options.data();
        takeDataDirectory(data);
        Leftovers.EndedLeftovers old = Leftovers.end(data.resolve("processes"));
        if (!old.ended().isEmpty()) {
            screen.line("Ended what a killed run had left: " + String.join(", ", old.ended()) + ".");
        }
        if (!FreePort.isFree(options.port())) {
            throw new UserError("port " + options.port()
                    + " is taken; end the process that listens there, or choose another port with -Dport=NUMBER");
        }

        screen.line("Starting PostgreSQL and Kafka in " + data + " …");
        EmbeddedPostgres postgres = started.add(EmbeddedPostgres.start(data.resolve("postgres")));
        postgres.createDatabase(DATABASE);
        EmbeddedKafka kafka = started.add(EmbeddedKafka.start(data.resolve("kafka")));
        Optional<DemoFleet> fleet =
                own == null ? Optional.of(started.add(DemoFleet.start(data.resolve("fleet")))) : Optional.empty();

        screen.line("Starting controller-service, beta-worker, prod-coordinator and two server-workers …");
        Map<String, String> environment = new HashMap<>(Map.of(
                "QUARKUS_DATASOURCE_JDBC_URL", postgres.jdbcUrl(DATABASE),
                "QUARKUS_DATASOURCE_USERNAME", postgres.user(),
                "QUARKUS_DATASOURCE_PASSWORD", postgres.password(),
                "KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
                "SLIPWAY_CACHE_DIRECTORY", data.resolve("cache").toString()));
        fleet.ifPresent(demo -> {
            environment.put("SLIPWAY_SSH_PRIVATE_KEY", demo.privateKey().toString());
            environment.put("SLIPWAY_SSH_KNOWN_HOSTS", demo.knownHosts().toString());
        });
        if (own != null) {
            environment.put("SLIPWAY_SSH_PRIVATE_KEY", own.sshKey().toString());
            // Whoever pins every host key in the inventory need not have the file.
            if (Files.exists(own.knownHosts())) {
                environment.put("SLIPWAY_SSH_KNOWN_HOSTS", own.knownHosts().toString());
            }
        }
        Services services = started.add(new Services(
                options.checkout(), data.resolve("logs"), options.port(), environment, old.leftovers(), screen));
        services.start();
        Controller controller = started.add(new Controller(options.port()));

        boolean well;
        String project;
        if (fleet.isPresent()) {
            project = DemoFleet.PROJECT;
            boolean asked = fleet.get().isToBeRegistered() || !controller.knows(project);
            if (asked
                    && register(
                            controller, project, "The inventory", fleet.get().inventory(), InventoryFile.YAML)) {
                fleet.get().isRegistered();
                screen.line("Registered the project " + project + ": development, beta and three business servers.");
            }
            Optional<Completed> completed = new DemoRelease(controller, fleet.get(), screen).run();
            well = completed.isPresent() && new Proof(controller, fleet.get(), screen).holds(completed.get());
        } else {
            InventoryFile users = inventory.orElseThrow();
            project = users.project();
            well = register(controller, project, users.file().toString(), users.text(), users.mediaType());
            if (well) {
                screen.line("Registered the project " + project + ".");
                well = new Checks(controller, screen).tell(project);
            }
        }
        if (!options.once()) {
            tellWhatNow(controller, project, fleet.orElse(null));
            isWellToEndNow.set(true);
            Thread.currentThread().join();
        }
        return well ? 0 : NOT_COMPLETED;
    }

    /**
     * Whether the inventory was taken. One that differs is not while a release is being copied; that goes on with the inventory that the
     * last run registered, and whoever is at the keyboard needs this Slipway to see it through or to cancel it.
     *
     * @throws UserError when the project has no inventory yet, and this one is wrong
     */
    private boolean register(Controller controller, String project, String called, String inventory, String mediaType)
            throws IOException {
        try {
            controller.register(project, inventory, mediaType);
            return true;
        } catch (Controller.RefusedException refused) {
            if (!controller.knows(project)) {
                throw new UserError(called + " was not taken: " + refused.getMessage());
            }
            screen.line(
                    Colour.RED,
                    called + " was not taken, and " + project + " keeps the one it has: " + refused.getMessage());
            return false;
        }
    }

    /** A run that has just been ended may need a few seconds to let go. */
    private void takeDataDirectory(Path data) {
        started.add(DirectoryLock.takeUnlessInUse(data).orElseGet(() -> {
            screen.line("Waiting for another run in " + data + " to end …");
            try {
                return Await.untilPresent(
                        LONGEST_WAIT_FOR_PREDECESSOR,
                        "the other run in " + data + " to end",
                        () -> DirectoryLock.takeUnlessInUse(data));
            } catch (Await.TimedOutException late) {
                throw new UserError(
                        data + " is in use by another run; end that one, or choose another directory with -Ddata=DIR");
            }
        }));
    }

    private void tellWhatNow(Controller controller, String project, @Nullable DemoFleet fleet) {
        String releases = controller.releases(project).toString();
        String key = "-H \"Idempotency-Key: $(date +%s%N)\"";
        screen.line("");
        screen.line(Colour.BOLD, "Slipway is up.");
        screen.line("  REST, with Swagger UI   " + controller.root() + "/q/swagger-ui");
        screen.line("  Releases                " + releases);
        if (fleet != null) {
            screen.line("  Development server      " + fleet.developmentSite());
            screen.line("  Beta server             " + fleet.betaSite());
            fleet.businessSites().forEach((name, site) -> screen.line("  %-22s  %s".formatted(name, site)));
        }
        screen.line("  Data and logs           " + options.data());
        screen.line("");
        screen.line(
                fleet == null
                        ? "The next release:"
                        : "The next release, once something of it has been changed on the development server:");
        List.of(
                        "curl -i %s %s -H 'Content-Type: application/json' -d '{\"paths\":[\"index.html\"],\"note\":\"A new page\"}'"
                                .formatted(releases, key),
                        "curl %s/NUMBER".formatted(releases),
                        "curl -X POST %s/NUMBER/promote %s".formatted(releases, key),
                        "curl %s/NUMBER/transitions".formatted(releases))
                .forEach(line -> screen.line("  " + line));
        screen.line("");
        screen.line("Ctrl-C ends everything that was started here.");
    }
}
