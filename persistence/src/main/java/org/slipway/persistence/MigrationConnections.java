package org.slipway.persistence;

import io.quarkus.flyway.FlywayConfigurationCustomizer;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Migrations have connections of their own, to the same database and with the same properties, but without the limits that services set
 * themselves: a migration takes as long as it takes, and the connection that keeps its lock stands still meanwhile.
 */
@ApplicationScoped
class MigrationConnections implements FlywayConfigurationCustomizer {
    /** {@code options} are the session's limits, of locks and of transactions that stand still. */
    private static final Set<String> LIMITS = Set.of("socketTimeout", "options");

    private final String url;
    private final @Nullable String user;
    private final @Nullable String password;
    private final Map<String, String> properties;

    MigrationConnections(
            @ConfigProperty(name = "quarkus.datasource.jdbc.url") String url,
            @ConfigProperty(name = "quarkus.datasource.username") Optional<String> user,
            @ConfigProperty(name = "quarkus.datasource.password") Optional<String> password,
            @ConfigProperty(name = "quarkus.datasource.jdbc.additional-jdbc-properties")
                    Map<String, String> properties) {
        this.url = url;
        this.user = user.orElse(null);
        this.password = password.orElse(null);
        this.properties = properties;
    }

    @Override
    public void customize(FluentConfiguration configuration) {
        PGSimpleDataSource connections = new PGSimpleDataSource();
        try {
            connections.setUrl(url);
            if (user != null) {
                connections.setUser(user);
            }
            if (password != null) {
                connections.setPassword(password);
            }
            for (Map.Entry<String, String> property : properties.entrySet()) {
                if (!LIMITS.contains(property.getKey())) {
                    connections.setProperty(property.getKey(), property.getValue());
                }
            }
            connections.setSocketTimeout(0);
        } catch (SQLException e) {
            throw new ConfigurationException("a property of the connections to PostgreSQL is wrong: " + e.getMessage());
        }
        configuration.dataSource(connections);
    }
}
