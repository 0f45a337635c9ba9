package org.slipway.simulation;

import io.agroal.api.AgroalDataSource;
import io.quarkus.arc.Arc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slipway.beta.BetaReplica;
import org.slipway.embedded.Await;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;
import org.slipway.model.Service;
import org.slipway.model.message.Event;
import org.slipway.model.message.EventCodec;
import org.slipway.model.message.ReleaseTransitioned;
import org.slipway.model.message.ServerTransitioned;
import org.slipway.model.message.StateRebuilder;
import org.slipway.model.message.UnreadableEventException;
import org.slipway.persistence.relay.RelayReplica;
import org.slipway.production.CoordinatorReplica;
import org.slipway.worker.WorkerReplica;

/**
 * One schedule: two of everything, people who make releases, and a while in which anything may go wrong. Then all is put right, everything
 * that was begun is brought to its end, one more release goes through, and what is left is compared.
 */
final class Schedule {
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration LONGEST_UNPUBLISHED = Duration.ofSeconds(60);

    private final long seed;
    private final Lab lab;
    private final World world;
    private final Faults faults;
    private final Checker checker;
    private final Fleet fleet;
    private final Database database;
    private final Broker broker;
    private final Operator operator;
    private final List<Process> processes = new ArrayList<>();
    private final List<Process> controllers = new ArrayList<>();
    private final List<Runnable> toPutRight = new ArrayList<>();
    private final Duration scan;
    private final Path caches;

