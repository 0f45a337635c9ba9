package org.slipway.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.postgresql.Driver;

/**
 * A PostgreSQL server of our own on 127.0.0.1, as a child process. Its directory outlives it, and outlives
 * {@code kill -9} of it, of this JVM and of both: the next start ends what is left and recovers.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    /** What happens to acknowledged transactions when the machine goes down. */
    public enum Durability {
        /** They are kept. */
        DURABLE,
        /** They may be lost, and the directory with them; for tests. {@code kill -9} of the server loses nothing. */
        FAST
    }

    /**
     * Where and how.
     *
     * @param directory holds everything: the cluster, the password, the log
     * @param port 0 for any free one, another one at each start
     */
    public record Settings(Path directory, int port, Durability durability) {
        public Settings {
            directory = directory.toAbsolutePath();
        }
    }

    private static final String USER = "slipway";
    private static final String FIRST_DATABASE = "postgres";
    private static final int MAX_CONNECTIONS = 200;
    private static final Duration LONGEST_START = Duration.ofSeconds(90);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(20);
    private static final Duration UNTIL_ORPHANS_NOTICE = Duration.ofSeconds(10);

    private final Settings settings;
    private final int port;
    private final String password;
    private final DirectoryLock lock;
    private ChildProcess postmaster;

    private EmbeddedPostgres(
            Settings settings, int port, String password, DirectoryLock lock, ChildProcess postmaster) {
        this.settings = settings;
        this.port = port;
        this.password = password;
        this.lock = lock;
        this.postmaster = postmaster;
    }

    /** Starts a durable one at any free port. */
    public static EmbeddedPostgres start(Path directory) {
        return start(new Settings(directory, 0, Durability.DURABLE));
    }

    /**
     * Starts it, and makes the cluster where there is none. Returns when it accepts connections.
     *
     * @throws StartFailedException with what to do
     */
    public static EmbeddedPostgres start(Settings settings) {
        DirectoryLock lock = DirectoryLock.take(settings.directory());
        try {
            Path cluster = settings.directory().resolve("cluster");
            if (Files.isDirectory(cluster)) {
                endLeftovers(cluster);
            } else {
                initialise(settings, cluster);
            }
            String password = Files.readString(passwordFile(settings)).strip();
            int port = settings.port() == 0 ? FreePort.find() : settings.port();
            return new EmbeddedPostgres(settings, port, password, lock, launch(settings, port));
        } catch (IOException cannot) {
            lock.close();
            throw new StartFailedException(
                    "cannot start PostgreSQL in " + settings.directory() + ": " + cannot, cannot);
        } catch (RuntimeException | Error failed) {
            lock.close();
            throw failed;
        }
    }

    private static Path passwordFile(Settings settings) {
        return settings.directory().resolve("password");
    }

    /** A cluster appears whole or not at all: it is made aside and renamed. */
    private static void initialise(Settings settings, Path cluster) throws IOException {
        Path aside = settings.directory().resolve("cluster.new");
        if (Files.exists(aside)) {
            UnpackedCache.delete(aside);
        }
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        Path passwordFile = passwordFile(settings);
        Files.deleteIfExists(passwordFile);
        Files.createFile(
                passwordFile, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(passwordFile, HexFormat.of().formatHex(random) + "\n");

        List<String> command = program("initdb");
        command.addAll(List.of(
                "--pgdata=" + aside,
                "--username=" + USER,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--no-locale"));
        if (settings.durability() == Durability.FAST) {
            command.add("--no-sync");
        }
        ChildProcess initdb = ChildProcess.start(launchOf("initdb", settings, command));
        if (!initdb.endsWithin(LONGEST_START) || initdb.exitStatus().orElse(1) != 0) {
            initdb.killHard();
            throw new StartFailedException("cannot make the PostgreSQL cluster in " + settings.directory() + ":\n"
                    + initdb.readLog().strip()
                    + (asNobody()
                            ? "\nPostgreSQL refuses root and users without a name; for them it is started through"
                                    + " `unshare -U`. Where that is not allowed (some containers), run as a plain user."
                            : ""));
        }
        Files.move(aside, cluster);
    }

    private static ChildProcess launch(Settings settings, int port) {
        Path cluster = settings.directory().resolve("cluster");
        List<String> command = program("postgres");
        command.addAll(List.of("-D", cluster.toString(), "-p", Integer.toString(port)));
        String safe = settings.durability() == Durability.DURABLE ? "on" : "off";
        Map.of(
                        "listen_addresses", "127.0.0.1",
                        "unix_socket_directories", "",
                        "max_connections", Integer.toString(MAX_CONNECTIONS),
                        "shared_buffers", "64MB",
                        "max_wal_size", "256MB",
                        "fsync", safe,
                        "synchronous_commit", "on",
                        "full_page_writes", safe,
                        "log_min_messages", "warning")
                .forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));

        ChildProcess postmaster = ChildProcess.start(launchOf("PostgreSQL", settings, command), Signal.INT);
        try {
            postmaster.awaitReady(LONGEST_START, () -> isReady(cluster, postmaster.pid()));
        } catch (StartFailedException failed) {
            postmaster.stop(Signal.INT, LONGEST_STOP);
            throw failed;
        }
        return postmaster;
    }

    /** The eighth line of postmaster.pid is where PostgreSQL itself tells its tools. */
    private static boolean isReady(Path cluster, long pid) throws IOException {
        Path file = cluster.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return false;
        }
        List<String> lines = Files.readAllLines(file);
        return lines.size() >= 8
                && lines.getFirst().strip().equals(Long.toString(pid))
                && lines.get(7).strip().equals("ready");
    }

    /**
     * Ends every postgres that runs in the cluster. The lock is ours, so whoever started them is gone. A server closes
     * its files in order on SIGINT; its orphans, after a kill of the server itself, notice and end by themselves.
     */
    private static void endLeftovers(Path cluster) throws IOException {
        List<Long> running = ProcessTable.running("postgres", cluster);
        if (running.isEmpty()) {
            // It may name a pid that by now belongs to someone else, and PostgreSQL would refuse to start. Without one
            // process left in the directory there is no shared memory to guard either.
            Files.deleteIfExists(cluster.resolve("postmaster.pid"));
            return;
        }
        running.forEach(Signal.CONT::send);
        long server = serverOf(cluster);
        if (running.contains(server)) {
            Signal.INT.send(server);
        }
        try {
            Await.until(
                    UNTIL_ORPHANS_NOTICE, "the old PostgreSQL to end", () -> ProcessTable.running("postgres", cluster)
                            .isEmpty());
        } catch (Await.TimedOutException stubborn) {
            ProcessTable.running("postgres", cluster).forEach(Signal.KILL::send);
            Await.until(
                    UNTIL_ORPHANS_NOTICE,
                    "the old PostgreSQL in " + cluster + " to end after kill -9",
                    () -> ProcessTable.running("postgres", cluster).isEmpty());
        }
    }

    private static long serverOf(Path cluster) throws IOException {
        Path file = cluster.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return -1;
        }
        // A crash of the machine may have left anything in it.
        return Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
                .limit(1)
                .map(String::strip)
                .filter(line -> line.matches("\\d{1,18}"))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(-1);
    }

    private static ChildProcess.Launch launchOf(String name, Settings settings, List<String> command) {
        // Messages of the server are looked at by people and by tests: in English, wherever they are.
        return new ChildProcess.Launch(
                name,
                command,
                Map.of("LC_ALL", "C", "TZ", "UTC"),
                settings.directory(),
                settings.directory().resolve("postgres.log"));
    }

    /** PostgreSQL refuses root and users without a name. In a namespace of its own it is nobody, and still owns our files. */
    private static List<String> program(String name) {
        List<String> command = new ArrayList<>();
        if (asNobody()) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(PostgresBinaries.directory().resolve("bin").resolve(name).toString());
        return command;
    }

    private static boolean asNobody() {
        return Account.isRoot() || !Account.hasName();
    }

    public int port() {
        return port;
    }

    /** Of the database that is there from the start. */
    public String jdbcUrl() {
        return jdbcUrl(FIRST_DATABASE);
    }

    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** A superuser. */
    public String user() {
        return USER;
    }

    /** Random, made with the cluster. */
    public String password() {
        return password;
    }

    /** Of the server; another one after {@link #restart()}. */
    public long pid() {
        return postmaster.pid();
    }

    public boolean isAlive() {
        return postmaster.isAlive();
    }

    /** Makes a database unless it exists. */
    public void createDatabase(String name) {
        try (Connection connection = connect(jdbcUrl(), USER, password)) {
            try (PreparedStatement query = connection.prepareStatement("select 1 from pg_database where datname = ?")) {
                query.setString(1, name);
                if (query.executeQuery().next()) {
                    return;
                }
            }
            try (Statement statement = connection.createStatement()) {
                statement.execute("create database " + statement.enquoteIdentifier(name, true));
            }
        } catch (SQLException cannot) {
            throw new IllegalStateException("cannot create the database " + name, cannot);
        }
    }

    /** Connects without the DriverManager, which sees no drivers from inside some class loaders. */
    public static Connection connect(String jdbcUrl, String user, String password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        Connection connection = new Driver().connect(jdbcUrl, properties);
        if (connection == null) {
            throw new SQLException("not a URL of PostgreSQL: " + jdbcUrl);
        }
        return connection;
    }

    /** Ends it in order, as before a shutdown of the machine; {@link #restart()} brings it back. */
    public void stop() {
        postmaster.stop(Signal.INT, LONGEST_STOP);
    }

    /** {@code kill -9} of the server; its backends notice a moment later. */
    public void killHard() {
        postmaster.killHard();
    }

    /** Starts it again at the same port, after {@link #stop()} or {@link #killHard()}; stops it first when it runs. */
    public void restart() {
        stop();
        try {
            endLeftovers(settings.directory().resolve("cluster"));
        } catch (IOException cannot) {
            throw new StartFailedException("cannot restart PostgreSQL in " + settings.directory(), cannot);
        }
        postmaster = launch(settings, port);
    }

    /** Stops the server and every backend with {@code kill -STOP}: connections stay open and nothing answers. */
    public void pause() {
        processes().forEach(Signal.STOP::send);
    }

    public void resume() {
        processes().forEach(Signal.CONT::send);
    }

    private List<Long> processes() {
        return ProcessTable.running("postgres", settings.directory().resolve("cluster"));
    }

    /** Ends it in order and gives the directory back. */
    @Override
    public void close() {
        resume();
        stop();
        lock.close();
    }
}
