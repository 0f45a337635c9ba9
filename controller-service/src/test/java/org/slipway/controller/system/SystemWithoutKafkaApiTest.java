package org.slipway.controller.system;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slipway.controller.ApiTest;
import org.slipway.embedded.Await;

@QuarkusTest
@TestProfile(SystemWithoutKafkaApiTest.NoKafka.class)
class SystemWithoutKafkaApiTest extends ApiTest {
    private static final String SYSTEM = "/api/v1/system";
    private static final String KAFKA = "checks.find { it.name == 'kafka' }";

    /** Kafka is where nobody listens, and the name of the process longer than that of a session may be. */
    public static final class NoKafka extends SystemApiTest.Named {
        static final String INSTANCE = "controller-service-" + "7d9f8b6c5-".repeat(6) + "x2x4z";

        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> overrides = new HashMap<>(super.getConfigOverrides());
            overrides.put("kafka.bootstrap.servers", "127.0.0.1:1");
            overrides.put("slipway.instance", INSTANCE);
            return overrides;
        }
    }

    @Test
    void showsWhatWaitsForKafkaAndIsReady() {
        String release = newRelease(newProject(INVENTORY));
        Await.until(
                Duration.ofSeconds(60),
                "Kafka to be missed for a second",
                () -> given().get(SYSTEM).then().extract().jsonPath().getInt("outbox.oldestAgeSeconds") > 0);
        Await.until(
                Duration.ofSeconds(60),
                "Kafka to be found away",
                () -> Boolean.FALSE.equals(given().get(SYSTEM).then().extract().path("kafka.reachable")));
        given().get(SYSTEM)
                .then()
                .body("outbox.unpublished", equalTo(4))
                .body("outbox.relay", equalTo(NoKafka.INSTANCE))
                .body("kafka.seenBy", equalTo(NoKafka.INSTANCE))
                .body("kafka.forSeconds", greaterThanOrEqualTo(0))
                .body("kafka.brokers", nullValue())
                .body("kafka.why", not(nullValue()));
        given().get("/q/health/ready")
                .then()
                .statusCode(200)
                .body(KAFKA + ".status", equalTo("UP"))
                .body(KAFKA + ".data.reachable", equalTo(false))
                .body(KAFKA + ".data.why", not(nullValue()))
                .body("checks.find { it.name == 'database' }.status", equalTo("UP"));
        given().get("/q/health/live").then().statusCode(200);
        assertThat(given().get(release).statusCode()).isEqualTo(200);
    }
}
