package org.slipway.simulation;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.slipway.embedded.EmbeddedPostgres;
import org.slipway.testing.Database;
import org.slipway.testing.SlipwayInfrastructure;

/**
 * A database whose clock can be set: functions of the names of PostgreSQL's clocks stand before them in the search path, so that the
 * services' statements, the defaults of the tables and the triggers all go by it.
 */
public final class SimulationResource implements QuarkusTestResourceLifecycleManager {
    private static final String CLOCK = """
            create schema simulation;
            create function simulation.clock_timestamp() returns timestamptz language sql volatile as $$
                select coalesce(nullif(current_setting('simulation.now', true), '')::timestamptz, pg_catalog.clock_timestamp())
            $$;
            create function simulation.now() returns timestamptz language sql volatile as $$
                select simulation.clock_timestamp()
            $$
            """;

    @Override
    public Map<String, String> start() {
        OnSimulatedTime.install();
        Database database = SlipwayInfrastructure.newDatabase();
        try (Connection connection =
                        EmbeddedPostgres.connect(database.jdbcUrl(), database.user(), database.password());
                Statement statement = connection.createStatement()) {
            statement.execute(CLOCK);
            String name = database.jdbcUrl().substring(database.jdbcUrl().lastIndexOf('/') + 1);
            statement.execute("alter database " + name + " set search_path = simulation, pg_catalog, public");
            statement.execute("alter database " + name + " set synchronous_commit = off");
            statement.execute("alter database " + name + " set jit = off");
        } catch (SQLException cannot) {
            throw new IllegalStateException(cannot);
        }
        return Map.of(
                "quarkus.datasource.jdbc.url",
                database.jdbcUrl(),
                "quarkus.datasource.username",
                database.user(),
                "quarkus.datasource.password",
                database.password(),
                "slipway.service",
                "controller-service",
                "slipway.instance",
                "nobody");
    }

    @Override
    public void stop() {}
}
