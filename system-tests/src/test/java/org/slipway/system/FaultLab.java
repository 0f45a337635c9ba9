package org.slipway.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slipway.embedded.EmbeddedKafka;
import org.slipway.embedded.EmbeddedPostgres;
import org.slipway.embedded.EmbeddedPostgres.Durability;
import org.slipway.embedded.FreePort;
import org.slipway.system.History.Timing;
import org.slipway.testing.Database;

/**
 * A whole Slipway of its own to do harm to: two replicas of each service but the controller, PostgreSQL, Kafka, and three business
 * servers with the machine's own sshd, each reached over a {@link Wire}. As root the third one's disk is a small one of its own.
 */
final class FaultLab implements AutoCloseable {
    static final Timing TIMING = new Timing(Duration.ofSeconds(3), Duration.ofMillis(500), Duration.ofSeconds(20));

    /** Behind it a service gives a silent connection up. */
    static final Duration SILENCE = Duration.ofSeconds(6);

    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("SLIPWAY_LEASE", "3S"),
            Map.entry("SLIPWAY_LEASE_RENEWAL", "1S"),
            Map.entry("SLIPWAY_LEASE_SELF_STOP", "2S"),
            Map.entry("SLIPWAY_SCAN", "0.5S"),
            Map.entry("SLIPWAY_SSH_CONNECT_TIMEOUT", "4S"),
            Map.entry("SLIPWAY_SSH_ANSWER_TIMEOUT", "6S"),
            Map.entry("SLIPWAY_SSH_HEARTBEAT", "1S"),
            Map.entry("SLIPWAY_STOP_GRACE", "4S"),
            Map.entry("QUARKUS_DATASOURCE_JDBC_ADDITIONAL_JDBC_PROPERTIES_SOCKETTIMEOUT", "12"),
            Map.entry("SLIPWAY_RETRY_FIRST_WAIT", "1S"),
            Map.entry("SLIPWAY_RETRY_LONGEST_WAIT", "4S"),
            Map.entry("SLIPWAY_BACKUP_KEEP", "1"),
            Map.entry("SLIPWAY_CACHE_MAX_BYTES", "67108864"),
            // So that a copy lasts long enough for something to happen in the middle of it.
            Map.entry("SLIPWAY_COPY_BYTES_PER_SECOND", "4000000"));
    private static final int SMALL_DISK_MEGABYTES = 48;
    private static final int RELEASES_OF_ONE_PROJECT = 20;

    private final Path directory;
    private final EmbeddedPostgres postgres;
    private final EmbeddedKafka kafka;
    private final Wire toPostgres;
    private final Wire toKafka;
    private final Slipway slipway;
    private final Fleet fleet;
    private final boolean smallDisk;
    private Site site;

    private FaultLab() {
        directory = Directories.temporary("faults");
        postgres = EmbeddedPostgres.start(
                new EmbeddedPostgres.Settings(directory.resolve("postgres"), 0, Durability.FAST));
        postgres.createDatabase("slipway");
        toPostgres = Wire.to(postgres.port());
        int kafkaPort = FreePort.find();
        toKafka = Wire.to(kafkaPort);
        kafka = EmbeddedKafka.start(directory.resolve("kafka"), kafkaPort, toKafka.port());
        slipway = Slipway.start(
                new Slipway.Replicas(2, 2, 2),
                new Database(
                        "jdbc:postgresql://127.0.0.1:" + toPostgres.port() + "/slipway",
                        postgres.user(),
                        postgres.password()),
                "127.0.0.1:" + toKafka.port(),
                SETTINGS);
        try (Connection database = database()) {
            LeaseAudit.begin(database);
        } catch (SQLException cannot) {
            throw new IllegalStateException(cannot);
        }
        Path servers = Directories.made(directory.resolve("fleet"));
        smallDisk = isRoot()
                && run(
                        "mount",
                        "-t",
                        "tmpfs",
                        "-o",
                        "size=" + SMALL_DISK_MEGABYTES + "m",
                        "tmpfs",
                        made(servers, "web-3"));
        if (smallDisk) {
            // Also behind a run that was broken off.
            Runtime.getRuntime().addShutdownHook(new Thread(this::unmount));
        }
        fleet = Fleet.start(3, FleetServer.Kind.OPENSSH_BY_WIRE, servers, slipway.client());
        site = new Site(slipway.newProject(fleet));
    }

    private static String made(Path directory, String name) {
        return Directories.made(directory.resolve(name)).toString();
    }

    static FaultLab start() {
        return new FaultLab();
    }

    /** A project and what its files hold from release to release: one project for some releases, as all of it is read each time. */
    static final class Site {
        private final Project project;
        private final List<Map<String, String>> states = new ArrayList<>();

        Site(Project project) {
            this.project = project;
        }

        Project project() {
            return project;
        }

        List<Map<String, String>> states() {
            return states;
        }
    }

    /** The one for the next release: every server of it holds one and the same state. */
    Site site() {
        if (site.states().size() > RELEASES_OF_ONE_PROJECT) {
            newSite();
        }
        return site;
    }

    /** Another project, from now on. */
    Site newSite() {
        site = new Site(slipway.newProject(fleet));
        return site;
    }

    Slipway slipway() {
        return slipway;
    }

    EmbeddedPostgres postgres() {
        return postgres;
    }

    EmbeddedKafka kafka() {
        return kafka;
    }

    Wire toPostgres() {
        return toPostgres;
    }

    Wire toKafka() {
        return toKafka;
    }

    Fleet fleet() {
        return fleet;
    }

    Path directory() {
        return directory;
    }

    /** Whether the third business server has a small disk of its own. */
    boolean hasSmallDisk() {
        return smallDisk;
    }

    /** Not over the wire. */
    Connection database() throws SQLException {
        return EmbeddedPostgres.connect(postgres.jdbcUrl("slipway"), postgres.user(), postgres.password());
    }

    /** Who holds the lease of a release, or that of a server. */
    ServiceProcess holder(String table, String condition, Object... values) {
        return org.slipway.embedded.Await.untilPresent(Duration.ofSeconds(40), "a holder in " + table, () -> {
            try (Connection database = database();
                    PreparedStatement select = database.prepareStatement("select t.lease_owner from " + table
                            + " t join project p on p.id = t.project_id where p.name = ? and t.lease_owner is not null and "
                            + condition)) {
                select.setString(1, site.project().name());
                for (int i = 0; i < values.length; i++) {
                    select.setObject(i + 2, values[i]);
                }
                try (ResultSet rows = select.executeQuery()) {
                    return rows.next()
                            ? java.util.Optional.of(slipway.named(rows.getString(1)))
                            : java.util.Optional.empty();
                }
            }
        });
    }

    /** Everything as it should be: what is down is started, what stands still goes on, every way is good. */
    void heal() {
        toPostgres.be(Wire.Mode.GOOD);
        toKafka.be(Wire.Mode.GOOD);
        fleet.servers().forEach(server -> {
            server.wire().be(Wire.Mode.GOOD);
            server.openSsh().resume();
            server.start();
        });
        fleet.openGates();
        postgres.resume();
        if (!postgres.isAlive()) {
            postgres.restart();
        }
        kafka.resume();
        if (!kafka.isAlive()) {
            kafka.restart();
        }
        slipway.mend();
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** Runs a program, and tells whether it did what it was to do. */
    static boolean run(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException notThere) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whether somebody can make a file there. */
    static boolean canWrite(Path directory) {
        Path probe = directory.resolve("probe");
        try {
            Files.write(probe, new byte[8192]);
            return true;
        } catch (IOException cannot) {
            return false;
        } finally {
            try {
                Files.deleteIfExists(probe);
            } catch (IOException readOnly) {
                // then there is none
            }
        }
    }

    /** What the logs of all services hold that nothing foresaw: a line each. */
    Map<String, Long> bugs() {
        Map<String, Long> bugs = new HashMap<>();
        slipway.processes().forEach(process -> {
            long count = process.readLog()
                    .lines()
                    .filter(line -> line.contains("error that nothing foresaw"))
                    .count();
            if (count > 0) {
                bugs.put(process.instance(), count);
            }
        });
        return bugs;
    }

    @Override
    public void close() {
        try {
            fleet.close();
            fleet.servers().forEach(server -> server.wire().close());
            slipway.close();
        } finally {
            kafka.close();
            postgres.close();
            toPostgres.close();
            toKafka.close();
            unmount();
            Directories.remove(directory);
        }
    }

    private void unmount() {
        if (smallDisk) {
            run("umount", "-l", directory.resolve("fleet/web-3").toString());
        }
    }

    static void write(Path file, byte[] content) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }
}
