package org.slipway.system;

import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slipway.embedded.SshKeys;
import org.slipway.testing.Database;
import org.slipway.testing.SlipwayInfrastructure;

/**
 * A running Slipway: controller-service, beta-worker, prod-coordinator and some server-workers, each a process of its own from
 * its packaged jar, on a fresh database. Its fleets and projects are made as they are needed.
 */
public final class Slipway implements AutoCloseable {
    /** Several may share a broker, and what they tell must not be taken for each other's: names are given once. */
    private static final AtomicInteger SLIPWAYS = new AtomicInteger();

    private static final AtomicInteger PROJECTS = new AtomicInteger();

    private final int number = SLIPWAYS.incrementAndGet();
    private final Path directory;
    private final Path logs;
    private final SshKeys client;
    private final Database database;
    private final String kafka;
    private final HttpClient http;
    private final Map<String, String> environment;
    private final ServiceProcess controller;
    private final List<ServiceProcess> betaWorkers;
    private final List<ServiceProcess> coordinators;
    private final List<ServiceProcess> workers;
    private final List<Fleet> fleets = new ArrayList<>();

    private Slipway(Replicas replicas, Database database, String kafka, Map<String, String> settings) {
        this.directory = Directories.temporary("system");
        this.logs = logs(directory);
        this.client = SshKeys.inFile(directory.resolve("id_ed25519"), SshKeys.Type.ED25519);
        this.database = database;
        this.kafka = kafka;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
        this.environment = new HashMap<>(Map.of(
                "QUARKUS_DATASOURCE_JDBC_URL", database.jdbcUrl(),
                "QUARKUS_DATASOURCE_USERNAME", database.user(),
                "QUARKUS_DATASOURCE_PASSWORD", database.password(),
                "KAFKA_BOOTSTRAP_SERVERS", kafka,
                "SLIPWAY_SSH_PRIVATE_KEY", client.privateKey().toString(),
                "SLIPWAY_SSH_KNOWN_HOSTS", directory.resolve("known_hosts").toString(),
                "SLIPWAY_CACHE_DIRECTORY", directory.resolve("cache").toString()));
        environment.putAll(settings);
        this.controller = process(Application.CONTROLLER, "controller-service", environment);
        this.betaWorkers = IntStream.rangeClosed(1, replicas.betaWorkers())
                .mapToObj(i -> process(Application.BETA_WORKER, numbered("beta-worker", i), environment))
                .toList();
        this.coordinators = IntStream.rangeClosed(1, replicas.coordinators())
                .mapToObj(i -> process(Application.PROD_COORDINATOR, numbered("prod-coordinator", i), environment))
                .toList();
        this.workers = IntStream.rangeClosed(1, replicas.serverWorkers())
                .mapToObj(i -> process(Application.SERVER_WORKER, "server-worker-" + i, environment))
                .toList();
    }

    /** How many processes there are of each service but the controller, of which there is one. */
    public record Replicas(int betaWorkers, int coordinators, int serverWorkers) {}

    private static String numbered(String name, int number) {
        return number == 1 ? name : name + "-" + number;
    }

    private ServiceProcess process(Application application, String instance, Map<String, String> environment) {
        return new ServiceProcess(application, instance + "-of-" + number, environment, logs, http);
    }

    /** What the processes said outlives them where the property says a place, as the build does. */
    private static Path logs(Path directory) {
        String kept = System.getProperty("slipway.logs");
        return Directories.made(
                kept == null
                        ? directory.resolve("logs")
                        : Path.of(kept, directory.getFileName().toString()));
    }

    /** Starts all services on a fresh database, and returns when every one is ready. */
    public static Slipway start(int serverWorkers, Map<String, String> settings) {
        return start(serverWorkers, SlipwayInfrastructure.bootstrapServers(), settings);
    }

    /** The same with a broker of the caller's. */
    public static Slipway start(int serverWorkers, String kafka, Map<String, String> settings) {
        return start(serverWorkers, SlipwayInfrastructure.newDatabase(), kafka, settings);
    }

