package org.slipway.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/**
 * Gives a {@code @QuarkusTest} a database of its own, the broker of this JVM, and any free port:
 *
 * <pre>{@code @QuarkusTestResource(value = InfrastructureResource.class, restrictToAnnotatedClass = true)}</pre>
 */
public final class InfrastructureResource implements QuarkusTestResourceLifecycleManager {

    @Override
    public Map<String, String> start() {
        Database database = SlipwayInfrastructure.newDatabase();
        return Map.of(
                "quarkus.datasource.jdbc.url", database.jdbcUrl(),
                "quarkus.datasource.username", database.user(),
                "quarkus.datasource.password", database.password(),
                "kafka.bootstrap.servers", SlipwayInfrastructure.bootstrapServers(),
                "quarkus.http.test-port", "0");
    }

    /** What is shared ends with the JVM. */
    @Override
    public void stop() {}
}
