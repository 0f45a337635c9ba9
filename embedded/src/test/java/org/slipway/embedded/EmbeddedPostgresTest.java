package org.slipway.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slipway.embedded.EmbeddedPostgres.Durability;

class EmbeddedPostgresTest {

    private final Path directory;

    EmbeddedPostgresTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private EmbeddedPostgres.Settings fast() {
        return new EmbeddedPostgres.Settings(directory, 0, Durability.FAST);
    }

    @Test
    void keepsItsDataAndPasswordOverARestartAndIsDurable() throws Exception {
        String password;
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory)) {
            password = postgres.password();
            postgres.createDatabase("slipway");
            postgres.createDatabase("slipway");
            execute(postgres, "slipway", "create table kept (n int)");
            execute(postgres, "slipway", "insert into kept values (42)");
        }
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory)) {
            assertThat(postgres.password()).isEqualTo(password);
            assertThat(query(postgres, "slipway", "select n from kept")).isEqualTo("42");
            for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
                assertThat(query(postgres, "slipway", "show " + setting))
                        .as(setting)
                        .isEqualTo("on");
            }
            assertThat(Integer.parseInt(query(postgres, "slipway", "show max_connections")))
                    .isGreaterThanOrEqualTo(200);
            assertThat(query(postgres, "slipway", "select 'ä' < 'z'")).isEqualTo("f");
        }
    }

    @Test
    void refusesAWrongPassword() {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(fast())) {
            assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), "guessed"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void comesBackAtTheSamePortAfterTheServerAloneWasKilled() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(fast())) {
            execute(postgres, "postgres", "create table kept (n int)");
            execute(postgres, "postgres", "insert into kept values (7)");
            int port = postgres.port();
            try (Connection held = connect(postgres, "postgres")) {
                assertThat(held.isValid(1)).isTrue();
                postgres.killHard();
                postgres.restart();
            }
            assertThat(postgres.port()).isEqualTo(port);
            assertThat(query(postgres, "postgres", "select n from kept")).isEqualTo("7");
        }
    }

    @Test
    void answersNobodyWhilePausedAndEveryoneAfter() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(fast());
                Connection connection = connect(postgres, "postgres")) {
            postgres.pause();
            assertThat(connection.isValid(1)).isFalse();
            postgres.resume();
            assertThat(query(postgres, "postgres", "select 1")).isEqualTo("1");
        }
    }

    @Test
    void endsWithTheJvmThatStartedItAlsoWhenThatIsKilled() throws Exception {
        OtherJvm jvm = OtherJvm.start(directory, "postgres");
        long server = Long.parseLong(jvm.said());
        assertThat(ProcessTable.startTicks(server)).isPresent();
        jvm.process().killHard();
        Await.until(Duration.ofSeconds(20), "PostgreSQL to end with its parent", () -> ProcessTable.startTicks(server)
                .isEmpty());
    }

    @Test
    void stopsAServerThatAKilledParentLeftRunning() throws Exception {
        OtherJvm jvm = OtherJvm.start(directory, "postgres");
        long server = Long.parseLong(jvm.said());
        jvm.killAndNobodyWatching();
        assertThat(ProcessTable.startTicks(server)).isPresent();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(fast())) {
            assertThat(ProcessTable.startTicks(server)).isEmpty();
            assertThat(query(postgres, "postgres", "select 1")).isEqualTo("1");
        }
    }

    @Test
    void startsAlthoughItsOldPidNowBelongsToSomeoneElse() throws Exception {
        EmbeddedPostgres.start(fast()).close();
        Path cluster = directory.resolve("cluster");
        Files.writeString(
                cluster.resolve("postmaster.pid"), ProcessHandle.current().pid() + "\n" + cluster + "\n");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(fast())) {
            assertThat(query(postgres, "postgres", "select 1")).isEqualTo("1");
        }
    }

    @Test
    void takesTheDirectoryForItselfAlone() {
        try (EmbeddedPostgres first = EmbeddedPostgres.start(fast())) {
            assertThatThrownBy(() -> EmbeddedPostgres.start(fast()))
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageContaining(directory.toString())
                    .hasMessageContaining("in use by another process");
            assertThat(first.isAlive()).isTrue();
        }
    }

    @Test
    void startsOverWhenItsFirstStartWasCutOff() throws Exception {
        Path halfMade = Files.createDirectories(directory.resolve("cluster.new/base"));
        Files.writeString(halfMade.resolve("1"), "cut off");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(fast())) {
            assertThat(query(postgres, "postgres", "select 1")).isEqualTo("1");
        }
    }

    @Test
    void saysWhatItsLogSaysWhenItCannotStart() throws Exception {
        EmbeddedPostgres.start(fast()).close();
        Files.writeString(directory.resolve("cluster/postgresql.conf"), "no_such_setting = 1\n");
        assertThatThrownBy(() -> EmbeddedPostgres.start(fast()))
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("no_such_setting")
                .hasMessageContaining("postgres.log");
    }

    private static Connection connect(EmbeddedPostgres postgres, String database) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(database), postgres.user(), postgres.password());
    }

    private static void execute(EmbeddedPostgres postgres, String database, String sql) throws SQLException {
        try (Connection connection = connect(postgres, database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(EmbeddedPostgres postgres, String database, String sql) throws SQLException {
        try (Connection connection = connect(postgres, database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            assertThat(result.next()).isTrue();
            return result.getString(1);
        }
    }
}
