package org.slipway.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** PostgreSQL and Kafka in containers, for machines with a Docker engine. They are ended by Testcontainers. */
final class Containers {

    private static final String POSTGRES_IMAGE = "postgres:18-alpine";
    private static final String KAFKA_IMAGE = "apache/kafka:4.2.1";
    private static final String MAX_CONNECTIONS = "200";

    private Containers() {}

    static boolean available() {
        return Engine.ANSWERS;
    }

    /** Asked once a JVM. */
    private static final class Engine {
        static final boolean ANSWERS = mayExist(System.getenv(), System.getProperty("user.home"))
                && DockerClientFactory.instance().isDockerAvailable();
    }

    /** Testcontainers logs errors where there is no engine at all, so it is not even asked then. */
    static boolean mayExist(Map<String, String> environment, String home) {
        @Nullable String runtimeDirectory = environment.get("XDG_RUNTIME_DIR");
        return environment.containsKey("DOCKER_HOST")
                || Files.exists(Path.of("/var/run/docker.sock"))
                || Files.exists(Path.of(home, ".docker/run/docker.sock"))
                || (runtimeDirectory != null && Files.exists(Path.of(runtimeDirectory, "docker.sock")));
    }

    static PostgresServer postgres() {
        PostgreSQLContainer container = new PostgreSQLContainer(POSTGRES_IMAGE)
                .withDatabaseName("postgres")
                .withCommand("postgres", "-c", "max_connections=" + MAX_CONNECTIONS, "-c", "fsync=off");
        container.start();
        return new PostgresServer(
                container.getHost(),
                container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
                container.getUsername(),
                container.getPassword());
    }

    static String kafka() {
        KafkaContainer container = new KafkaContainer(KAFKA_IMAGE)
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0");
        container.start();
        return container.getBootstrapServers();
    }
}
