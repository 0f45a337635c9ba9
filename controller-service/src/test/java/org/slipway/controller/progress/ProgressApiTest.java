package org.slipway.controller.progress;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusMock;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.slipway.controller.ApiTest;
import org.slipway.embedded.Await;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;
import org.slipway.model.Service;
import org.slipway.model.message.CopyProgressed;
import org.slipway.model.message.EventCodec;
import org.slipway.model.message.Topics;
import org.slipway.testing.Topic;

@QuarkusTest
class ProgressApiTest extends ApiTest {
    private static final Instant AT = Instant.parse("2026-03-01T09:13:00Z");

    private final EventCodec codec = new EventCodec();

    @Inject
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String kafka;

    /** Sends it until it is what a GET shows. */
    private void tell(Topic topic, CopyProgressed event, String path, String in) {
        topic.sendUntil(
                () -> Objects.equals(
                        given().get(path).then().statusCode(200).extract().path(in + ".at"),
                        event.at().toString()),
                EventCodec.key(event),
                codec.encode(event));
    }

    private static CopyProgressed event(
            String project, String server, int attempt, long filesDone, long bytesDone, Instant at) {
        return new CopyProgressed(
                project,
                server,
                1,
                filesDone,
                10 - filesDone,
                bytesDone,
                10_000 - bytesDone,
                Service.SERVER_WORKER,
                attempt,
                at);
    }

    /** A release that web1 is getting and web2 has. */
    private String copying(String project) {
        String release = newRelease(project);
        others.moveTo(project, ReleaseState.PRODUCTION_COPYING);
        others.moveServer(project, "web1", ServerState.COPYING, ServerState.LOCKED);
        others.execute(project, """
                insert into rollout (release_id, server_id, outcome, attempts)
                select :release, s.id, case s.name when 'web1' then 'COPYING' else 'DONE' end, 1 from server s
                join release r on r.project_id = s.project_id where r.id = :release and s.role = 'BUSINESS'
                """);
        return release;
    }

    private static int attempt(String release) {
        return given().get(release).then().extract().path("attempt");
    }

    @Test
    void showsHowFarAServerIsWhileItIsBeingCopied() {
        String project = newProject(INVENTORY);
        String release = copying(project);
        int attempt = attempt(release);
        String rollouts = release + "/rollouts";
        given().get(rollouts).then().body("rollouts[0].progress", nullValue());
        try (Topic topic = new Topic(kafka, Topics.COPY_PROGRESS)) {
            topic.send(project + "/web2", codec.encode(event(project, "web2", attempt, 9, 9_000, AT)));
            tell(topic, event(project, "web1", attempt, 1, 1_000, AT), rollouts, "rollouts[0].progress");
            topic.send(project + "/web2", codec.encode(event(project, "web2", attempt, 10, 10_000, AT.plusSeconds(1))));
            topic.send(
                    project + "/web1", codec.encode(event(project, "web1", attempt + 1, 9, 9_000, AT.plusSeconds(1))));
            tell(topic, event(project, "web1", attempt, 3, 4_000, AT.plusSeconds(2)), rollouts, "rollouts[0].progress");
        }
        given().get(rollouts)
                .then()
                .body("rollouts.server", contains("web1", "web2"))
                .body("rollouts[0].progress.filesDone", equalTo(3))
                .body("rollouts[0].progress.filesToDo", equalTo(7))
                .body("rollouts[0].progress.bytesDone", equalTo(4_000))
                .body("rollouts[0].progress.bytesToDo", equalTo(6_000))
                .body("rollouts[0].progress.bytesPerSecond", equalTo(1_500))
                .body("rollouts[0].progress.secondsLeft", equalTo(4))
                .body("rollouts[0].progress.at", equalTo("2026-03-01T09:13:02Z"))
                .body("rollouts[1].progress", nullValue());
        given().get(release).then().body("progress", nullValue());

        others.execute(project, "update rollout set outcome = 'DONE' where release_id = :release");
        given().get(rollouts).then().body("rollouts[0].progress", nullValue());
    }

    @Test
    void showsHowFarTheCopyToBetaIsWhileThereIsOne() {
        String project = newProject(INVENTORY);
        String release = newRelease(project);
        given().get(release).then().body("state", equalTo("BETA_COPYING")).body("progress", nullValue());
        try (Topic topic = new Topic(kafka, Topics.COPY_PROGRESS)) {
            tell(topic, event(project, "beta", attempt(release), 1, 1_000, AT), release, "progress");
        }
        given().get(release)
                .then()
                .body("progress.filesDone", equalTo(1))
                .body("progress.bytesToDo", equalTo(9_000))
                .body("progress.bytesPerSecond", nullValue())
                .body("progress.secondsLeft", nullValue());
        given().get(releases(project)).then().body("releases[0].progress", nullValue());

        others.moveTo(project, ReleaseState.BETA_COPIED);
        given().get(release).then().body("progress", nullValue());
    }

    @Test
    void showsNothingOfACopyThatNobodyTellsOfAnyMore() {
        SetClock clock = new SetClock(AT);
        QuarkusMock.installMockForType(clock, Clock.class);
        String project = newProject(INVENTORY);
        String release = copying(project);
        String rollouts = release + "/rollouts";
        int attempt = attempt(release);
        try (Topic topic = new Topic(kafka, Topics.COPY_PROGRESS)) {
            tell(topic, event(project, "web1", attempt, 1, 1_000, AT), rollouts, "rollouts[0].progress");
            // Sent once: when it is seen, no record of this copy is on its way any more.
            topic.send(project + "/web1", codec.encode(event(project, "web1", attempt, 2, 2_000, AT.plusSeconds(1))));
        }
        Await.until(Duration.ofSeconds(60), "the last record to be heard", () -> given().get(rollouts)
                .then()
                .extract()
                .path("rollouts[0].progress.filesDone")
                .equals(2));
        clock.passes(LatestProgress.STALE.minusMillis(1));
        given().get(rollouts).then().body("rollouts[0].progress", notNullValue());
        clock.passes(LatestProgress.STALE);
        given().get(rollouts)
                .then()
                .body("rollouts[0].outcome", equalTo("copying"))
                .body("rollouts[0].progress", nullValue());
    }

    @Test
    void putsRecordsThatNobodyCanReadAsideAndGoesOn() {
        String project = newProject(INVENTORY);
        String release = copying(project);
        int attempt = attempt(release);
        String rollouts = release + "/rollouts";
        String key = project + "/web1";
        try (Topic topic = new Topic(kafka, Topics.COPY_PROGRESS);
                Topic deadLetters = new Topic(kafka, Topics.DEAD_LETTERS)) {
            tell(topic, event(project, "web1", attempt, 1, 1_000, AT), rollouts, "rollouts[0].progress");
            topic.send(key, "no JSON at all");
            topic.send(key, null);
            topic.send(
                    key,
                    codec.encode(event(project, "web1", attempt, 2, 2_000, AT)).replace("2000", "-1"));
            tell(topic, event(project, "web1", attempt, 3, 4_000, AT.plusSeconds(2)), rollouts, "rollouts[0].progress");

            assertThat(deadLetters.of(key, 3).getFirst()).isEqualTo("no JSON at all");
        }
    }
}
