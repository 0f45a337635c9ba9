package org.slipway.controller.release;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.controller.ApiTest;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;

@QuarkusTest
class ReleaseApiTest extends ApiTest {

    @Test
    void createsAndStartsARelease() {
        String project = newProject(INVENTORY);
        json("{\"paths\": [\"img/\", \"index.html\"], \"author\": \"ann\", \"note\": \"spring\", \"date\": \"2026-03-01\"}")
                .post(releases(project))
                .then()
                .statusCode(201)
                .header("Location", endsWith(releases(project) + "/1"))
                .body("state", equalTo("BETA_COPYING"))
                .body("paths", contains("img", "index.html"))
                .body("actions", contains("cancel"));
        given().get(releases(project) + "/1")
                .then()
                .statusCode(200)
                .body("project", equalTo(project))
                .body("number", equalTo(1))
                .body("author", equalTo("ann"))
                .body("note", equalTo("spring"))
                .body("date", equalTo("2026-03-01"))
                .body("attempt", equalTo(1))
                .body("cancelRequested", equalTo(false))
                .body("journalEntries", equalTo(0))
                .body("manifest", nullValue())
                .body("backup", nullValue())
                .body("finishedAt", nullValue());
    }

    @Test
    void datesAReleaseTodayUnlessToldOtherwise() {
        String project = newProject(INVENTORY);
        LocalDate before = LocalDate.now(java.time.ZoneId.systemDefault());
        String date = given().get(newRelease(project)).then().extract().path("date");
        assertThat(LocalDate.parse(date)).isBetween(before, before.plusDays(1));
    }

    @Test
    void waitsToBeStartedWhereThatIsWished() {
        String project = newProject(INVENTORY);
        json("{\"paths\": [\"a\"], \"start\": false}")
                .post(releases(project))
                .then()
                .statusCode(201)
                .body("state", equalTo("CREATED"))
                .body("actions", contains("start", "cancel"));
        String release = releases(project) + "/1";
        act(release, "start").statusCode(202).body("state", equalTo("BETA_COPYING"));
        refused(act(release, "start"), "it was started already and is in BETA_COPYING");
    }

    @Test
    void namesTheUnfinishedReleaseInTheWay() {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        others.moveTo(project, ReleaseState.BETA_COPIED);
        json("{\"paths\": [\"b\"]}")
                .post(releases(project))
                .then()
                .statusCode(409)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:slipway:problem:unfinished-release"))
                .body("detail", containsString("Release 1 of project '" + project + "' is unfinished (BETA_COPIED)"))
                .body("unfinishedRelease.number", equalTo(1))
                .body("unfinishedRelease.state", equalTo("BETA_COPIED"))
                .body("unfinishedRelease.location", equalTo(release))
                .body("unfinishedRelease.actions", contains("promote", "cancel"));
        act(release, "cancel").statusCode(202);
        assertThat(newRelease(project)).isEqualTo(releases(project) + "/2");
    }

    @Test
    void makesOneReleaseWhenAHundredRequestsRace() throws InterruptedException {
        String project = newProject(INVENTORY);
        Map<String, Long> answers = inParallel(100, () -> {
            ValidatableResponse answer =
                    json("{\"paths\": [\"a\"]}").post(releases(project)).then();
            return answer.extract().statusCode() + " " + answer.extract().path("unfinishedRelease.number");
        });
        assertThat(answers).containsExactlyInAnyOrderEntriesOf(Map.of("201 null", 1L, "409 1", 99L));
        given().get(releases(project)).then().body("releases.number", contains(1));
    }

    @Test
    void registersPathsOnce() {
        String project = newProject(INVENTORY);
        json("{\"paths\": [\"b\", \"a/x\"]}").post(releases(project)).then().statusCode(201);
        others.moveTo(project, ReleaseState.CANCELLED);
        json("{\"paths\": [\"a/x\", \"c\"]}").post(releases(project)).then().statusCode(201);
        String paths = "/api/v1/projects/" + project + "/paths";
        given().get(paths).then().statusCode(200).body("paths.path", contains("a/x", "b", "c"));
        String next = given().get(paths + "?limit=2")
                .then()
                .body("paths.path", contains("a/x", "b"))
                .extract()
                .path("next");
        given().get(next).then().body("paths.path", contains("c")).body("next", nullValue());
        given().get(paths + "?after=/x").then().statusCode(400).body("errors.field", contains("after"));
        given().get(releases(project) + "/1").then().body("paths", contains("b", "a/x"));
    }

