package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;
import org.slipway.model.Service;
import org.slipway.model.message.Event;
import org.slipway.model.message.ReleaseTransitioned;
import org.slipway.model.message.ServerTransitioned;

/** The checker finds each thing that it is there to find. */
class CheckerTest {
    private static final String PUBLISHED = "3 PUBLISHED_IN_ORDER: ";
    private static final String TRUTH = "4 TOPICS_TELL_THE_TRUTH: ";
    private static final List<String> LOG = List.of("release/p/1/1", "release/p/1/2", "server/p/web-1/1");
    private static final Evidence GOOD = new Evidence(
            Map.of("p/1", ReleaseState.BETA_COPYING),
            Map.of("p/web-1", ServerState.IDLE),
            LOG,
            List.of(),
            Map.of("p/1", ReleaseState.BETA_COPYING),
            Map.of("p/web-1", ServerState.IDLE),
            List.of(created(), started(), registered()),
            LOG,
            List.of(),
            List.of(),
            Histories.NOTHING);

    @Test
    void findsNothingWhereAllIsWell() {
        assertThat(Checker.violations(GOOD)).isEmpty();
    }

    @Test
    void doesNotMindATransitionThatIsToldTwice() {
        Evidence twice = with(events -> List.of(created(), started(), started(), registered()), ids -> {
            List<String> more = new ArrayList<>(ids);
            more.add("release/p/1/2");
            return more;
        });

        assertThat(Checker.violations(twice)).isEmpty();
    }

    @Test
    void findsATransitionThatNeverCameToKafka() {
        Evidence lost =
                with(events -> List.of(created(), registered()), ids -> List.of("release/p/1/1", "server/p/web-1/1"));

        assertThat(Checker.violations(lost))
                .containsExactly(
                        PUBLISHED + "transition release/p/1/2 never came to Kafka",
                        TRUTH + "Kafka has p/1 in CREATED, the database in BETA_COPYING");
    }

    @Test
    void findsAGapInTheStory() {
        Evidence gap =
                with(events -> List.of(started(), registered()), ids -> List.of("release/p/1/2", "server/p/web-1/1"));

        assertThat(Checker.violations(gap))
                .anyMatch(line -> line.startsWith(TRUTH + "the topics do not tell the whole story"))
                .contains(PUBLISHED + "transition release/p/1/1 never came to Kafka");
    }

    @Test
    void findsAnEventThatTheDatabaseKnowsNothingOf() {
        Evidence invented = with(UnaryOperator.identity(), ids -> {
            List<String> more = new ArrayList<>(ids);
            more.add("release/p/1/3");
            return more;
        });

        assertThat(Checker.violations(invented))
                .containsExactly(PUBLISHED + "Kafka tells of release/p/1/3, which never was");
    }

    @Test
    void findsAStateThatTheTopicsDoNotTell() {
        Evidence moved = new Evidence(
                Map.of("p/1", ReleaseState.BETA_COPIED),
                Map.of("p/web-1", ServerState.LOCKED),
                LOG,
                List.of(),
                GOOD.restReleases(),
                GOOD.restServers(),
                GOOD.events(),
                LOG,
                List.of(),
                List.of(),
                Histories.NOTHING);

        assertThat(Checker.violations(moved))
                .containsExactly(
                        TRUTH + "Kafka has p/1 in BETA_COPYING, the database in BETA_COPIED",
                        TRUTH + "Kafka has p/web-1 in IDLE, the database in LOCKED",
                        TRUTH + "the REST interface has p/1 in BETA_COPYING, the database in BETA_COPIED",
                        TRUTH + "the REST interface has p/web-1 in IDLE, the database in LOCKED");
    }

    @Test
    void findsAReleaseThatOnlyTheDatabaseHas() {
        Evidence more = new Evidence(
                Map.of("p/1", ReleaseState.BETA_COPYING, "p/2", ReleaseState.CREATED),
                GOOD.databaseServers(),
                LOG,
                List.of(),
                GOOD.restReleases(),
                GOOD.restServers(),
                GOOD.events(),
                LOG,
                List.of(),
                List.of(),
                Histories.NOTHING);

        assertThat(Checker.violations(more))
                .containsExactly(
                        TRUTH + "Kafka has p/2 in no state, the database in CREATED",
                        TRUTH + "the REST interface has p/2 in no state, the database in CREATED");
    }

    @Test
    void passesOnWhatWasFoundElsewhere() {
        Evidence others = new Evidence(
                GOOD.databaseReleases(),
                GOOD.databaseServers(),
                LOG,
                List.of("release/p/1/2"),
                GOOD.restReleases(),
                GOOD.restServers(),
                GOOD.events(),
                LOG,
                List.of("no entry explains it"),
                List.of("web-1: index.html differs"),
                Histories.NOTHING);

        assertThat(Checker.violations(others))
                .containsExactly(
                        PUBLISHED + "transition release/p/1/2 is not marked as published",
                        "8 OLD_OR_NEW: web-1: index.html differs",
                        "15 FAILURES_ARE_EXPLAINED: no entry explains it");
    }

    @Test
    void aFingerprintTellsThatAFileWasWrittenAgainWithTheSameContent(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("index.html"), "same");
        var before = Directories.fingerprint(directory);
        assertThat(Directories.fingerprint(directory)).isEqualTo(before);

        Path other = Files.writeString(directory.resolve("other"), "same");
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

        assertThat(Directories.fingerprint(directory)).isNotEqualTo(before);
    }

    private static Evidence with(UnaryOperator<List<Event>> events, UnaryOperator<List<String>> ids) {
        return new Evidence(
                GOOD.databaseReleases(),
                GOOD.databaseServers(),
                LOG,
                List.of(),
                GOOD.restReleases(),
                GOOD.restServers(),
                events.apply(GOOD.events()),
                ids.apply(LOG),
                List.of(),
                List.of(),
                Histories.NOTHING);
    }

    private static Event created() {
        return release(1, null, ReleaseState.CREATED);
    }

    private static Event started() {
        return release(2, ReleaseState.CREATED, ReleaseState.BETA_COPYING);
    }

    private static Event release(long sequence, @Nullable ReleaseState from, ReleaseState to) {
        return new ReleaseTransitioned("p", 1, sequence, from, to, Service.CONTROLLER, "ada", "", 1, Instant.EPOCH);
    }

    private static Event registered() {
        return new ServerTransitioned(
                "p", "web-1", null, 1, null, ServerState.IDLE, Service.CONTROLLER, "ada", "", 1, Instant.EPOCH);
    }
}
