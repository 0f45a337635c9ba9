package org.slipway.controller.release;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.hamcrest.Matcher;
import org.junit.jupiter.api.Test;
import org.slipway.controller.ApiTest;
import org.slipway.embedded.Await;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;

@QuarkusTest
class ReleaseDetailsApiTest extends ApiTest {
    private static final Instant MODIFIED = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final String HASH = "ab".repeat(32);

    @Test
    void showsEveryTransition() {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        others.moveTo(project, ReleaseState.PRODUCTION_COPYING);
        others.moveServer(project, "web1", ServerState.COPYING);
        String transitions = release + "/transitions";
        given().get(transitions)
                .then()
                .statusCode(200)
                .body(
                        "transitions.to",
                        contains(
                                "CREATED",
                                "BETA_COPYING",
                                "BETA_COPIED",
                                "PRODUCTION_REQUESTED",
                                "PRODUCTION_BACKING_UP",
                                "PRODUCTION_COPYING",
                                "COPYING"))
                .body("transitions[0].from", nullValue())
                .body("transitions[0].kind", equalTo("release"))
                .body("transitions[0].sequence", equalTo(1))
                .body("transitions[0].service", equalTo("controller-service"))
                .body("transitions[0].actor", equalTo("api"))
                .body("transitions[1].from", equalTo("CREATED"))
                .body("transitions[6].kind", equalTo("server"))
                .body("transitions[6].server", equalTo("web1"))
                .body("transitions[6].sequence", equalTo(2));
        String next = given().get(transitions + "?limit=5").then().extract().path("next");
        given().get(next)
                .then()
                .body("transitions.to", contains("PRODUCTION_COPYING", "COPYING"))
                .body("next", nullValue());
    }

    @Test
    void tellsWhenKafkaHadATransition() {
        String release = newRelease(newProject(INVENTORY));
        Await.until(
                Duration.ofSeconds(60), "both transitions to be published", () -> !given().get(release + "/transitions")
                        .then()
                        .extract()
                        .jsonPath()
                        .getList("transitions.publishedAt")
                        .contains(null));
    }

    @Test
    void showsTheFrozenManifest() {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        given().get(release + "/files").then().statusCode(200).body("files", empty());
        others.freeze(
                project,
                List.of(
                        new FileEntry(new RelativePath("img"), EntryType.DIRECTORY, 0755, MODIFIED, 0, null, null),
                        new FileEntry(new RelativePath("img/a b&c.png"), EntryType.FILE, 0640, MODIFIED, 7, HASH, null),
                        new FileEntry(new RelativePath("img/l"), EntryType.SYMLINK, 0777, MODIFIED, 0, null, "a")));
        given().get(release)
                .then()
                .body("manifest.entries", equalTo(3))
                .body("manifest.files", equalTo(1))
                .body("manifest.bytes", equalTo(7));
        String next = given().get(release + "/files?limit=2")
                .then()
                .statusCode(200)
                .body("files.path", contains("img", "img/a b&c.png"))
                .body("files.mode", contains("0755", "0640"))
                .body("files.type", contains("DIRECTORY", "FILE"))
                .body("files[1].sha256", equalTo(HASH))
                .body("files[1].sizeBytes", equalTo(7))
                .body("files[1].modified", equalTo("2026-01-02T03:04:05.678Z"))
                .extract()
                .path("next");
        given().urlEncodingEnabled(false)
                .get(next)
                .then()
                .body("files.path", contains("img/l"))
                .body("files[0].linkTarget", equalTo("a"))
                .body("next", nullValue());
        given().get(release + "/files?after=../x").then().statusCode(400);
    }