    @Test
    void listsWhatIsWrongWithARelease() {
        String project = newProject(INVENTORY);
        json("{\"paths\": [\"/etc\", \"ok\", \"../x\"], \"date\": \"soon\", \"colour\": \"red\"}")
                .post(releases(project))
                .then()
                .statusCode(422)
                .body("type", equalTo("urn:slipway:problem:invalid-document"))
                .body("errors.field", contains("paths[0]", "paths[2]", "date", "colour"));
        json("{\"paths\": [").post(releases(project)).then().statusCode(400).body("line", equalTo(1));
        given().get(releases(project)).then().body("releases", empty());
    }

    @Test
    void promotesWhatIsOnBeta() {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        others.move(project, ReleaseState.BETA_COPIED);
        json("{\"by\": \"ann\", \"reason\": \"looks good\"}")
                .post(release + "/promote")
                .then()
                .statusCode(202)
                .body("state", equalTo("PRODUCTION_REQUESTED"));
        given().get(release + "/transitions")
                .then()
                .body("transitions[-1].actor", equalTo("ann"))
                .body("transitions[-1].reason", equalTo("looks good"));
        refused(act(release, "promote"), "it is on its way to production already (PRODUCTION_REQUESTED)");
    }

    @Test
    void saysAllThatIsMissingForProduction() {
        String project = newProject(BETA_ONLY);
        String release = newRelease(project);
        others.move(project, ReleaseState.BETA_COPIED);
        act(release, "promote")
                .statusCode(409)
                .body("type", equalTo("urn:slipway:problem:not-ready-for-production"))
                .body(
                        "missing",
                        contains(
                                "it has no server with role BUSINESS",
                                "no business server has a backupFile, so there would be no backup"));
        putYaml(project, INVENTORY.replace("    backupFile: /var/backups/site.tar.gz\n", ""))
                .statusCode(200);
        act(release, "promote").statusCode(409).body("missing", contains(containsString("backupFile")));
        putYaml(project, INVENTORY).statusCode(200);
        act(release, "promote").statusCode(202);
    }

    @ParameterizedTest
    @CsvSource({"BETA_COPY_FAILED, BETA_COPYING", "PRODUCTION_FAILED, PRODUCTION_REQUESTED"})
    void retriesWhatFailed(ReleaseState failed, String then) {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        others.moveTo(project, failed);
        act(release, "retry").statusCode(202).body("state", equalTo(then)).body("attempt", equalTo(2));
        refused(act(release, "retry"), "nothing of it has failed (" + then + ")");
    }

    @ParameterizedTest
    @EnumSource(
            value = ReleaseState.class,
            names = {"CREATED", "BETA_COPIED", "BETA_COPY_FAILED"})
    void cancelsAtOnceWhereNothingIsWritten(ReleaseState state) {
        String project = newProject(INVENTORY);
        json("{\"paths\": [\"a\"], \"start\": false}")
                .post(releases(project))
                .then()
                .statusCode(201);
        others.moveTo(project, state);
        String release = releases(project) + "/1";
        act(release, "cancel")
                .statusCode(202)
                .body("state", equalTo("CANCELLED"))
                .body("actions", empty());
        act(release, "cancel").statusCode(202).body("state", equalTo("CANCELLED"));
        given().get(release).then().body("finishedAt", org.hamcrest.Matchers.notNullValue());
    }

