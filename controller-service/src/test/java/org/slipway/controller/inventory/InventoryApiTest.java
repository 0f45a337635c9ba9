package org.slipway.controller.inventory;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hamcrest.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.controller.ApiTest;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;

@QuarkusTest
class InventoryApiTest extends ApiTest {
    private static final String OTHER_KEY = KEY.replace("HR4f", "HR4e");
    private static final String WEB1_LINE = "\n    ";

    @Test
    void makesAProject() {
        String project = "p-" + UUID.randomUUID();
        putYaml(project, INVENTORY)
                .statusCode(201)
                .header("Location", endsWith("/api/v1/projects/" + project))
                .body("project", equalTo(project))
                .body("servers.name", contains("dev", "beta", "web1", "web2"))
                .body("servers[1].port", equalTo(2222))
                .body("servers[2].backupFile", equalTo("/var/backups/site.tar.gz"))
                .body("servers[3].backupFile", nullValue())
                .body("status.servers.state", contains("idle", "idle"));
    }

    @Test
    void listsProjectsByNamePageByPage() {
        String prefix = "page-" + UUID.randomUUID();
        for (String name : List.of("b", ".z", "a")) {
            putYaml(prefix + name, INVENTORY).statusCode(201);
        }
        putYaml(prefix + "b", BETA_ONLY).statusCode(200);

        String next = given().get("/api/v1/projects?limit=2&after=" + prefix)
                .then()
                .statusCode(200)
                .body("projects.project", contains(prefix + ".z", prefix + "a"))
                .body("projects.servers", contains(4, 4))
                .body("projects[1].location", equalTo("/api/v1/projects/" + prefix + "a"))
                .body("next", equalTo("/api/v1/projects?limit=2&after=" + prefix + "a"))
                .extract()
                .path("next");
        given().get(next)
                .then()
                .statusCode(200)
                .body("projects[0].project", equalTo(prefix + "b"))
                .body("projects[0].servers", equalTo(2));
    }

