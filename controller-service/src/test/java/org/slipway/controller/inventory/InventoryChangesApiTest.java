package org.slipway.controller.inventory;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.controller.ApiTest;

@QuarkusTest
class InventoryChangesApiTest extends ApiTest {

    @Test
    void recordsTheFirstInventory() {
        String project = newProject(INVENTORY);

        changes(project, "")
                .body("changes.server", contains("web2", "web1", "beta", "dev"))
                .body("changes.kind.unique()", contains("ADDED"))
                .body("changes.inventoryVersion.unique()", contains(1))
                .body("changes.by.unique()", contains("api"))
                .body("changes[2].fields.find { it.field == 'port' }.to", equalTo(2222))
                .body("changes[1].fields.find { it.field == 'hostKeys' }.to", contains(KEY))
                .body("changes[1].fields.find { it.field == 'hostKeys' }.from", nullValue())
                .body("changes[0].at", notNullValue())
                .body("next", nullValue());
    }

    @Test
    void recordsWhatWasAndWhatIsAndWhoChangedIt() {
        String project = newProject(INVENTORY);

        putBy(
                        project,
                        "ann",
                        INVENTORY
                                .replace("web1.example.org", "10.0.0.1")
                                .replace("    workDirectory: /srv/.slipway\n", ""))
                .statusCode(200);

        changes(project, "?limit=1")
                .body("changes.kind", contains("CHANGED"))
                .body("changes.server", contains("web1"))
                .body("changes.by", contains("ann"))
                .body("changes.inventoryVersion", contains(2))
                .body("changes[0].fields.field", contains("host", "workDirectory"))
                .body("changes[0].fields.from", contains("web1.example.org", "/srv/.slipway"))
                .body("changes[0].fields[0].to", equalTo("10.0.0.1"))
                .body("changes[0].fields[1].to", nullValue());
    }

    @Test
    void recordsWhatIsGoneAndWhatCameBack() {
        String project = newProject(INVENTORY);
        putYaml(project, INVENTORY.substring(0, INVENTORY.indexOf("  - {name: web2")))
                .statusCode(200);
        putYaml(project, INVENTORY).statusCode(200);

        changes(project, "?server=web2")
                .body("changes.kind", contains("ADDED", "REMOVED", "ADDED"))
                .body("changes.inventoryVersion", contains(3, 2, 1))
                .body("changes[1].fields.find { it.field == 'host' }.from", equalTo("web2.example.org"))
                .body("changes[1].fields.find { it.field == 'host' }.to", nullValue());
    }

    @Test
    void recordsAnotherOrder() {
        String project = newProject(BETA_ONLY);
        List<String> lines = BETA_ONLY.lines().toList();

        putYaml(project, lines.get(0) + "\n" + lines.get(2) + "\n" + lines.get(1) + "\n")
                .statusCode(200);

        changes(project, "?limit=1")
                .body("changes.kind", contains("REORDERED"))
                .body("changes[0].server", nullValue())
                .body("changes[0].fields[0].from", contains("dev", "beta"))
                .body("changes[0].fields[0].to", contains("beta", "dev"));
    }

    @Test
    void recordsNothingWhereNothingChanged() {
        String project = newProject(BETA_ONLY);
        putBy(project, "ann", BETA_ONLY).statusCode(200);
        putYaml(project, BETA_ONLY.replace("name: dev,", "name: beta2,").replace("name: beta,", "name: dev,"))
                .statusCode(422);

        changes(project, "").body("changes.size()", equalTo(2));
    }

    @Test
    void givesOnePageAfterTheOther() {
        String project = newProject(INVENTORY);

        String next = changes(project, "?limit=3")
                .body("changes.server", contains("web2", "web1", "beta"))
                .extract()
                .path("next");
        given().get(next)
                .then()
                .statusCode(200)
                .body("changes.server", contains("dev"))
                .body("next", nullValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"%20", "a%0Ab"})
    void refusesANameThatIsNone(String by) {
        given().urlEncodingEnabled(false)
                .contentType("application/yaml")
                .body(BETA_ONLY.getBytes(StandardCharsets.UTF_8))
                .put("/api/v1/projects/any?by=" + by)
                .then()
                .statusCode(400)
                .body("errors[0].field", equalTo("by"));
    }

    @Test
    void knowsNoChangesOfAProjectThatIsNotThere() {
        given().get("/api/v1/projects/nobody-made-it/inventory-changes").then().statusCode(404);
        assertThat(given().get("/api/v1/projects/x/inventory-changes?before=x").statusCode())
                .isEqualTo(400);
    }

    private static ValidatableResponse changes(String project, String query) {
        return given().get("/api/v1/projects/" + project + "/inventory-changes" + query)
                .then()
                .statusCode(200);
    }

    private static ValidatableResponse putBy(String project, String by, String inventory) {
        return given().contentType("application/yaml")
                .queryParam("by", by)
                .body(inventory.getBytes(StandardCharsets.UTF_8))
                .put("/api/v1/projects/" + project)
                .then();
    }
}
