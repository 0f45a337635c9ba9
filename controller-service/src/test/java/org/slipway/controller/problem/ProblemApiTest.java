package org.slipway.controller.problem;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.slipway.controller.ApiTest;
import org.slipway.testing.Log;

@QuarkusTest
class ProblemApiTest extends ApiTest {
    @ConfigProperty(name = "slipway.http.max-body-bytes")
    int maxBodyBytes;

    @Test
    void saysThatNothingIsThere() {
        given().get("/api/v2/nothing")
                .then()
                .statusCode(404)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:slipway:problem:not-found"))
                .body("instance", equalTo("/api/v2/nothing"));
    }

    @Test
    void saysWhichMethodsAPathTakes() {
        given().delete("/api/v1/projects/any")
                .then()
                .statusCode(405)
                .contentType("application/problem+json")
                .header("Allow", "GET, PUT")
                .body("type", equalTo("urn:slipway:problem:method-not-allowed"));
    }

    @Test
    void answersWhichMethodsALongerPathTakes() {
        given().put("/api/v1/projects/any/releases/1/promote")
                .then()
                .statusCode(405)
                .header("Allow", "POST");
        given().put("/api/v1/projects/any/releases").then().statusCode(405).header("Allow", "GET, POST");
    }

    @Test
    void saysWhatIsOffered() {
        String project = newProject(INVENTORY);
        given().accept("text/html")
                .get("/api/v1/projects/" + project)
                .then()
                .statusCode(406)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:slipway:problem:not-acceptable"));
    }

    @Test
    void saysWhatIsTaken() {
        given().contentType("text/plain")
                .body("servers: []")
                .put("/api/v1/projects/any")
                .then()
                .statusCode(415)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:slipway:problem:unsupported-media-type"));
    }

    @Test
    void saysHowLargeABodyMayBe() {
        given().contentType("application/json")
                .body(new byte[maxBodyBytes + 1])
                .put("/api/v1/projects/any")
                .then()
                .statusCode(413)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:slipway:problem:body-too-large"))
                .body("detail", containsString("8,388,608"));
    }

    @Test
    void showsAnIdInsteadOfAStackTrace() {
        String body = given().get("/test/bug")
                .then()
                .statusCode(500)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:slipway:problem:internal-error"))
                .body("errorId", org.hamcrest.Matchers.matchesPattern("[0-9a-f-]{36}"))
                .extract()
                .asString();
        assertThat(body).doesNotContain("secret").doesNotContain("Exception");
    }

    @Test
    void keepsThePathOnOneLineOfTheLog() {
        try (Log log = Log.of(ProblemMapper.class)) {
            given().urlEncodingEnabled(false)
                    .get("/test/bug/a%0Aerror=forged")
                    .then()
                    .statusCode(500);
            log.await("path=/test/bug/a%0Aerror=forged");

            assertThat(log.lines()).noneMatch(line -> line.contains("\n"));
        }
    }

    @Test
    void saysThatARequestIsRefused() {
        given().get("/test/refused")
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:slipway:problem:request-refused"));
    }

    @Test
    void asksToTryAgainWhenTheDatabaseWasOnlyBusy() {
        for (String state : List.of("40001", "40P01", "55P03", "25P03")) {
            given().get("/test/locked/" + state)
                    .then()
                    .statusCode(503)
                    .header("Retry-After", "5")
                    .body("type", equalTo("urn:slipway:problem:database-away"));
        }
    }

    @Test
    void refusesABodyOfMorePartsThanAnyDocumentHas() {
        for (String type : List.of("application/json", "application/yaml")) {
            given().contentType(type)
                    .body(("[" + "1,".repeat(200_000) + "1]").getBytes(StandardCharsets.UTF_8))
                    .put("/api/v1/projects/any")
                    .then()
                    .statusCode(400)
                    .body("type", equalTo("urn:slipway:problem:malformed-body"));
        }
    }

    @Test
    void tellsOfARowThatMovedMeanwhile() {
        given().get("/test/stale")
                .then()
                .statusCode(409)
                .body("type", equalTo("urn:slipway:problem:changed-meanwhile"));
    }

    @Test
    void answersBrokenPathsToo() {
        for (String path :
                List.of("/api/v1/projects/a%00b", "/api/v1/projects/%ff%fe", "/api/v1/projects/a%2e%2e%2fb")) {
            given().urlEncodingEnabled(false).get(path).then().statusCode(404).contentType("application/problem+json");
        }
    }
}
