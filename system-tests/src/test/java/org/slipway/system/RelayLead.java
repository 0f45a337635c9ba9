package org.slipway.system;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.slipway.embedded.Await;
import org.slipway.embedded.EmbeddedPostgres;
import org.slipway.testing.Database;

/** Which session holds the lock of the process that publishes transitions. */
final class RelayLead {
    private static final Duration LONGEST = Duration.ofSeconds(40);
    private static final String LEADER =
            "select pid from pg_locks where locktype = 'advisory' and granted and database ="
                    + " (select oid from pg_database where datname = current_database())";

    private final Database database;

    RelayLead(Database database) {
        this.database = database;
    }

    /** Ends the session of the leader, and returns when another has the lead. */
    void passOn(ServiceProcess to) {
        try (Connection connection =
                        EmbeddedPostgres.connect(database.jdbcUrl(), database.user(), database.password());
                Statement statement = connection.createStatement()) {
            Optional<Integer> before = leader(statement);
            if (before.isPresent()) {
                statement.execute("select pg_terminate_backend(" + before.get() + ")");
            }
            Await.until(LONGEST, to + " to lead", () -> {
                Optional<Integer> now = leader(statement);
                return now.isPresent() && !now.equals(before);
            });
        } catch (SQLException cannot) {
            throw new IllegalStateException("cannot ask who leads", cannot);
        }
    }

    private static Optional<Integer> leader(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery(LEADER)) {
            return rows.next() ? Optional.of(rows.getInt(1)) : Optional.empty();
        }
    }
}