    @Test
    void leavesAFailedReleaseToBeCancelledByWhoCopiesToBetaWhereSomebodyMayStillPublish() {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        others.moveTo(project, ReleaseState.BETA_COPY_FAILED);
        others.execute(project, """
                update server set unfenced = true where role = 'BETA'
                    and project_id = (select project_id from release where id = :release)
                """);
        json("{\"by\": \"ann\", \"reason\": \"the logo is wrong\"}")
                .post(release + "/cancel")
                .then()
                .statusCode(202)
                .body("state", equalTo("BETA_COPYING"))
                .body("cancelRequested", equalTo(true))
                .body("attempt", equalTo(1))
                .body("actions", empty());

        assertThat(others.cancelReason(project)).isEqualTo("the logo is wrong");
    }

    @ParameterizedTest
    @EnumSource(
            value = ReleaseState.class,
            names = {
                "BETA_COPYING",
                "PRODUCTION_REQUESTED",
                "PRODUCTION_BACKING_UP",
                "PRODUCTION_COPYING",
                "PRODUCTION_FAILED"
            })
    void asksTheOwnerToCancelWhereSomethingMayBeWritten(ReleaseState state) {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        others.moveTo(project, state);
        json("{\"by\": \"ann\", \"reason\": \"the logo is wrong\"}")
                .post(release + "/cancel")
                .then()
                .statusCode(202)
                .body("state", equalTo(state.name()))
                .body("cancelRequested", equalTo(true))
                .body("cancelRequestedBy", equalTo("ann"))
                .body("actions", empty());
        json("{\"by\": \"bob\"}")
                .post(release + "/cancel")
                .then()
                .statusCode(202)
                .body("cancelRequestedBy", equalTo("ann"));
        assertThat(others.cancelReason(project)).isEqualTo("the logo is wrong");
        refused(act(release, "start"), "it is being cancelled");
        refused(act(release, "promote"), "it is being cancelled");
        refused(act(release, "retry"), "it is being cancelled");
        json("{\"paths\": [\"b\"]}")
                .post(releases(project))
                .then()
                .statusCode(409)
                .body("detail", containsString("It is being cancelled; try again once it is."));
    }

    private static ValidatableResponse gone(String release, String... servers) {
        return json("{\"by\": \"ann\", \"gone\": [\"%s\"]}".formatted(String.join("\", \"", servers)))
                .post(release + "/cancel")
                .then();
    }

    private long unfenced(String project) {
        return others.number(
                "select count(*) from server where unfenced and project_id = (select id from project where name = '%s')"
                        .formatted(project));
    }

    @Test
    void takesAPersonAtHisWordThatAMachineIsGoneThatACancelWaitsFor() {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        others.moveTo(project, ReleaseState.PRODUCTION_COPYING);
        others.moveServer(project, "web2", ServerState.COPYING, ServerState.LOCKED);
        refused(gone(release, "web2"), "say that a machine is gone only when a cancel waits for it");
        given().get(release).then().body("cancelRequested", equalTo(false));

        act(release, "cancel").statusCode(202);
        refused(gone(release, "web2"), "server-worker-7 holds web2");
        others.moveServer(project, "web2", ServerState.COPYING);
        others.execute(project, "update server set unfenced = true where release_id = :release");
        gone(release, "web2", "web7")
                .statusCode(422)
                .body("errors.field", contains("gone[1]"))
                .body("errors.message", contains("names no server of project '%s': 'web7'".formatted(project)));
        assertThat(unfenced(project)).isEqualTo(1);

        gone(release, "web2", "web1").statusCode(202).body("cancelRequested", equalTo(true));
        assertThat(unfenced(project)).isZero();
        gone(release, "web2").statusCode(202);
        given().get(release + "/journal")
                .then()
                .body("entries.kind", contains("MACHINE_GONE"))
                .body("entries[0].server", equalTo("web2"))
                .body("entries[0].journal", equalTo("PRODUCTION_COPY"))
                .body("entries[0].message", containsString("ann said that the machine of web2 is gone for good"));
    }

    @Test
    void doesNotTakeAMachineForGoneOnWhichSomebodyWorks() {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        others.execute(project, """
                update release set lease_owner = 'beta-worker-7', lease_until = clock_timestamp() + interval '15 seconds'
                where id = :release
                """);
        others.execute(project, """
                update server set unfenced = true where role = 'BETA'
                    and project_id = (select project_id from release where id = :release)
                """);
        act(release, "cancel").statusCode(202);
        refused(gone(release, "beta"), "beta-worker-7 still works on it");
        others.execute(project, "update release set lease_until = clock_timestamp() where id = :release");
        gone(release, "beta").statusCode(202);
        assertThat(unfenced(project)).isZero();
    }