    /** The same with an empty database of the caller's too. */
    public static Slipway start(int serverWorkers, Database database, String kafka, Map<String, String> settings) {
        return start(new Replicas(1, 1, serverWorkers), database, kafka, settings);
    }

    /** The same with several replicas of each. */
    public static Slipway start(Replicas replicas, Database database, String kafka, Map<String, String> settings) {
        Slipway slipway = launch(replicas, database, kafka, settings);
        try {
            slipway.awaitReady();
        } catch (RuntimeException failed) {
            slipway.close();
            throw failed;
        }
        return slipway;
    }

    /** Starts all services, and does not wait: what they need may come later. */
    public static Slipway launch(Replicas replicas, Database database, String kafka, Map<String, String> settings) {
        Slipway slipway = new Slipway(replicas, database, kafka, settings);
        try {
            slipway.processes().forEach(ServiceProcess::launch);
        } catch (RuntimeException failed) {
            slipway.close();
            throw failed;
        }
        return slipway;
    }

    /** Returns when every service is ready. */
    public void awaitReady() {
        processes().forEach(ServiceProcess::awaitReady);
    }

    /** A project of its own with a fleet of its own, and nothing on it. */
    public Project newProject(int businessServers) {
        return newProject(businessServers, FleetServer.Kind.LOOPBACK);
    }

    /** The same on servers of this kind. */
    public Project newProject(int businessServers, FleetServer.Kind kind) {
        String name = "p" + PROJECTS.incrementAndGet();
        Fleet fleet = Fleet.start(businessServers, kind, directory.resolve(name), client);
        fleets.add(fleet);
        Project project = new Project(name, fleet, this, http);
        project.putInventory();
        return project;
    }

    /** Another project on the servers of one that was there before, and is not used any more. */
    public Project newProject(Fleet fleet) {
        Project project = new Project("p" + PROJECTS.incrementAndGet(), fleet, this, http);
        project.putInventory();
        return project;
    }

    public ServiceProcess controller() {
        return controller;
    }

    public ServiceProcess betaWorker() {
        return betaWorkers.getFirst();
    }

    public ServiceProcess coordinator() {
        return coordinators.getFirst();
    }

    public List<ServiceProcess> workers() {
        return workers;
    }

    public List<ServiceProcess> betaWorkers() {
        return betaWorkers;
    }

    public List<ServiceProcess> coordinators() {
        return coordinators;
    }

    /** The key that logs in everywhere. */
    SshKeys client() {
        return client;
    }

    /** The process of that replica. */
    public ServiceProcess named(String instance) {
        return processes()
                .filter(process -> process.instance().equals(instance))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no " + instance));
    }

    /** The first replica of a service. */
    public ServiceProcess first(Application application) {
        return switch (application) {
            case CONTROLLER -> controller;
            case BETA_WORKER -> betaWorkers.getFirst();
            case PROD_COORDINATOR -> coordinators.getFirst();
            case SERVER_WORKER -> workers.getFirst();
        };
    }

    /** All of them, the controller first. */
    public Stream<ServiceProcess> processes() {
        return Stream.of(List.of(controller), betaWorkers, coordinators, workers)
                .flatMap(List::stream);
    }

    /** One more process of a service, with more in its environment; the caller starts and closes it. */
    ServiceProcess another(Application application, String instance, Map<String, String> more) {
        Map<String, String> around = new HashMap<>(environment);
        around.putAll(more);
        return process(application, instance, around);
    }

    /** Starts every process that is not running, and wakes every one that is paused. */
    public void mend() {
        processes().filter(ServiceProcess::isAlive).forEach(ServiceProcess::resume);
        List<ServiceProcess> gone =
                processes().filter(process -> !process.isAlive()).toList();
        gone.forEach(ServiceProcess::launch);
        gone.forEach(ServiceProcess::awaitReady);
    }

    /** The bootstrap servers of the broker. */
    public String kafka() {
        return kafka;
    }

    Database database() {
        return database;
    }

    /** Holds the logs of all processes. */
    public Path logs() {
        return logs;
    }

    @Override
    public void close() {
        processes().parallel().forEach(ServiceProcess::close);
        fleets.forEach(Fleet::close);
        Directories.remove(directory);
    }
}
