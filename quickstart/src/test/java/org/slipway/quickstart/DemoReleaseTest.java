package org.slipway.quickstart;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoReleaseTest {

    private static final String AT = DateTimeFormatter.ofPattern("  HH:mm:ss.SSS  ")
            .format(Instant.parse("2026-01-01T10:00:00.123Z").atZone(ZoneId.systemDefault()));

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final Screen screen = new Screen(new PrintStream(shown, true, StandardCharsets.UTF_8), false);
    private final FakeController fake;
    private final Controller controller;
    private final DemoFleet fleet;

    DemoReleaseTest(@TempDir Path directory) throws Exception {
        fake = FakeController.start(0, directory.resolve("fake.json"));
        controller = new Controller(fake.port());
        fleet = DemoFleet.start(directory.resolve("fleet"));
        controller.register(DemoFleet.PROJECT, fleet.inventory());
        fake.requests.clear();
    }

    @AfterEach
    void end() {
        controller.close();
        fake.close();
        fleet.close();
    }

    private String shown() {
        return shown.toString(StandardCharsets.UTF_8);
    }

    private DemoRelease release() {
        return new DemoRelease(controller, fleet, screen);
    }

    @Test
    void createsPromotesAndTellsEachTransitionOnce() throws Exception {
        assertThat(release().run()).contains(1);
        assertThat(fake.requests).containsExactly("POST /releases", "POST /releases/1/promote");
        assertThat(shown().lines().toList())
                .containsExactly(
                        "Release 1 of index.html and assets:",
                        AT + "CREATED → BETA_COPYING  controller: it was time",
                        AT + "BETA_COPYING → BETA_COPIED  beta-worker: it was time",
                        AT + "BETA_COPIED → PRODUCTION_REQUESTED  controller: it was time",
                        AT + "PRODUCTION_REQUESTED → COMPLETED  prod-coordinator: it was time");
    }

    @Test
    void changesTheSiteSoThatThereIsSomethingToRelease() throws Exception {
        release().run();
        Files.writeString(fleet.developmentSite().resolve("index.html"), "the user's page");
        assertThat(release().run()).contains(2);
        assertThat(fleet.developmentSite().resolve("index.html")).hasContent("the user's page");
        assertThat(fleet.developmentSite().resolve("assets/news/2.txt")).hasContent("News of release 2.");
        assertThat(new Proof(fleet, screen).holds()).as(shown()).isTrue();
    }

    @Test
    void promotesAReleaseThatTheLastRunLeftOnBeta() throws Exception {
        release().run();
        fake.leave(1, "BETA_COPIED");
        fake.requests.clear();
        assertThat(release().run()).contains(1);
        assertThat(fake.requests).containsExactly("POST /releases/1/promote");
        assertThat(shown()).contains("Carrying on with release 1, which the last run left in BETA_COPIED.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CREATED", "BETA_COPIED", "PRODUCTION_FAILED"})
    void leavesAReleaseOfTheUserAlone(String state) throws Exception {
        fake.leaveOfUser(1, state);
        assertThat(release().run()).isEmpty();
        assertThat(fake.requests).isEmpty();
        assertThat(shown()).contains("release 1 of ada is in " + state);
    }

    @Test
    void retriesAReleaseThatTheLastRunLeftFailed() throws Exception {
        fake.fail("production");
        assertThat(release().run()).isEmpty();
        fake.heal();
        fake.requests.clear();
        assertThat(release().run()).contains(1);
        assertThat(fake.requests).containsExactly("POST /releases/1/retry");
    }

    @Test
    void showsTheJournalWhenTheReleaseFails() throws Exception {
        fake.fail("beta");
        assertThat(release().run()).isEmpty();
        assertThat(shown())
                .endsWith("Release 1 ended in BETA_COPY_FAILED.\n  beta: assets: is missing on development\n");
    }

    @Test
    void saysWhyAReleaseWasNotPromoted() throws Exception {
        fake.fail("promote");
        assertThat(release().run()).isEmpty();
        assertThat(shown()).contains("Release 1 was not promoted: no business server has a backup file");
    }

    @Test
    void proofFailsWhenAServerDiffersOrTheBackupIsBroken() throws Exception {
        release().run();
        assertThat(new Proof(fleet, screen).holds()).as(shown()).isTrue();
        assertThat(shown())
                .contains("✓ business-3 holds what development holds")
                .contains("2 files");

        byte[] backup = Files.readAllBytes(fleet.backupFile());
        Files.write(fleet.backupFile(), Arrays.copyOf(backup, backup.length - 20));
        assertThat(new Proof(fleet, screen).holds()).isFalse();
        assertThat(shown()).contains("cannot be read");

        Files.write(fleet.backupFile(), backup);
        Files.writeString(
                requireNonNull(fleet.businessSites().get("business-2")).resolve("assets/site.css"), "changed");
        assertThat(new Proof(fleet, screen).holds()).isFalse();
        assertThat(shown()).contains("✗ business-2 differs from development:").contains("assets/site.css");
    }
}