    @Test
    void onlyACancelTakesMachinesForGone() {
        String release = newRelease(newProject(INVENTORY));
        json("{\"gone\": [\"web2\"]}")
                .post(release + "/retry")
                .then()
                .statusCode(422)
                .body("errors.field", contains("gone"));
    }

    @ParameterizedTest
    @CsvSource({"COMPLETED", "CANCELLED"})
    void leavesFinishedReleasesAlone(ReleaseState state) {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        others.moveTo(project, state);
        for (String action : List.of("start", "promote", "retry")) {
            refused(act(release, action), "it is finished (" + state + ")");
        }
        act(release, "cancel").statusCode(state == ReleaseState.CANCELLED ? 202 : 409);
    }

    @Test
    void oneOfManyRacingPromotionsIsTaken() throws InterruptedException {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        others.move(project, ReleaseState.BETA_COPIED);
        assertThat(inParallel(10, () -> act(release, "promote").extract().statusCode()))
                .containsExactlyInAnyOrderEntriesOf(Map.of(202, 1L, 409, 9L));
    }

    @Test
    void showsReleasesNewestFirstPageByPage() {
        String project = newProject(INVENTORY);
        for (int i = 0; i < 5; i++) {
            newRelease(project);
            others.moveTo(project, ReleaseState.CANCELLED);
        }
        String next = given().get(releases(project) + "?limit=2")
                .then()
                .statusCode(200)
                .body("releases.number", contains(5, 4))
                .body("releases[0].paths", nullValue())
                .extract()
                .path("next");
        String last = given().get(next)
                .then()
                .body("releases.number", contains(3, 2))
                .extract()
                .path("next");
        given().get(last).then().body("releases.number", contains(1)).body("next", nullValue());
        given().get(releases(project)).then().body("releases.number", contains(5, 4, 3, 2, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=1001", "limit=x", "cursor=x", "cursor=!", "cursor=cjA"})
    void refusesParametersThatAreNotValid(String parameter) {
        String project = newProject(INVENTORY);
        given().urlEncodingEnabled(false)
                .get(releases(project) + "?" + parameter)
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:slipway:problem:invalid-parameter"))
                .body("errors.field", contains(parameter.split("=")[0]));
    }

    @Test
    void doesNotKnowEveryReleaseOrProject() {
        String project = newProject(INVENTORY);
        for (String number : List.of("7", "0", "x", "99999999999")) {
            given().get(releases(project) + "/" + number)
                    .then()
                    .statusCode(404)
                    .body("type", equalTo("urn:slipway:problem:not-found"))
                    .body("detail", containsString("has no release '" + number + "'"));
            act(releases(project) + "/" + number, "promote").statusCode(404);
        }
        for (String what : List.of("", "/1", "/1/transitions", "/1/journal", "/1/files", "/1/rollouts")) {
            given().get(releases("nowhere") + what).then().statusCode(404).body("detail", containsString("'nowhere'"));
        }
        json("{\"paths\": [\"a\"]}").post(releases("nowhere")).then().statusCode(404);
        given().get("/api/v1/projects/nowhere/paths").then().statusCode(404);
    }

    @Test
    void refusesAWishThatIsNotOne() {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        json("{\"by\": 1, \"force\": true}")
                .post(release + "/cancel")
                .then()
                .statusCode(422)
                .body("errors.field", contains("by", "force"));
        given().contentType("text/plain")
                .body("now")
                .post(release + "/cancel")
                .then()
                .statusCode(415);
        given().get(release).then().body("cancelRequested", equalTo(false));
    }

    private static void refused(ValidatableResponse response, String why) {
        response.statusCode(409)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:slipway:problem:not-now"))
                .body("detail", containsString(why))
                .body("release.number", equalTo(1));
    }
}