    @Test
    void endsTheListOfProjects() {
        newProject(INVENTORY);
        String all = "/api/v1/projects?limit=1000";
        given().get(all).then().statusCode(200).body("projects.size()", greaterThan(0));
        given().get(all + "&after=" + "z".repeat(63))
                .then()
                .statusCode(200)
                .body("projects", equalTo(List.of()))
                .body("next", nullValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=1001", "limit=many", "after=No%20name"})
    void refusesAListOfProjectsThatNobodyCanGive(String query) {
        given().urlEncodingEnabled(false)
                .get("/api/v1/projects?" + query)
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:slipway:problem:invalid-parameter"));
    }

    @Test
    void takesJsonToo() {
        String project = "p-" + UUID.randomUUID();
        json("""
                {"servers": [
                  {"name": "dev", "role": "DEVELOPMENT", "host": "d", "user": "u", "projectDirectory": "/srv/a", "hostKeys": []},
                  {"name": "beta", "role": "BETA", "host": "b", "user": "u", "projectDirectory": "/srv/a", "workDirectory": null}
                ]}""").put("/api/v1/projects/" + project).then().statusCode(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/yaml", "text/yaml", "application/x-yaml", "application/json"})
    void whatGetGivesCanBePut(String type) {
        String project = newProject(INVENTORY);
        byte[] document = given().accept(type)
                .get("/api/v1/projects/" + project)
                .then()
                .statusCode(200)
                .contentType(type)
                .extract()
                .asByteArray();
        given().contentType(type)
                .body(document)
                .put("/api/v1/projects/" + project)
                .then()
                .statusCode(200)
                .body("status.inventoryVersion", equalTo(1));
    }

    @Test
    void changesNothingForTheSameDocument() {
        String project = newProject(INVENTORY);
        putYaml(project, INVENTORY).statusCode(200).body("status.inventoryVersion", equalTo(1));
        putYaml(project, INVENTORY.replace("user: deploy", "user: other"))
                .statusCode(200)
                .body("status.inventoryVersion", equalTo(2));
    }

    @Test
    void replacesOnlyTheInventoryThatTheCallerSaw() {
        String project = newProject(INVENTORY);
        String seen = given().get("/api/v1/projects/" + project).header("ETag");
        String changed = INVENTORY.replace("user: deploy", "user: other");

        putIfMatch(project, seen, changed).statusCode(200).header("ETag", equalTo("\"2\""));
        putIfMatch(project, seen, INVENTORY)
                .statusCode(412)
                .body("type", equalTo("urn:slipway:problem:inventory-changed"))
                .body("detail", containsString("at version 2, not at 1"));
        given().get("/api/v1/projects/" + project)
                .then()
                .header("ETag", equalTo("\"2\""))
                .body("servers[0].user", equalTo("other"));
    }

    @Test
    void makesNoProjectThatTheCallerThoughtToBeThere() {
        String project = "p-" + UUID.randomUUID();

        putIfMatch(project, "\"1\"", INVENTORY).statusCode(412);

        given().get("/api/v1/projects/" + project).then().statusCode(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "*", "W/\"1\"", "\"one\""})
    void refusesATagThatItDidNotGive(String tag) {
        putIfMatch(newProject(INVENTORY), tag, INVENTORY).statusCode(400).body("errors[0].field", equalTo("If-Match"));
    }

    private static ValidatableResponse putIfMatch(String project, String tag, String inventory) {
        return given().contentType("application/yaml")
                .header("If-Match", tag)
                .body(inventory.getBytes(StandardCharsets.UTF_8))
                .put("/api/v1/projects/" + project)
                .then();
    }

    @Test
    void addsMovesAndRemovesServers() {
        String project = newProject(INVENTORY);
        String changed = """
                servers:
                  - {name: web2, role: BUSINESS, host: web2.example.org, user: deploy, projectDirectory: /srv/site, backupFile: /b/s.tar}
                  - {name: dev2, role: DEVELOPMENT, host: dev2.example.org, user: deploy, projectDirectory: /srv/site}
                  - {name: beta, role: BETA, host: dev.example.org, user: deploy, projectDirectory: /srv/site}
                  - {name: web3, role: BUSINESS, host: web3.example.org, user: deploy, projectDirectory: /srv/site}
                """;
        putYaml(project, changed)
                .statusCode(200)
                .body("servers.name", contains("web2", "dev2", "beta", "web3"))
                .body("servers[0].backupFile", equalTo("/b/s.tar"))
                .body("status.servers.name", contains("web2", "web3"));
    }

    @Test
    void bringsARemovedServerBackWithItsStory() {
        String project = newProject(INVENTORY);
        putYaml(project, BETA_ONLY).statusCode(200).body("status.servers", equalTo(java.util.List.of()));
        putYaml(project, INVENTORY).statusCode(200).body("status.servers.name", contains("web1", "web2"));
        assertThat(others.number(
                        "select count(*) from transition where kind = 'server' and server = 'web1' and project = '%s'"
                                .formatted(project)))
                .isEqualTo(1);
    }

    @Test
    void keepsTheRoleOfAName() {
        String project = newProject(INVENTORY);
        putYaml(project, INVENTORY.replace("name: dev,", "name: x,").replace("name: beta,", "name: dev,"))
                .statusCode(422)
                .body("type", equalTo("urn:slipway:problem:invalid-document"))
                .body("errors.field", contains("servers[1].role"))
                .body(
                        "errors[0].message",
                        containsString("cannot change from DEVELOPMENT to BETA; give the server a new name"));
    }

    @ParameterizedTest
    @EnumSource(
            value = ReleaseState.class,
            names = {"BETA_COPYING", "PRODUCTION_REQUESTED", "PRODUCTION_BACKING_UP", "PRODUCTION_COPYING"})
    void doesNotChangeWhileFilesAreOnTheirWay(ReleaseState state) {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        others.moveTo(project, state);
        putYaml(project, BETA_ONLY)
                .statusCode(409)
                .body("type", equalTo("urn:slipway:problem:release-is-copying"))
                .body("unfinishedRelease.number", equalTo(1))
                .body("unfinishedRelease.state", equalTo(state.name()))
                .body("unfinishedRelease.location", equalTo(release))
                .body("detail", containsString("release 1 is in " + state));
        putYaml(project, INVENTORY).statusCode(200);
    }

    @ParameterizedTest
    @EnumSource(
            value = ReleaseState.class,
            names = {"CREATED", "BETA_COPIED", "BETA_COPY_FAILED", "PRODUCTION_FAILED", "COMPLETED", "CANCELLED"})
    void canBeMendedWhileNothingIsOnItsWay(ReleaseState state) {
        String project = newProject(INVENTORY);
        json("{\"paths\": [\"a\"], \"start\": false}")
                .post(releases(project))
                .then()
                .statusCode(201);
        others.moveTo(project, state);
        putYaml(project, INVENTORY.replace(KEY, OTHER_KEY)).statusCode(200);
    }

    @Test
    void doesNotRemoveAServerThatIsNotIdle() {
        String project = newProject(INVENTORY);
        newRelease(project);
        others.moveTo(project, ReleaseState.PRODUCTION_COPYING);
        others.moveServer(project, "web2", ServerState.COPYING, ServerState.LOCKED, ServerState.ERROR);
        others.moveTo(project, ReleaseState.PRODUCTION_FAILED);
        putYaml(project, BETA_ONLY)
                .statusCode(409)
                .body("type", equalTo("urn:slipway:problem:server-busy"))
                .body("servers", contains("web2"))
                .body("detail", containsString("web2"));
        given().get("/api/v1/projects/" + project)
                .then()
                .body("servers.name", contains("dev", "beta", "web1", "web2"))
                .body("status.servers.state", contains("idle", "failed"))
                .body("status.servers[1].release", equalTo(1))
                .body("status.unfinishedRelease.actions", contains("retry", "cancel"));
    }

    /** A release on web1, which is backed up, and not on web2, at which it failed. */
    private String failedOnWeb2() {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        others.moveTo(project, ReleaseState.PRODUCTION_COPYING);
        others.moveServer(project, "web2", ServerState.COPYING, ServerState.LOCKED, ServerState.ERROR);
        others.moveTo(project, ReleaseState.PRODUCTION_FAILED);
        others.execute(project, """
                insert into rollout (release_id, server_id, outcome, attempts, files_sent)
                select :release, s.id, case s.name when 'web1' then 'DONE' else 'FAILED' end, 1, 5
                from server s join release r on r.project_id = s.project_id where r.id = :release and s.role = 'BUSINESS'
                """);
        others.execute(project, """
                insert into backup (release_id, server_id, file, size_bytes, sha256, entries)
                select :release, s.id, s.backup_file, 100, repeat('a', 64), 3
                from server s join release r on r.project_id = s.project_id where r.id = :release and s.backup_file is not null
                """);
        outcomes(release, "done", "failed");
        return release;
    }

    private static String projectOf(String release) {
        return release.split("/", -1)[4];
    }

    private static void outcomes(String release, String... outcomes) {
        given().get(release + "/rollouts").then().body("rollouts.outcome", contains(outcomes));
    }

    private static void backup(String release, Matcher<?> server) {
        given().get(release).then().statusCode(200).body("backup.server", server);
    }

    @ParameterizedTest
    @CsvSource({
        "web1.example.org, web9.example.org",
        "web1.example.org, web1.example.org|port: 2222",
        "/srv/site|workDirectory, /srv/new|workDirectory"
    })
    void aMachineThatTakesTheirPlaceHasNothingOfTheRelease(String from, String to) {
        String release = failedOnWeb2();
        String changed = INVENTORY.replace(from.replace("|", WEB1_LINE), to.replace("|", WEB1_LINE));
        assertThat(changed).isNotEqualTo(INVENTORY);
        putYaml(projectOf(release), changed).statusCode(200);
        given().get(release + "/rollouts")
                .then()
                .body("rollouts.outcome", contains("waiting", "failed"))
                .body("rollouts.filesSent", contains(0, 5));
        backup(release, equalTo("web1"));
        act(release, "retry").statusCode(202);
    }

    @Test
    void aMachineThatIsSetUpAnewHasNothingOfTheRelease() {
        String release = failedOnWeb2();
        putYaml(projectOf(release), INVENTORY.replace(KEY, OTHER_KEY)).statusCode(200);
        outcomes(release, "waiting", "failed");
        backup(release, equalTo("web1"));
    }

    @Test
    void aServerThatIsRemovedAndAddedAgainHasNothingOfTheRelease() {
        String release = failedOnWeb2();
        String without = INVENTORY.replaceAll("(?s)  - name: web1.*?(?=  - .name: web2)", "");
        assertThat(without).doesNotContain("web1").contains("web2");
        putYaml(projectOf(release), without).statusCode(200);
        putYaml(projectOf(release), INVENTORY).statusCode(200);
        outcomes(release, "waiting", "failed");
        backup(release, equalTo("web1"));
    }

    @Test
    void keepsTheBackupOfAServerThatIsNoLongerTheChosenOne() {
        String release = failedOnWeb2();
        String other = INVENTORY
                .replace("    backupFile: /var/backups/site.tar.gz\n", "")
                .replace("projectDirectory: /srv/site}\n", "projectDirectory: /srv/site, backupFile: /b/s.tar}\n")
                .replaceFirst("(?s)(name: dev,.*?), backupFile: /b/s.tar", "$1")
                .replaceFirst("(?s)(name: beta,.*?), backupFile: /b/s.tar", "$1");
        putYaml(projectOf(release), other).statusCode(200);
        outcomes(release, "done", "failed");
        backup(release, equalTo("web1"));
    }

    @ParameterizedTest
    @CsvSource({
        "web2.example.org, web9.example.org",
        "/srv/.slipway, /srv/.other",
        "deploy|hostKeys, other|hostKeys",
        "/var/backups/site.tar.gz, /b/s.tar",
        "beta.example.org, beta9.example.org"
    })
    void whatIsRecordedOfAMachineStaysWhileItIsTheSame(String from, String to) {
        String release = failedOnWeb2();
        String changed = INVENTORY.replace(from.replace("|", WEB1_LINE), to.replace("|", WEB1_LINE));
        assertThat(changed).isNotEqualTo(INVENTORY);
        putYaml(projectOf(release), changed).statusCode(200);
        outcomes(release, "done", "failed");
        backup(release, equalTo("web1"));
    }

    @Test
    void aHostKeyThatIsNotPinnedAnyMoreMakesNoOtherMachine() {
        String release = failedOnWeb2();
        String unpinned = INVENTORY.replaceAll("    hostKeys:\n .*\n", "");
        assertThat(unpinned).isNotEqualTo(INVENTORY);
        putYaml(projectOf(release), unpinned).statusCode(200);
        outcomes(release, "done", "failed");
    }

    @Test
    void whatIsRecordedOfAReleaseThatIsBeingCancelledStays() {
        String release = failedOnWeb2();
        act(release, "cancel").statusCode(202);
        putYaml(projectOf(release), INVENTORY.replace("web1.example.org", "web9.example.org"))
                .statusCode(200);
        outcomes(release, "done", "failed");
        backup(release, equalTo("web1"));
    }

    @Test
    void canBeMendedWhereACancelWaitsForAServer() {
        String project = newProject(INVENTORY);
        newRelease(project);
        others.moveTo(project, ReleaseState.PRODUCTION_COPYING);
        others.moveServer(project, "web2", ServerState.COPYING, ServerState.LOCKED);
        others.execute(
                project,
                "update release set cancel_requested_at = now(), cancel_requested_by = 'ann' where id = :release");
        String elsewhere = INVENTORY.replace("web2.example.org", "web3.example.org");
        putYaml(project, elsewhere).statusCode(409).body("type", equalTo("urn:slipway:problem:release-is-copying"));

        others.moveServer(project, "web2", ServerState.COPYING);
        others.execute(project, "update server set unfenced = true where name = 'web2' and release_id = :release");
        putYaml(project, INVENTORY).statusCode(200);
        assertThat(others.number(unfenced(project))).isEqualTo(1);
        others.execute(
                project,
                "update server set next_try_at = now() + interval '1 hour' where name = 'web2' and release_id = :release");
        putYaml(project, INVENTORY.replace("web1.example.org", "web9.example.org"))
                .statusCode(200);
        assertThat(others.number(waiting(project))).isEqualTo(1);
        putYaml(project, elsewhere).statusCode(200);
        assertThat(others.number(unfenced(project))).isEqualTo(1);
        assertThat(others.number(waiting(project))).isZero();
    }

    @Test
    void triesAtOnceWhereAHostKeyWasMendedThatACancelWaitsFor() {
        String project = newProject(INVENTORY);
        newRelease(project);
        others.moveTo(project, ReleaseState.PRODUCTION_BACKING_UP);
        others.execute(
                project,
                "update release set cancel_requested_at = now(), cancel_requested_by = 'ann' where id = :release");
        others.execute(project, """
                update server set unfenced = true, next_try_at = now() + interval '1 hour'
                where name = 'web1' and project_id = (select project_id from release where id = :release)
                """);
        putYaml(project, INVENTORY.replace(KEY, OTHER_KEY)).statusCode(200);
        assertThat(others.number(unfenced(project))).isEqualTo(1);
        assertThat(others.number(waiting(project))).isZero();
    }

    @Test
    void saysWhatToDoAboutAServerThatIsToBeRemovedAndThatACancelWaitsFor() {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        others.moveTo(project, ReleaseState.PRODUCTION_COPYING);
        others.moveServer(project, "web2", ServerState.COPYING, ServerState.LOCKED, ServerState.COPYING);
        others.execute(project, "update server set unfenced = true where name = 'web2' and release_id = :release");
        act(release, "cancel").statusCode(202);
        putYaml(project, BETA_ONLY)
                .statusCode(409)
                .body("type", equalTo("urn:slipway:problem:server-busy"))
                .body("servers", contains("web2"))
                .body(
                        "detail",
                        containsString(
                                "gone for good, say so: POST " + release + "/cancel with {\"gone\": [\"web2\"]}"));

        json("{\"by\": \"ann\", \"gone\": [\"web2\"]}")
                .post(release + "/cancel")
                .then()
                .statusCode(202);
        putYaml(project, BETA_ONLY)
                .statusCode(409)
                .body("detail", containsString("Release 1 is being cancelled; try again once it is."));
    }

    private static String unfenced(String project) {
        return count(project, "unfenced");
    }

    private static String waiting(String project) {
        return count(project, "next_try_at is not null");
    }

    private static String count(String project, String which) {
        return "select count(*) from server where %s and project_id = (select id from project where name = '%s')"
                .formatted(which, project);
    }

    @Test
    void tellsHowBusinessServersStand() {
        String project = newProject(INVENTORY);
        newRelease(project);
        others.moveTo(project, ReleaseState.PRODUCTION_COPYING);
        others.moveServer(project, "web1", ServerState.COPYING, ServerState.LOCKED);
        others.moveServer(project, "web2", ServerState.COPYING);
        given().get("/api/v1/projects/" + project).then().body("status.servers.state", contains("copying", "waiting"));
    }

    @Test
    void listsEverythingThatIsWrong() {
        given().contentType("application/yaml")
                .body("servers: [{name: A}]".getBytes(StandardCharsets.UTF_8))
                .put("/api/v1/projects/NO")
                .then()
                .statusCode(422)
                .contentType("application/problem+json")
                .body("title", equalTo("The body is not valid"))
                .body("status", equalTo(422))
                .body("instance", equalTo("/api/v1/projects/NO"))
                .body(
                        "errors.field",
                        contains(
                                "project",
                                "servers[0].name",
                                "servers[0].role",
                                "servers[0].host",
                                "servers[0].user",
                                "servers[0].projectDirectory"));
    }

    @Test
    void saysWhereTheYamlIsWrong() {
        putYaml("any", "servers:\n  - {name: dev\n  - {name: beta}\n")
                .statusCode(400)
                .body("type", equalTo("urn:slipway:problem:malformed-body"))
                .body("line", equalTo(3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "servers: []\nservers: []",
                "servers: &a []\nstatus: *a",
                "servers: []\n---\nservers: []",
                "servers: !!java.lang.ProcessBuilder [[\"true\"]]: x"
            })
    void refusesYamlThatCouldMeanTwoThings(String yaml) {
        putYaml("any", yaml).statusCode(400).body("type", equalTo("urn:slipway:problem:malformed-body"));
    }

    @Test
    void saysWhereTheJsonIsWrong() {
        json("{\n  \"servers\": [}\n")
                .put("/api/v1/projects/any")
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:slipway:problem:malformed-body"))
                .body("line", equalTo(2));
        json("{\"servers\": [], \"servers\": []}")
                .put("/api/v1/projects/any")
                .then()
                .statusCode(400);
        json("[]").put("/api/v1/projects/any").then().statusCode(422);
        json("").put("/api/v1/projects/any").then().statusCode(422);
    }

    @Test
    void racingPutsMakeOneProject() throws InterruptedException {
        String project = "p-" + UUID.randomUUID();
        Map<Integer, Long> statuses =
                inParallel(8, () -> putYaml(project, INVENTORY).extract().statusCode());
        assertThat(statuses).containsExactlyInAnyOrderEntriesOf(Map.of(201, 1L, 200, 7L));
    }

    @Test
    void doesNotKnowEveryProject() {
        given().get("/api/v1/projects/nowhere")
                .then()
                .statusCode(404)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:slipway:problem:not-found"))
                .body("detail", containsString("'nowhere'"));
    }
}
