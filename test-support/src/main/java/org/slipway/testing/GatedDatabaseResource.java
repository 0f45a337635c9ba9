package org.slipway.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/** Like {@link InfrastructureResource}, with a {@link TcpGate} named {@code database} in front of PostgreSQL. */
public final class GatedDatabaseResource implements QuarkusTestResourceLifecycleManager {
    /** The gate's name. */
    public static final String GATE = "database";

    private final InfrastructureResource infrastructure = new InfrastructureResource();

    @Override
    public Map<String, String> start() {
        Map<String, String> settings = new HashMap<>(infrastructure.start());
        settings.computeIfPresent("quarkus.datasource.jdbc.url", (key, url) -> {
            URI server = URI.create(url.substring("jdbc:".length()));
            TcpGate gate = TcpGate.before(GATE, server.getHost(), server.getPort());
            return "jdbc:postgresql://127.0.0.1:" + gate.port() + server.getPath();
        });
        return settings;
    }

    @Override
    public void stop() {
        TcpGate.open(GATE);
    }
}
