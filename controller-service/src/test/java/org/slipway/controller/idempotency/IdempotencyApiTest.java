package org.slipway.controller.idempotency;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.controller.ApiTest;
import org.slipway.model.ReleaseState;

@QuarkusTest
class IdempotencyApiTest extends ApiTest {
    private static final String BODY = "{\"paths\": [\"a\"]}";

    @Inject
    IdempotencyRecords records;

    private final String key = UUID.randomUUID().toString();

    @Test
    void answersTheSameRequestWithTheSameAnswer() {
        String project = newProject(INVENTORY);
        Response first = create(project, BODY);
        first.then().statusCode(201).header("Idempotent-Replayed", nullValue());
        others.moveTo(project, ReleaseState.CANCELLED);
        Response second = create(project, BODY);
        second.then().statusCode(201).header("Idempotent-Replayed", "true");
        assertThat(second.asString()).isEqualTo(first.asString());
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));
        assertThat(second.contentType()).isEqualTo(first.contentType());
        given().get(releases(project)).then().body("releases.number", contains(1));
    }

    @Test
    void refusesTheKeyForAnotherBody() {
        String project = newProject(INVENTORY);
        create(project, BODY).then().statusCode(201);
        create(project, "{\"paths\": [\"b\"]}")
                .then()
                .statusCode(422)
                .body("type", equalTo("urn:slipway:problem:idempotency-key-reused"));
    }

    @Test
    void takesTheKeyForEachPathAnew() {
        create(newProject(INVENTORY), BODY).then().statusCode(201);
        create(newProject(INVENTORY), BODY).then().statusCode(201).header("Idempotent-Replayed", nullValue());
    }

    @Test
    void carriesOutRacingRequestsOnce() throws InterruptedException {
        String project = newProject(INVENTORY);
        Map<String, Long> answers = inParallel(12, () -> {
            Response answer = create(project, BODY);
            return answer.statusCode() + " " + answer.path("number") + " " + answer.header("Idempotent-Replayed");
        });
        assertThat(answers).containsExactlyInAnyOrderEntriesOf(Map.of("201 1 null", 1L, "201 1 true", 11L));
    }

    @Test
    void doesNotRememberRefusals() {
        String project = newProject(INVENTORY);
        String blocking = newRelease(project);
        create(project, BODY).then().statusCode(409);
        act(blocking, "cancel").statusCode(202);
        others.moveTo(project, ReleaseState.CANCELLED);
        create(project, BODY).then().statusCode(201).header("Idempotent-Replayed", nullValue());
    }

    @Test
    void replaysActionsAndChecks() {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        others.moveTo(project, ReleaseState.BETA_COPIED);
        for (String replayed : new String[] {null, "true"}) {
            given().header("Idempotency-Key", key)
                    .post(release + "/promote")
                    .then()
                    .statusCode(202)
                    .header("Idempotent-Replayed", replayed == null ? nullValue() : equalTo(replayed))
                    .body("state", equalTo("PRODUCTION_REQUESTED"));
        }
        String check = "/api/v1/projects/" + newProject(UNREACHABLE) + "/servers/dev/check";
        for (String replayed : new String[] {null, "true"}) {
            given().header("Idempotency-Key", key)
                    .post(check)
                    .then()
                    .statusCode(200)
                    .header("Idempotent-Replayed", replayed == null ? nullValue() : equalTo(replayed));
        }
        given().header("Idempotency-Key", key)
                .contentType("application/json")
                .body("{}")
                .post(check)
                .then()
                .statusCode(422);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x\ty", "é"})
    void refusesKeysThatAreNone(String strange) {
        String project = newProject(INVENTORY);
        json(BODY)
                .header("Idempotency-Key", strange)
                .post(releases(project))
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:slipway:problem:invalid-parameter"))
                .body("errors.field", contains("Idempotency-Key"));
        json(BODY)
                .header("Idempotency-Key", "k".repeat(256))
                .post(releases(project))
                .then()
                .statusCode(400);
        json(BODY)
                .header("Idempotency-Key", "k".repeat(255))
                .post(releases(project))
                .then()
                .statusCode(201);
    }

    @Test
    void forgetsAfterADay() {
        String project = newProject(INVENTORY);
        create(project, BODY).then().statusCode(201);
        String count = "select count(*) from idempotency_record where key = '%s'".formatted(key);
        records.forgetOld();
        assertThat(others.number(count)).isEqualTo(1);
        others.execute(
                project,
                "update idempotency_record set created_at = now() - interval '25 hours' where key = '%s'"
                        .formatted(key));
        records.forgetOld();
        assertThat(others.number(count)).isZero();
    }

    private Response create(String project, String body) {
        return json(body).header("Idempotency-Key", key).post(releases(project));
    }
}
