package org.slipway.controller;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.slipway.controller.problem.ProblemType;
import org.slipway.controller.problem.Routes;
import org.slipway.embedded.Await;

@QuarkusTest
class OpenApiTest extends ApiTest {
    private final ApiDescription description = new ApiDescription();

    @Inject
    Routes routes;

    @Test
    void describesEveryRouteAndNoOther() {
        TreeSet<String> described = new TreeSet<>();
        description.document().get("paths").properties().forEach(path -> path.getValue().properties().stream()
                .filter(operation -> !operation.getKey().equals("parameters"))
                .forEach(operation ->
                        described.add(operation.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey())));
        assertThat(described).isEqualTo(new TreeSet<>(routes.all()));
    }

    @Test
    void describesEveryOperationInWordsAndByExample() {
        for (Map.Entry<String, JsonNode> path :
                description.document().get("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                if (operation.getKey().equals("parameters")) {
                    continue;
                }
                assertThat(operation.getValue().path("summary").asText()).isNotBlank();
                assertThat(operation.getValue().path("description").asText()).isNotBlank();
                assertThat(exampleErrors(operation.getValue().path("requestBody")))
                        .as("body of %s %s", operation.getKey(), path.getKey())
                        .isEmpty();
                for (Map.Entry<String, JsonNode> answer :
                        operation.getValue().get("responses").properties()) {
                    assertThat(exampleErrors(description.resolved(answer.getValue())))
                            .as("%s %s %s", operation.getKey(), path.getKey(), answer.getKey())
                            .isEmpty();
                }
            }
        }
    }

    @Test
    void nothingInItIsLeftOver() {
        List<String> used = description.document().findValuesAsText("$ref");
        for (String section : List.of("parameters", "headers", "responses", "schemas")) {
            description.document().at("/components/" + section).fieldNames().forEachRemaining(name -> assertThat(used)
                    .contains("#/components/%s/%s".formatted(section, name)));
        }
    }

    @Test
    void isServedWithSwaggerUi() {
        given().accept("application/json")
                .get("/q/openapi")
                .then()
                .statusCode(200)
                .body("info.title", equalTo("Slipway"))
                .body(
                        "paths.size()",
                        equalTo(description.document().get("paths").size()));
        given().get("/q/swagger-ui/").then().statusCode(200).body(containsString("swagger-ui"));
    }

    @Test
    void offersHealthAndMetrics() {
        given().get("/q/health").then().statusCode(200).body("status", equalTo("UP"));
        given().get("/api/v1/projects").then().statusCode(200);
        Await.until(Duration.ofSeconds(30), "the request to be counted", () -> given().get("/q/metrics")
                .asString()
                .contains("http_server_requests_seconds_count"));
    }

    @Test
    void everyExampleOfAProblemIsOfAKindThatThereIs() {
        List<String> kinds = new ArrayList<>();
        description.document().findValues("example").forEach(example -> {
            if (example.path("type").asText().startsWith("urn:slipway:problem:")) {
                kinds.add(example.get("type").textValue() + " "
                        + example.get("title").textValue() + " "
                        + example.get("status").intValue());
            }
        });
        assertThat(kinds)
                .isNotEmpty()
                .isSubsetOf(java.util.Arrays.stream(ProblemType.values())
                        .map(type -> type.uri() + " " + type.title() + " " + type.status())
                        .toList());
    }

    private List<String> exampleErrors(JsonNode body) {
        List<String> errors = new ArrayList<>();
        body.path("content").properties().forEach(content -> {
            JsonNode example = content.getValue().get("example");
            if (example == null) {
                errors.add("no example as " + content.getKey());
            } else {
                errors.addAll(description.errors(
                        content.getKey().endsWith("yaml") ? ApiDescription.yaml(example.textValue()) : example,
                        content.getValue().get("schema")));
            }
        });
        return errors;
    }
}