    @Test
    void showsTheBackup() {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        others.moveTo(project, ReleaseState.PRODUCTION_BACKING_UP);
        others.execute(project, """
                insert into backup (release_id, server_id, file, size_bytes, sha256, entries)
                select :release, s.id, s.backup_file, 4711, '%s', 12 from server s
                join release r on r.project_id = s.project_id where r.id = :release and s.name = 'web1'
                """.formatted(HASH));
        given().get(release)
                .then()
                .body("backup.server", equalTo("web1"))
                .body("backup.file", equalTo("/var/backups/site.tar.gz"))
                .body("backup.sizeBytes", equalTo(4711))
                .body("backup.sha256", equalTo(HASH))
                .body("backup.entries", equalTo(12))
                .body("backup.verifiedAt", notNullValue());
    }

    @Test
    void showsRolloutsAndWhoHoldsThem() {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        given().get(release + "/rollouts").then().statusCode(200).body("rollouts", empty());
        others.moveTo(project, ReleaseState.PRODUCTION_COPYING);
        others.moveServer(project, "web1", ServerState.COPYING, ServerState.LOCKED);
        others.execute(project, """
                insert into rollout (release_id, server_id, outcome, attempts, files_sent, bytes_sent)
                select :release, s.id, case s.name when 'web1' then 'COPYING' else 'DONE' end, 1, 3, 500 from server s
                join release r on r.project_id = s.project_id where r.id = :release and s.role = 'BUSINESS'
                """);
        given().get(release + "/rollouts")
                .then()
                .body("rollouts.server", contains("web1", "web2"))
                .body("rollouts.outcome", contains("copying", "done"))
                .body("rollouts[0].worker", equalTo("server-worker-7"))
                .body("rollouts[0].leaseUntil", notNullValue())
                .body("rollouts[0].attempts", equalTo(1))
                .body("rollouts[1].worker", nullValue())
                .body("rollouts[1].bytesSent", equalTo(500));
    }

    @Test
    void saysWhatAServerWaitsForThatNobodyCopies() {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        others.moveTo(project, ReleaseState.PRODUCTION_COPYING);
        others.moveServer(project, "web1", ServerState.COPYING, ServerState.LOCKED);
        others.moveServer(project, "web2", ServerState.COPYING);
        others.execute(project, """
                insert into rollout (release_id, server_id, outcome, attempts)
                select :release, s.id, case s.name when 'web1' then 'COPYING' else 'WAITING' end, 1 from server s
                join release r on r.project_id = s.project_id where r.id = :release and s.role = 'BUSINESS'
                """);
        others.execute(project, "delete from service_instance where service = 'server-worker'");
        waitFor(release, nullValue(), equalTo("It waits for a server-worker. No server-worker is running; start one."));

        others.execute(
                project,
                "update server set lease_until = now() - interval '1 second' where release_id = :release and name = 'web1'");
        waitFor(
                release,
                equalTo("The lease of server-worker-7 ran out; the next server-worker takes the server over."
                        + " No server-worker is running; start one."),
                startsWith("It waits for a server-worker."));

        others.execute(project, """
                insert into service_instance (instance, run, service, host, version, started_at, seen_at, alive_until, stopping)
                values ('server-worker-8', gen_random_uuid(), 'server-worker', 'node-9', '0.9', now(), now(), now() + interval '1 day', false)
                """);
        try {
            waitFor(
                    release,
                    equalTo("The lease of server-worker-7 ran out; the next server-worker takes the server over."),
                    nullValue());
        } finally {
            others.execute(project, "delete from service_instance where instance = 'server-worker-8'");
        }
    }

    private static void waitFor(String release, Matcher<?> web1, Matcher<?> web2) {
        given().get(release + "/rollouts")
                .then()
                .statusCode(200)
                .body("rollouts[0].waitsFor", web1)
                .body("rollouts[1].waitsFor", web2);
    }

