package org.slipway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slipway.embedded.EmbeddedPostgres;

class SlipwayInfrastructureTest {

    @Test
    void givesEachOneWhoAsksAnEmptyDatabaseOnTheSameServer() throws Exception {
        Database first = SlipwayInfrastructure.newDatabase();
        Database second = SlipwayInfrastructure.newDatabase();

        for (Database database : List.of(first, second)) {
            try (Connection connection =
                            EmbeddedPostgres.connect(database.jdbcUrl(), database.user(), database.password());
                    Statement statement = connection.createStatement()) {
                statement.execute("create table release (n int)");
            }
        }
        assertThat(first.jdbcUrl()).isNotEqualTo(second.jdbcUrl());
        assertThat(server(first)).isEqualTo(server(second));
    }

    private static String server(Database database) {
        return database.jdbcUrl().substring(0, database.jdbcUrl().lastIndexOf('/'));
    }

    @Test
    void givesQuarkusTheDatabaseTheBrokerAndAPort() throws Exception {
        Map<String, String> settings = new InfrastructureResource().start();

        assertThat(settings)
                .containsOnlyKeys(
                        "quarkus.datasource.jdbc.url",
                        "quarkus.datasource.username",
                        "quarkus.datasource.password",
                        "kafka.bootstrap.servers",
                        "quarkus.http.test-port")
                .containsEntry("quarkus.http.test-port", "0")
                .containsEntry("kafka.bootstrap.servers", SlipwayInfrastructure.bootstrapServers());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", SlipwayInfrastructure.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("asked-for", 3, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            assertThat(admin.listTopics().names().get(30, TimeUnit.SECONDS)).contains("asked-for");
        }
    }

    @Test
    void doesNotTellThePasswordToLogs() {
        assertThat(new Database("jdbc:postgresql://127.0.0.1:5432/x", "slipway", "secret"))
                .asString()
                .doesNotContain("secret");
    }

    @Test
    void looksForADockerEngineBeforeItAsksTestcontainers(@TempDir Path home) throws Exception {
        boolean onThisMachine = Files.exists(Path.of("/var/run/docker.sock"));
        assertThat(Containers.mayExist(Map.of(), home.toString())).isEqualTo(onThisMachine);
        assertThat(Containers.mayExist(Map.of("XDG_RUNTIME_DIR", home.toString()), home.toString()))
                .isEqualTo(onThisMachine);
        assertThat(Containers.mayExist(Map.of("DOCKER_HOST", "tcp://127.0.0.1:2375"), home.toString()))
                .isTrue();
        Files.createFile(home.resolve("docker.sock"));
        assertThat(Containers.mayExist(Map.of("XDG_RUNTIME_DIR", home.toString()), home.toString()))
                .isTrue();
    }
}
