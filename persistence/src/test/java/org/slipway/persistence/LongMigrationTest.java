package org.slipway.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.Context;
import org.junit.jupiter.api.Test;
import org.slipway.testing.InfrastructureResource;

/** Where services wait for an answer for 2 s at the most, and may stand still in a transaction for as long. */
@QuarkusTest
@TestProfile(LongMigrationTest.Impatient.class)
@QuarkusTestResource(value = InfrastructureResource.class, restrictToAnnotatedClass = true)
class LongMigrationTest {
    @Inject
    Flyway flyway;

    /** What a service waits for. */
    public static class Impatient implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarkus.datasource.jdbc.additional-jdbc-properties.socketTimeout",
                    "2",
                    "quarkus.datasource.jdbc.additional-jdbc-properties.options",
                    "-c idle_in_transaction_session_timeout=2s",
                    "quarkus.datasource.jdbc.additional-jdbc-properties.ApplicationName",
                    "slipway-of-an-operator");
        }
    }

    private static final class V2__Takes_four_seconds extends BaseJavaMigration {
        @Override
        public void migrate(Context context) throws SQLException {
            try (Statement statement = context.getConnection().createStatement()) {
                statement.execute("select pg_sleep(4)");
            }
        }
    }

    @Test
    void takesAsLongAsItTakes() {
        Configuration settings = flyway.getConfiguration();

        var migrated = Flyway.configure()
                .dataSource(settings.getDataSource())
                .initSql(settings.getInitSql())
                .table("long_migrations")
                .baselineOnMigrate(true)
                .locations(new String[0])
                .javaMigrations(new V2__Takes_four_seconds())
                .load()
                .migrate();

        assertThat(migrated.migrationsExecuted).isEqualTo(1);
    }

    @Test
    void connectsAsTheServicesDo() throws SQLException {
        try (Connection connection = flyway.getConfiguration().getDataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show application_name")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1)).isEqualTo("slipway-of-an-operator");
        }
    }
}