    @Test
    void showsWhatIsTriedAgainAndWhen() {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        given().get(release).then().body("tries", equalTo(0)).body("nextTryAt", nullValue());
        others.execute(
                project, "update release set tries = 2, next_try_at = '2026-03-01T09:30:04Z' where id = :release");
        given().get(release).then().body("tries", equalTo(2)).body("nextTryAt", equalTo("2026-03-01T09:30:04Z"));
        others.execute(project, "update release set next_try_at = null where id = :release");

        others.moveTo(project, ReleaseState.PRODUCTION_COPYING);
        others.moveServer(project, "web1", ServerState.COPYING);
        others.execute(project, """
                insert into rollout (release_id, server_id, outcome, attempts, tries)
                select :release, s.id, 'WAITING', 3, 2 from server s
                join release r on r.project_id = s.project_id where r.id = :release and s.role = 'BUSINESS'
                """);
        others.execute(project, "update server set next_try_at = '2026-03-01T09:31:00Z' where release_id = :release");
        others.execute(
                project,
                "insert into journal_entry (journal, release_id, server, kind, message, retry_helps, attempt, try)"
                        + " values ('BUSINESS_SERVER', :release, 'web1', 'UNREACHABLE', 'no route', true, 1, 2)");

        given().get(release + "/rollouts")
                .then()
                .body("rollouts[0].attempts", equalTo(3))
                .body("rollouts[0].tries", equalTo(2))
                .body("rollouts[0].nextTryAt", equalTo("2026-03-01T09:31:00Z"))
                .body("rollouts[1].nextTryAt", nullValue());
        given().get(release + "/journal").then().body("entries[0].try", equalTo(2));
    }

    @Test
    void showsTheJournalOfAReleaseAndOfAProject() {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        journal(project, "BETA_COPY", "beta", "a", "MISSING_PATHS");
        journal(project, "BETA_COPY", "beta", "b", "MISSING_PATHS");
        others.moveTo(project, ReleaseState.CANCELLED);
        String second = newRelease(project);
        journal(project, "BUSINESS_SERVER", "web1", null, "UNREACHABLE");

        given().get(release).then().body("journalEntries", equalTo(2));
        String next = given().get(release + "/journal?limit=1")
                .then()
                .statusCode(200)
                .body("entries.path", contains("a"))
                .body("entries[0].journal", equalTo("BETA_COPY"))
                .body("entries[0].release", equalTo(1))
                .body("entries[0].server", equalTo("beta"))
                .body("entries[0].kind", equalTo("MISSING_PATHS"))
                .body("entries[0].message", equalTo("what happened"))
                .body("entries[0].retryHelps", equalTo(false))
                .body("entries[0].attempt", equalTo(1))
                .body("entries[0].try", nullValue())
                .body("entries[0].at", notNullValue())
                .extract()
                .path("next");
        given().get(next).then().body("entries.path", contains("b")).body("next", nullValue());
        given().get(second + "/journal").then().body("entries.kind", contains("UNREACHABLE"));

        String all = "/api/v1/projects/" + project + "/journal";
        given().get(all).then().statusCode(200).body("entries.release", contains(2, 1, 1));
        given().get(all + "?journal=beta_copy").then().body("entries.path", contains("b", "a"));
        given().get(all + "?server=web1").then().body("entries.release", contains(2));
        given().get(all + "?journal=PRODUCTION_COPY").then().body("entries", empty());
        String older =
                given().get(all + "?journal=BETA_COPY&limit=1").then().extract().path("next");
        given().get(older).then().body("entries.path", contains("a")).body("next", nullValue());
        given().get(all + "?journal=diary").then().statusCode(400).body("errors.field", hasItem("journal"));
        given().urlEncodingEnabled(false)
                .get(all + "?server=a%00b")
                .then()
                .statusCode(400)
                .body("errors.field", contains("server"));
        given().get(all + "?before=-1").then().statusCode(400);
        given().get("/api/v1/projects/nowhere/journal").then().statusCode(404);
    }

    private void journal(
            String project,
            String journal,
            String server,
            @org.jspecify.annotations.Nullable String path,
            String kind) {
        others.execute(
                project,
                "insert into journal_entry (journal, release_id, server, path, kind, message, retry_helps, attempt) values ('%s', :release, '%s', %s, '%s', 'what happened', false, 1)"
                        .formatted(journal, server, path == null ? "null" : "'" + path + "'", kind));
    }
}
