package org.slipway.controller.problem;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slipway.embedded.Await;
import org.slipway.embedded.EmbeddedPostgres;
import org.slipway.testing.SlipwayInfrastructure;

@QuarkusTest
@TestProfile(DatabaseAwayApiTest.OwnDatabase.class)
class DatabaseAwayApiTest {

    @Test
    void saysThatTheDatabaseIsAwayAndGoesOnWhenItIsBack() {
        given().get("/api/v1/projects").then().statusCode(200);
        given().get("/q/health/ready").then().statusCode(200);
        MortalPostgres.get().killHard();
        given().get("/api/v1/projects")
                .then()
                .statusCode(503)
                .contentType("application/problem+json")
                .header("Retry-After", "5")
                .body("type", equalTo("urn:slipway:problem:database-away"));
        given().get("/q/health/ready").then().statusCode(503);
        given().get("/q/health/live").then().statusCode(200);
        MortalPostgres.get().restart();
        Await.until(
                Duration.ofSeconds(60),
                "the service to answer again",
                () -> given().get("/api/v1/projects").statusCode() == 200);
    }

    /** A database that nobody else needs. */
    public static final class OwnDatabase implements QuarkusTestProfile {
        @Override
        public boolean disableGlobalTestResources() {
            return true;
        }

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(MortalPostgres.class));
        }
    }

    /** A PostgreSQL that the test may kill. */
    public static final class MortalPostgres implements QuarkusTestResourceLifecycleManager {
        private static final java.util.concurrent.atomic.AtomicReference<EmbeddedPostgres> SERVER =
                new java.util.concurrent.atomic.AtomicReference<>();

        static EmbeddedPostgres get() {
            return SERVER.get();
        }

        @Override
        public Map<String, String> start() {
            try {
                EmbeddedPostgres server = EmbeddedPostgres.start(Files.createTempDirectory("slipway-mortal-"));
                SERVER.set(server);
                return Map.of(
                        "quarkus.datasource.jdbc.url", server.jdbcUrl(),
                        "quarkus.datasource.username", server.user(),
                        "quarkus.datasource.password", server.password(),
                        "kafka.bootstrap.servers", SlipwayInfrastructure.bootstrapServers());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void stop() {
            SERVER.get().close();
        }
    }
}
