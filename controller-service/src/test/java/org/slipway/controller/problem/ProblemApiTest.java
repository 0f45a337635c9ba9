package org.slipway.controller.problem;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
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
                .body("detail", containsString("2,097,152"));
    }

    @Test
    void takesDocumentsLargerThanAnyAction() {
        String inventory = """
                {"servers": [
                  {"name": "dev", "role": "DEVELOPMENT", "host": "d", "user": "u", "projectDirectory": "/srv/a"},
                  {"name": "beta", "role": "BETA", "host": "b", "user": "u", "projectDirectory": "/srv/a"}
                ]}""";
        given().contentType("application/json")
                .body(padded(inventory, maxBodyBytes))
                .put("/api/v1/projects/large-" + UUID.randomUUID())
                .then()
                .statusCode(201);
        given().contentType("application/json")
                .body(padded("{\"paths\": [\"a\"]}", maxBodyBytes))
                .post(releases(newProject(UNREACHABLE)))
                .then()
                .statusCode(201);
    }

    @Test
    void takesLittleWhereLittleIsToBeSaid() {
        int most = 64 << 10;
        String project = newProject(UNREACHABLE);
        String release = newRelease(project);
        for (String path : List.of(
                release + "/cancel", release + "/retry", "/api/v1/projects/" + project + "/servers/beta/check")) {
            given().contentType("application/json")
                    .body(padded("{}", most + 1))
                    .post(path)
                    .then()
                    .statusCode(413)
                    .contentType("application/problem+json")
                    .body("type", equalTo("urn:slipway:problem:body-too-large"))
                    .body("detail", containsString("65,536"));
        }
        given().contentType("application/json")
                .body(padded("{\"by\": \"ann\"}", most))
                .post(release + "/cancel")
                .then()
                .statusCode(202);
    }

    @Test
    void answersWhoSendsFarTooMuchForAnAction() {
        given().contentType("application/json")
                .body(new byte[maxBodyBytes])
                .post("/api/v1/projects/any/releases/1/promote")
                .then()
                .statusCode(413);
    }

    private static byte[] padded(String document, int bytes) {
        return (document + " ".repeat(bytes - document.length())).getBytes(StandardCharsets.US_ASCII);
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

    @Test
    void refusesParametersThatNobodyReads() {
        String project = newProject(INVENTORY);
        given().get("/api/v1/projects/" + project + "/journal?sever=web-1")
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:slipway:problem:invalid-parameter"))
                .body("errors[0].field", equalTo("sever"))
                .body("errors[0].message", containsString("known are before, journal, limit, server"));
        given().get("/api/v1/projects/" + project + "?limit=3")
                .then()
                .statusCode(400)
                .body("errors[0].message", containsString("takes no parameters"));
        given().get(releases(project) + "?limit=1&limit=2")
                .then()
                .statusCode(400)
                .body("errors[0].message", equalTo("may be given once"));
    }

    @Test
    void namesTheOtherPlaceOfABodyThatEndsTooEarly() {
        given().contentType("application/json")
                .body("{\"paths\": [\n \"a\"")
                .post("/api/v1/projects/any/releases")
                .then()
                .statusCode(400)
                .body("detail", containsString("start marker at line 1, column 11"));
    }
}
