package org.slipway.quickstart;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Map;
import org.slipway.embedded.EmbeddedPostgres;

/** Stands for a packaged service: it needs what the quick start tells it, and is ready when all of it was right. */
final class FakeService {

    private FakeService() {}

    public static void main(String[] arguments) throws Exception {
        Map<String, String> environment = System.getenv();
        try (Connection connection = EmbeddedPostgres.connect(
                get(environment, "QUARKUS_DATASOURCE_JDBC_URL"),
                get(environment, "QUARKUS_DATASOURCE_USERNAME"),
                get(environment, "QUARKUS_DATASOURCE_PASSWORD"))) {
            connection.createStatement().execute("select 1");
        }
        get(environment, "KAFKA_BOOTSTRAP_SERVERS");
        get(environment, "SLIPWAY_PARENT_PID");
        Path key = Path.of(get(environment, "SLIPWAY_SSH_PRIVATE_KEY"));
        if (!Files.isReadable(key) || !Files.isReadable(Path.of(get(environment, "SLIPWAY_SSH_KNOWN_HOSTS")))) {
            throw new IllegalStateException("no key or no known hosts");
        }
        int port = Integer.parseInt(get(environment, "QUARKUS_HTTP_PORT"));
        String name = get(environment, "SLIPWAY_INSTANCE");
        System.out.println(name + " has pid " + ProcessHandle.current().pid());
        if (name.equals("controller-service")) {
            FakeController.start(port, key.resolveSibling("fake-controller.json"));
        } else {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 0);
            server.createContext("/q/health/ready", exchange -> {
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            server.start();
        }
    }

    private static String get(Map<String, String> environment, String name) {
        String value = environment.get(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalStateException(name + " is missing");
        }
        return value;
    }
}