    private Schedule(long seed, Sabotage sabotage, Lab lab) {
        this.seed = seed;
        this.lab = lab;
        world = new World(seed);
        faults = new Faults(world);
        checker = new Checker(world, lab.connection());
        fleet = new Fleet(world, checker, seed, sabotage);
        checker.watch(fleet::machines);
        database = new Database(world, faults, checker, sabotage.statements());
        broker = new Broker(world, faults, processes);
        operator = new Operator(world, checker, faults, controllers);
        scan = Duration.ofMillis(world.between(4_000, 8_000));
        try {
            caches = Files.createTempDirectory("slipway-simulation-");
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    /** Where the real things are. */
    record Lab(Connection connection, String jdbcUrl, String user, String password) {}

    /**
     * How a schedule ended.
     *
     * @param violation what was against the rules; {@code null} when nothing was
     * @param seconds how long it took by its own clock
     * @param releases how many were made in it
     */
    record Outcome(
            long seed,
            @Nullable String violation,
            List<String> trace,
            long fingerprint,
            Map<Fault, Integer> faults,
            double seconds,
            int releases) {}

    static Outcome run(long seed, Sabotage sabotage, Lab lab) {
        Schedule schedule = new Schedule(seed, sabotage, lab);
        try {
            return schedule.run();
        } catch (SQLException cannot) {
            throw new IllegalStateException(cannot);
        } finally {
            schedule.cleanUp();
        }
    }

    /** What a schedule before this one left in the pool would fail at other times than what is opened in this one. */
    private static void emptyPool() {
        Arc.container().instance(AgroalDataSource.class).get().flush(AgroalDataSource.FlushMode.ALL);
        Await.until(Duration.ofSeconds(30), "the pool to be empty", () -> Session.pooled() == 0);
    }

    private Outcome run() throws SQLException {
        emptyPool();
        fleet.register(lab.connection());
        checker.begin();
        Database.use(database);
        Mishaps.use(new Mishaps(faults, this::crash, this::pause));
        populate();
        long until = world.between(Duration.ofSeconds(10), Duration.ofSeconds(60));
        planFaults(until);
        Process people = world.process("operator", Service.CONTROLLER, self -> new Nothing());
        world.start(people, Thread.ofPlatform().name("people"), () -> live(until));
        world.goOn();
        Mishaps.use(null);
        Database.use(null);
        if (world.violation() == null) {
            compare();
        }
        return new Outcome(
                seed,
                world.violation(),
                world.trace().lines(),
                world.trace().fingerprint(),
                world.faults(),
                world.now() / 1e9,
                operator.created());
    }

    private void live(long until) {
        operator.fumble(fleet.projects(), until);
        putRight();
        operator.finish(fleet.projects());
        operator.awaitWithin(LONGEST_UNPUBLISHED, this::allPublished, "not every transition is published");
        world.end();
    }

    private static final class Nothing implements Replica {
        @Override
        public void start() {}

        @Override
        public void stop() {}
    }

    private void populate() {
        for (int i = 1; i <= 2; i++) {
            controllers.add(process("controller-" + i, Service.CONTROLLER, self -> new Nothing(), true));
        }
        for (int i = 1; i <= 2; i++) {
            process(
                    "beta-" + i,
                    Service.BETA_WORKER,
                    self -> new BetaReplica(hosts(self), new Untold(), scan, GRACE),
                    false);
        }
        for (int i = 1; i <= 2; i++) {
            process(
                    "coordinator-" + i,
                    Service.PROD_COORDINATOR,
                    self -> new CoordinatorReplica(hosts(self), scan, GRACE),
                    false);
        }
        for (int i = 1; i <= 2; i++) {
            process(
                    "worker-" + i,
                    Service.SERVER_WORKER,
                    self -> new WorkerReplica(hosts(self), new Untold(), caches.resolve(self.name()), scan, 2, GRACE),
                    false);
        }
        processes.forEach(this::boot);
    }

    private SimulatedHosts hosts(Process process) {
        return new SimulatedHosts(process, fleet.byDirectory());
    }

    private Process process(String name, Service service, Function<Process, Replica> program, boolean relays) {
        Process process =
                world.process(name, service, relays ? self -> new WithRelay(program.apply(self), relay()) : program);
        processes.add(process);
        return process;
    }

    private RelayReplica relay() {
        return new RelayReplica(
                SimulatedDriver.PREFIX + lab.jdbcUrl().substring("jdbc:".length()),
                lab.user(),
                lab.password(),
                broker::away,
                broker::producer);
    }

    private record WithRelay(Replica service, Replica relay) implements Replica {
        @Override
        public void start() {
            relay.start();
            service.start();
        }

        @Override
        public void stop() throws InterruptedException {
            service.stop();
            relay.stop();
        }

        @Override
        public void hear(String topic, String record) {
            service.hear(topic, record);
        }
    }

    private void boot(Process process) {
        if (process.running()) {
            return;
        }
        process.beginLife();
        world.start(process, Thread.ofPlatform().name("main"), process::boot);
    }

    private void end(Process process) {
        Replica replica = process.replica();
        world.kill(process);
        if (replica != null) {
            replica.vanish();
        }
        fleet.machines().forEach(machine -> machine.clientGone(process));
    }

    private void crash(Process process) {
        world.happened(Fault.CRASH, process.name(), "is killed");
        end(process);
        world.in(world.between(Duration.ofMillis(100), Duration.ofSeconds(20)), () -> boot(process));
    }

    private void pause(Process process, long nanos) {
        world.happened(Fault.PAUSE, process.name(), "stands still for " + Trace.seconds(nanos));
        long begin = world.now();
        process.pauseUntil(begin + nanos);
        world.in(Duration.ofSeconds(15).toNanos(), () -> {
            if (process.paused()) {
                database.endSilent(process, begin);
            }
        });
    }

    private void stopInOrder(Process process) {
        if (!process.running() || process.paused()) {
            return;
        }
        world.happened(Fault.ORDERLY_STOP, process.name(), "is told to stop");
        int life = process.life();
        world.start(process, Thread.ofPlatform().name("stop"), () -> {
            Replica replica = process.replica();
            if (replica != null) {
                try {
                    replica.stop();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            if (process.life() == life) {
                end(process);
                world.in(world.between(Duration.ofMillis(100), Duration.ofSeconds(5)), () -> boot(process));
            }
        });
    }

    /** What goes wrong at some time, whoever does what just then. */
    private void planFaults(long until) {
        int many = world.upTo(6);
        for (int i = 0; i < many; i++) {
            Runnable fault = anyFault();
            world.in(world.between(0, until), () -> {
                if (faults.active()) {
                    fault.run();
                }
            });
        }
    }

    private Runnable anyFault() {
        long length = faults.outageLength();
        Machine machine = world.oneOf(List.copyOf(fleet.machines()));
        Process process = world.oneOf(processes);
        return switch (world.upTo(10)) {
            case 0 -> () -> database.goAway(length);
            case 1 -> () -> broker.goAway(length);
            case 2 -> () -> machine.becomeUnreachable(length);
            case 3 -> () -> machine.restart(length);
            case 4 -> () -> machine.fill(length);
            case 5 -> this::editBeta;
            case 6 -> () -> broker.storeGarbage("slipway.release.transitions");
            case 7 -> () -> stopInOrder(process);
            case 8 ->
                () -> {
                    if (process.running()) {
                        crash(process);
                    }
                };
            default -> () -> pause(process, faults.pauseLength());
        };
    }

    private void editBeta() {
        Fleet.Project project = world.oneOf(fleet.projects());
        Machine beta = project.beta();
        var path = world.oneOf(project.paths());
        var before = beta.files().get(path);
        var edited = new Machine.Version("edited by hand at " + world.now(), world.instant());
        world.happened(Fault.BETA_EDITED, beta.toString(), "somebody edits " + path);
        if (before != null) {
            beta.write(path, edited);
            toPutRight.add(() -> {
                if (edited.equals(beta.files().get(path))) {
                    beta.write(path, before);
                }
            });
        }
    }

    private void putRight() {
        world.tell("operator", "everything is put right");
        faults.stop();
        database.heal();
        broker.heal();
        fleet.machines().forEach(Machine::heal);
        toPutRight.reversed().forEach(Runnable::run);
        processes.forEach(Process::resume);
        processes.forEach(this::boot);
    }

    private boolean allPublished() {
        try (Statement statement = lab.connection().createStatement();
                ResultSet row = statement.executeQuery(
                        "select not exists (select from transition where published_at is null)")) {
            return row.next() && row.getBoolean(1);
        } catch (SQLException cannot) {
            throw new IllegalStateException(cannot);
        }
    }

    /** What the topics, the journals and the servers say, beside the database. */
    private void compare() throws SQLException {
        compareTopics();
        for (Machine machine : fleet.machines()) {
            if (machine.halfPublished()) {
                world.violated(machine + " is left in the middle of a publication");
            }
        }
        for (Fleet.Project project : fleet.projects()) {
            for (Machine machine : project.business()) {
                if (!machine.files().equals(project.development().files())) {
                    world.violated(machine + " does not hold what " + project.development() + " does");
                }
            }
        }
        none("releases that nobody was told of", "select count(*) - " + operator.created() + " from release");
        none("errors that nothing foresaw", "select count(*) from journal_entry where kind = 'INTERNAL_ERROR'");
        none("failed releases without a word in the journal", """
                select count(*) from transition t join release r on r.id = t.aggregate_id
                where t.kind = 'release' and t.to_state in ('BETA_COPY_FAILED', 'PRODUCTION_FAILED')
                    and not exists (select from journal_entry j where j.release_id = r.id and j.attempt = t.attempt)
                """);
        none("failed servers without a word in the journal", """
                select count(*) from transition t join release r on r.project_id = t.project_id and r.number = t.release_number
                where t.kind = 'server' and t.to_state = 'ERROR'
                    and not exists (select from journal_entry j where j.release_id = r.id and j.attempt = t.attempt
                        and j.server = t.server and j.journal = 'BUSINESS_SERVER')
                """);
        none("servers that still have something to do", "select count(*) from server where state <> 'IDLE'");
    }

    private void none(String what, String count) throws SQLException {
        try (Statement statement = lab.connection().createStatement();
                ResultSet row = statement.executeQuery(count)) {
            row.next();
            if (row.getLong(1) != 0) {
                world.violated(what + ": " + row.getLong(1));
            }
        }
    }

    private void compareTopics() throws SQLException {
        EventCodec codec = new EventCodec();
        StateRebuilder rebuilder = new StateRebuilder();
        Map<String, Long> seen = new HashMap<>();
        for (Broker.Stored record : broker.log()) {
            Event event = decode(codec, record.value());
            rebuilder.accept(event);
            long sequence =
                    switch (event) {
                        case ReleaseTransitioned e -> e.sequence();
                        case ServerTransitioned e -> e.sequence();
                        default -> throw new IllegalStateException("no transition: " + event);
                    };
            String aggregate = event instanceof ReleaseTransitioned e ? record.key() + "/" + e.release() : record.key();
            seen.merge(record.topic() + " " + aggregate, sequence, Math::max);
        }
        if (!rebuilder.gaps().isEmpty()) {
            world.violated("the topics do not tell the whole story: " + rebuilder.gaps());
        }
        Map<String, ReleaseState> releases = new TreeMap<>();
        Map<String, ServerState> servers = new TreeMap<>();
        try (Statement statement = lab.connection().createStatement()) {
            try (ResultSet rows = statement.executeQuery(
                    "select p.name || '/' || r.number, r.state from release r join project p on p.id = r.project_id")) {
                while (rows.next()) {
                    releases.put(rows.getString(1), ReleaseState.valueOf(rows.getString(2)));
                }
            }
            try (ResultSet rows = statement.executeQuery(
                    "select p.name || '/' || s.name, s.state from server s join project p on p.id = s.project_id where s.state is not null")) {
                while (rows.next()) {
                    servers.put(rows.getString(1), ServerState.valueOf(rows.getString(2)));
                }
            }
        }
        if (!rebuilder.releases().equals(releases) || !rebuilder.servers().equals(servers)) {
            world.violated("the topics tell %s %s, the database %s %s"
                    .formatted(rebuilder.releases(), rebuilder.servers(), releases, servers));
        }
    }

    private static Event decode(EventCodec codec, String record) {
        try {
            return codec.decode(record);
        } catch (UnreadableEventException e) {
            throw new IllegalStateException(e);
        }
    }

    private void cleanUp() {
        Mishaps.use(null);
        Database.use(null);
        try (Stream<Path> files = Files.walk(caches)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }
}
