package org.slipway.quickstart;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.quickstart.DemoRelease.Completed;

class DemoReleaseTest {

    private static final String AT = DateTimeFormatter.ofPattern("  HH:mm:ss.SSS  ")
            .format(Instant.parse("2026-01-01T10:00:00.123Z").atZone(ZoneId.systemDefault()));

    private static final Completed FIRST = new Completed(1, true);
    private static final Completed CARRIED_ON = new Completed(1, false);

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final Screen screen = new Screen(new PrintStream(shown, true, StandardCharsets.UTF_8), false);
    private final FakeController fake;
    private final Controller controller;
    private final DemoFleet fleet;

    DemoReleaseTest(@TempDir Path directory) throws Exception {
        fake = FakeController.start(0, directory.resolve("fake.json"));
        controller = new Controller(fake.port());
        fleet = DemoFleet.start(directory.resolve("fleet"));
        controller.register(DemoFleet.PROJECT, fleet.inventory(), InventoryFile.YAML);
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

    private boolean proves(Completed release) throws Exception {
        return new Proof(controller, fleet, screen).holds(release);
    }

    private DemoRelease release() {
        return new DemoRelease(controller, fleet, screen);
    }

    @Test
    void createsPromotesAndTellsEachTransitionOnce() throws Exception {
        assertThat(release().run()).contains(FIRST);
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
        assertThat(release().run()).contains(new Completed(2, true));
        assertThat(fleet.developmentSite().resolve("index.html")).hasContent("the user's page");
        assertThat(fleet.developmentSite().resolve("assets/news/2.txt")).hasContent("News of release 2.");
        assertThat(proves(new Completed(2, true))).as(shown()).isTrue();
    }

    @Test
    void promotesAReleaseThatTheLastRunLeftOnBeta() throws Exception {
        release().run();
        fake.leave(1, "BETA_COPIED");
        fake.requests.clear();
        assertThat(release().run()).contains(CARRIED_ON);
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
        assertThat(release().run()).contains(CARRIED_ON);
        assertThat(fake.requests).containsExactly("POST /releases/1/retry");
    }

    @ParameterizedTest
    @ValueSource(strings = {"beta", "production"})
    void saysWhyAReleaseWasNotRetried(String failing) throws Exception {
        fake.fail(failing);
        release().run();
        fake.heal();
        fake.fail("retry");
        assertThat(release().run()).isEmpty();
        assertThat(shown()).endsWith("Release 1 was not retried: no business server has a backup file\n");
    }

    @Test
    void saysWhyNoReleaseWasMade() throws Exception {
        fake.fail("create");
        assertThat(release().run()).isEmpty();
        assertThat(shown()).isEqualTo("No demo release was made: release 7 of ada is unfinished\n");
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
    void provesWhatWasReleasedAlsoWhereDevelopmentIsAheadByNow() throws Exception {
        fake.fail("production");
        release().run();
        fake.heal();
        Files.writeString(fleet.developmentSite().resolve("index.html"), "for the next release");
        Files.delete(fleet.developmentSite().resolve("assets/site.css"));
        assertThat(release().run()).contains(CARRIED_ON);
        assertThat(proves(CARRIED_ON)).as(shown()).isTrue();
        assertThat(shown())
                .contains("✓ business-1 holds what was released\n")
                .contains("✓ business-3 holds what was released\n")
                .contains("✓ the backup can be read: 2 files")
                .doesNotContain("what development holds");
    }

    @Test
    void looksAtTheServersThatAreRegisteredByNow() throws Exception {
        String all = fleet.inventory();
        String withoutTheLast = all.substring(0, all.indexOf("  - name: business-3"));
        int second = all.indexOf("  - name: business-2");
        String secondIsElsewhere = withoutTheLast.substring(0, second)
                + withoutTheLast.substring(second).replace("host: 127.0.0.1", "host: web-2.example");
        controller.register(DemoFleet.PROJECT, secondIsElsewhere, InventoryFile.YAML);
        release().run();
        assertThat(proves(FIRST)).as(shown()).isTrue();
        assertThat(shown())
                .contains("– business-2 is none of the demo's servers, and was not looked at\n")
                .contains("✓ business-1 holds what development holds\n")
                .doesNotContain("business-3");
    }

    @Test
    void looksForNoBackupOfAServerThatIsRegisteredNoMore() throws Exception {
        release().run();
        String all = fleet.inventory();
        int first = all.indexOf("  - name: business-1");
        controller.register(
                DemoFleet.PROJECT,
                all.substring(0, first) + all.substring(all.indexOf("  - name: business-2")),
                InventoryFile.YAML);
        assertThat(proves(FIRST)).as(shown()).isTrue();
        assertThat(shown()).contains("is on none of the demo's servers, and was not looked at");
    }

    @Test
    void provesNothingWhereItCanLookAtNoServer() throws Exception {
        release().run();
        controller.register(
                DemoFleet.PROJECT,
                fleet.inventory().replace("host: 127.0.0.1", "host: web.example"),
                InventoryFile.YAML);
        assertThat(proves(FIRST)).isFalse();
        assertThat(shown()).contains("✗ there is nothing to compare");
    }

    @Test
    void proofFailsWhenAFileWasOverlooked() throws Exception {
        release().run();
        fake.overlook(1, "assets/site.css");
        assertThat(proves(CARRIED_ON)).isTrue();
        assertThat(proves(FIRST)).isFalse();
        assertThat(shown()).contains("""
                        ✗ development does not hold what was released:
                            assets/site.css: is not among the files of the release
                        """).contains("✓ business-1 holds what was released\n");
    }

    @Test
    void proofFailsWhenTheBackupIsBroken() throws Exception {
        release().run();
        assertThat(proves(FIRST)).as(shown()).isTrue();
        assertThat(shown())
                .contains("✓ business-3 holds what development holds")
                .contains("2 files");

        byte[] backup = Files.readAllBytes(fleet.backupFile());
        Files.write(fleet.backupFile(), Arrays.copyOf(backup, backup.length - 20));
        assertThat(proves(FIRST)).isFalse();
        assertThat(shown()).contains("cannot be read");
    }

    @ParameterizedTest
    @MethodSource("damages")
    void proofFailsWhenAServerDiffers(Damage damage, String told) throws Exception {
        release().run();
        damage.to(requireNonNull(fleet.businessSites().get("business-2")));
        assertThat(proves(FIRST)).isFalse();
        assertThat(shown())
                .contains("✓ business-1 holds what development holds\n"
                        + "✗ business-2 does not hold what development holds:\n    " + told)
                .contains("✓ business-3 holds what development holds\n");
    }

    private interface Damage {
        void to(Path site) throws IOException;
    }

    private static Arguments damage(Damage damage, String told) {
        return Arguments.of(damage, told);
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                damage(
                        site -> {
                            Path file = site.resolve("assets/site.css");
                            FileTime modified = Files.getLastModifiedTime(file);
                            Files.writeString(file, Files.readString(file).replace("40rem", "41rem"));
                            Files.setLastModifiedTime(file, modified);
                        },
                        "assets/site.css: file of mode 644 and "),
                damage(
                        site -> Files.setLastModifiedTime(
                                site.resolve("index.html"), FileTime.from(Instant.parse("2026-01-01T10:00:00Z"))),
                        "index.html: file of mode 644 and "),
                damage(
                        site -> Files.setPosixFilePermissions(
                                site.resolve("assets/js"), PosixFilePermissions.fromString("rwx------")),
                        "assets/js: directory of mode 700 of "),
                damage(
                        site -> {
                            Path link = site.resolve("assets/site-latest.css");
                            FileTime modified = Files.getLastModifiedTime(link.getParent());
                            Files.delete(link);
                            Files.createSymbolicLink(link, Path.of("elsewhere.css"));
                            Files.setLastModifiedTime(link.getParent(), modified);
                        },
                        "assets/site-latest.css: link to elsewhere.css, not link to site.css\n"),
                damage(site -> Files.delete(site.resolve("index.html")), "index.html: is missing in "));
    }
}
