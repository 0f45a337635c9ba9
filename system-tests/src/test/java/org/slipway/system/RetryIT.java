package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slipway.embedded.Await;
import org.slipway.model.ReleaseState;

/** A server is away for a while, and nobody does anything about it. */
class RetryIT {
    private static final Duration UNTIL_TRIED = Duration.ofSeconds(60);
    private static final int TRIES = 90;

    private static Slipway slipway;

    private Project project;
    private Fleet fleet;

    @BeforeAll
    static void aSlipwayThatTriesAgain() {
        Map<String, String> settings = new HashMap<>();
        settings.put("SLIPWAY_RETRY_TRIES", Integer.toString(TRIES));
        settings.put("SLIPWAY_RETRY_FIRST_WAIT", "1S");
        settings.put("SLIPWAY_RETRY_LONGEST_WAIT", "2S");
        slipway = Slipway.start(1, settings);
    }

    @AfterAll
    static void end() {
        slipway.close();
    }

    @BeforeEach
    void aProject() {
        project = SystemTest.newProject(slipway, 3);
        fleet = project.fleet();
        fleet.development().write("index.html", "new\n");
    }

    @AfterEach
    void everythingIsAsItMustBe() {
        SystemTest.check(slipway, project);
        fleet.close();
    }

    private int onBeta() {
        int release = project.release("index.html");
        project.await(release, ReleaseState.BETA_COPIED);
        return release;
    }

    /** Missing until the backup is verified. */
    private JsonNode rollout(int release, FleetServer server) {
        return project.rollouts(release).stream()
                .filter(rollout -> rollout.get("server").asText().equals(server.name()))
                .findFirst()
                .orElse(MissingNode.getInstance());
    }

    private static JsonNode awaitSecondTry(Supplier<JsonNode> look) {
        return Await.untilPresent(UNTIL_TRIED, "a second try in vain", () -> Optional.of(look.get())
                .filter(seen -> seen.path("tries").asInt() >= 2 && seen.hasNonNull("nextTryAt")));
    }

    private static List<Integer> oneTo(int last) {
        return IntStream.rangeClosed(1, last).boxed().toList();
    }

    private static List<Integer> tries(List<JsonNode> entries) {
        return entries.stream().map(entry -> entry.get("try").asInt()).toList();
    }

    @Test
    void aBusinessServerThatIsBackGetsTheReleaseByItself() {
        FleetServer away = fleet.web(2);
        int release = onBeta();
        away.stop();
        project.promote(release);
        JsonNode waiting = awaitSecondTry(() -> rollout(release, away));
        assertThat(waiting.get("outcome").asText()).isEqualTo("waiting");
        assertThat(project.state(release)).isEqualTo(ReleaseState.PRODUCTION_COPYING);

        away.start();
        project.await(release, ReleaseState.COMPLETED);

        assertThat(away.read("index.html")).contains("new\n");
        JsonNode done = project.rollout(release, away);
        int inVain = done.get("tries").asInt();
        assertThat(done.get("attempts").asInt()).isGreaterThan(inVain);
        assertThat(done.has("nextTryAt")).isFalse();
        assertThat(project.show(release).get("attempt").asInt()).isEqualTo(1);
        List<JsonNode> journal = project.journal(release);
        assertThat(SystemTest.texts(journal, "journal")).containsOnly("BUSINESS_SERVER");
        assertThat(SystemTest.texts(journal, "server")).containsOnly(away.name());
        assertThat(SystemTest.texts(journal, "kind")).containsOnly("UNREACHABLE");
        assertThat(tries(journal)).isEqualTo(oneTo(inVain));
        assertThat(SystemTest.texts(project.transitions(release), "reason"))
                .anyMatch(reason -> reason.matches("(?s)try 2 of " + TRIES + " failed: .*; next try in [12] s"));
        assertThat(fleet.business().stream()
                        .filter(server -> server != away)
                        .map(server ->
                                project.rollout(release, server).get("attempts").asInt()))
                .containsExactly(1, 1);
    }

    @Test
    void betaThatIsBackGetsTheReleaseByItself() {
        fleet.beta().stop();
        int release = project.release("index.html");
        awaitSecondTry(() -> project.show(release));
        assertThat(project.state(release)).isEqualTo(ReleaseState.BETA_COPYING);

        fleet.beta().start();
        project.await(release, ReleaseState.BETA_COPIED);

        JsonNode done = project.show(release);
        assertThat(done.get("attempt").asInt()).isEqualTo(1);
        assertThat(done.has("nextTryAt")).isFalse();
        List<JsonNode> journal = SystemTest.entries(project, release, "BETA_COPY");
        assertThat(tries(journal)).isEqualTo(oneTo(done.get("tries").asInt()));
        project.promote(release);
        project.await(release, ReleaseState.COMPLETED);
    }

    @Test
    void theChosenServerThatIsBackIsBackedUpByItself() {
        int release = onBeta();
        fleet.chosen().stop();
        project.promote(release);
        awaitSecondTry(() -> project.show(release));
        assertThat(project.state(release)).isEqualTo(ReleaseState.PRODUCTION_BACKING_UP);
        assertThat(project.rollouts(release)).isEmpty();

        fleet.chosen().start();
        project.await(release, ReleaseState.COMPLETED);

        assertThat(fleet.chosen().backupFile()).exists();
        assertThat(SystemTest.texts(SystemTest.entries(project, release, "PRODUCTION_COPY"), "kind"))
                .containsOnly("UNREACHABLE");
    }

    @Test
    void aChangedHostKeyIsNotTriedAgain() {
        FleetServer changed = fleet.web(2);
        int release = onBeta();
        changed.replaceHostKey();
        project.promote(release);
        project.await(release, ReleaseState.PRODUCTION_FAILED);

        JsonNode rollout = project.rollout(release, changed);
        assertThat(rollout.get("attempts").asInt()).isEqualTo(1);
        assertThat(rollout.get("outcome").asText()).isEqualTo("failed");
        assertThat(SystemTest.moves(project, release, changed)).containsExactly("COPYING", "LOCKED", "ERROR");
        List<JsonNode> journal = SystemTest.entries(project, release, "BUSINESS_SERVER");
        assertThat(SystemTest.texts(journal, "kind")).containsExactly("HOST_KEY_CHANGED");
        assertThat(changed.read("index.html")).contains("the page as it was\n");
    }

    @Test
    void aReleaseThatWaitsForAServerIsCancelled() {
        FleetServer away = fleet.web(2);
        int release = onBeta();
        away.stop();
        project.promote(release);
        awaitSecondTry(() -> rollout(release, away));

        project.cancel(release);
        project.await(release, ReleaseState.CANCELLED);

        assertThat(project.rollout(release, away).get("outcome").asText()).isEqualTo("cancelled");
    }
}
