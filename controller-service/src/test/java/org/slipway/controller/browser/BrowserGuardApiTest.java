package org.slipway.controller.browser;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.controller.ApiTest;

@QuarkusTest
class BrowserGuardApiTest extends ApiTest {
    @TestHTTPResource
    URI service;

    @ParameterizedTest
    @ValueSource(strings = {"cross-site", "same-site", "of-tomorrow", ""})
    void refusesWhatAPageOfAnotherOriginSends(String site) {
        refusesToAct(given().header("Sec-Fetch-Site", site));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example", "http://localhost", "http://localhost:1", "null", "no origin", ""})
    void refusesAnotherOriginWhereTheBrowserSaysNoMore(String origin) {
        refusesToAct(given().header("Origin", origin));
    }

    @Test
    void refusesEverythingThatChangesSomething() {
        String project = newProject(INVENTORY);
        foreign()
                .post("/api/v1/projects/" + project + "/servers/beta/check")
                .then()
                .statusCode(403);
        foreign().contentType("text/plain").post(releases(project)).then().statusCode(403);
        foreign()
                .contentType("application/yaml")
                .body(BETA_ONLY.getBytes(StandardCharsets.UTF_8))
                .put("/api/v1/projects/" + project)
                .then()
                .statusCode(403);
        foreign().delete("/api/v1/projects/" + project).then().statusCode(403);
        given().get("/api/v1/projects/" + project)
                .then()
                .body("servers.size()", equalTo(4))
                .body("status.unfinishedRelease", equalTo(null));
    }

    @Test
    void letsPagesOfThisServiceAct() {
        String own = "http://" + service.getAuthority();
        acts(given().header("Sec-Fetch-Site", "same-origin").header("Origin", own));
        acts(given().header("Sec-Fetch-Site", "none"));
        acts(given().header("Origin", own));
        acts(given().header("Origin", own.replace("http:", "https:")));
    }

    @Test
    void letsPagesBehindAProxyAct() {
        acts(given().header("Sec-Fetch-Site", "same-origin").header("Origin", "https://slipway.example.org"));
    }

    @Test
    void answersQuestionsOfEveryone() {
        foreign().get("/api/v1/projects").then().statusCode(200).header("Access-Control-Allow-Origin", equalTo(null));
    }

    @Test
    void givesNoOtherOriginLeaveToAsk() {
        assertThat(foreign()
                        .header("Access-Control-Request-Method", "PUT")
                        .options("/api/v1/projects/any")
                        .headers()
                        .asList())
                .noneMatch(header -> header.getName().startsWith("Access-Control-Allow"));
    }

    @Test
    void answersToNoNameThatIsNotItsOwn() {
        given().header("Host", "evil.example:8080")
                .get("/api/v1/projects")
                .then()
                .statusCode(421)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:slipway:problem:unknown-host"))
                .body("detail", containsString("'evil.example:8080'"))
                .body("detail", containsString("slipway.http.hosts"));
        given().header("Host", "evil.example")
                .header("Origin", "http://evil.example")
                .header("Sec-Fetch-Site", "same-origin")
                .post("/api/v1/projects/any/releases/1/promote")
                .then()
                .statusCode(421);
    }

    @Test
    void answersToItsNamesInAKubernetesCluster() {
        given().header("Host", "controller-service.slipway.svc")
                .get("/api/v1/projects")
                .then()
                .statusCode(200);
    }

    @Test
    void isAskedForItsHealthByAnyName() {
        given().header("Host", "evil.example").get("/q/health/live").then().statusCode(200);
    }

    @Test
    void tellsNothingToWhoSendsABrokenHost() throws IOException {
        for (String host : new String[] {"Host: a b\r\n", "Host:\r\n", "Host: local%00host\r\n", "Host: [::1\r\n"}) {
            assertThat(status("GET /api/v1/projects HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"))
                    .as(host)
                    .matches("HTTP/1\\.1 [45]\\d\\d .*");
        }
        assertThat(status("GET /api/v1/projects HTTP/1.0\r\n\r\n")).matches("HTTP/1\\.[01] [45]\\d\\d .*");
    }

    private static RequestSpecification foreign() {
        return given().header("Sec-Fetch-Site", "cross-site").header("Origin", "http://evil.example");
    }

    private static void refusesToAct(RequestSpecification request) {
        String release = newRelease(newProject(UNREACHABLE));
        request.post(release + "/cancel")
                .then()
                .statusCode(403)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:slipway:problem:foreign-origin"));
        given().get(release).then().body("state", equalTo("BETA_COPYING")).body("cancelRequested", equalTo(false));
    }

    private static void acts(RequestSpecification request) {
        String release = newRelease(newProject(UNREACHABLE));
        request.post(release + "/cancel").then().statusCode(202);
    }

    /** The first line of the answer to a request that no client would send. */
    private String status(String request) throws IOException {
        try (Socket socket = new Socket(service.getHost(), service.getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("");
        }
    }
}
