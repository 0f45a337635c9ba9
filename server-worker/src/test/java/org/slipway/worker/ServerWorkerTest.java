package org.slipway.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slipway.model.ReleaseState.PRODUCTION_FAILED;
import static org.slipway.model.ReleaseState.PRODUCTION_REQUESTED;
import static org.slipway.model.ServerState.COPYING;
import static org.slipway.model.ServerState.ERROR;
import static org.slipway.model.ServerState.IDLE;
import static org.slipway.model.ServerState.LOCKED;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.embedded.Await;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;
import org.slipway.model.Service;
import org.slipway.model.message.CopyProgressed;
import org.slipway.model.message.EventCodec;
import org.slipway.model.message.Topics;
import org.slipway.testing.FakeHosts;
import org.slipway.testing.GivenProject;
import org.slipway.testing.GivenRelease;
import org.slipway.testing.Hold;
import org.slipway.testing.InfrastructureResource;
import org.slipway.testing.Steered;
import org.slipway.testing.Topic;
import org.slipway.transfer.Failure;
import org.slipway.transfer.Host;
import org.slipway.transfer.Listing;
import org.slipway.transfer.TransferException;

@QuarkusTest
@TestProfile(Steered.class)
@QuarkusTestResource(value = InfrastructureResource.class, restrictToAnnotatedClass = true)
class ServerWorkerTest {
    @Inject
    DataSource database;

    @Inject
    FakeHosts hosts;

    @Inject
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String kafka;

    private GivenProject project;
    private GivenRelease release;
    private String beta;
    private String b1;
    private String b2;

    @BeforeEach
    void aReleaseWithItsBackup() {
        project = GivenProject.in(database, "b1", "b2");
        release = project.release("a.txt")
                .promoted(FakeHosts.file("a.txt"), FakeHosts.file("b.txt"))
                .backedUp();
        beta = project.at("beta");
        b1 = project.at("b1");
        b2 = project.at("b2");
    }

    private void awaitNobodyWorks() {
        Await.until(Duration.ofSeconds(60), "the work to end", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("lease-server-")));
    }

    @Test
    void copiesAServerThatWaits() {
        release.server("b1", COPYING);
        release.await("b1", IDLE);

        assertThat(project.story("b1")).isEqualTo("IDLE COPYING LOCKED IDLE");
        assertThat(hosts.calls(b1)).containsExactly("copy " + project.epoch("b1"));
        assertThat(release.rollouts()).containsExactly("b1 DONE");
        assertThat(release.journal()).isEmpty();
    }

    @Test
    void copiesServersOfAnyProjectAndLooksAtEachBetaOnce() {
        GivenProject other = GivenProject.in(database, "x1");
        GivenRelease others = other.release("c").promoted(FakeHosts.file("c")).backedUp();
        release.server("b1", COPYING).server("b2", COPYING);
        others.server("x1", COPYING);
        release.await("b1", IDLE);
        release.await("b2", IDLE);
        others.await("x1", IDLE);

        assertThat(hosts.calls(beta)).containsExactly("list");
        assertThat(hosts.calls(other.at("beta"))).containsExactly("list");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsEachContentFromBetaOnceForAllServers(boolean shell) {
        GivenProject other = GivenProject.in(database, "x1", "x2");
        List<FileEntry> files = Stream.of("a.txt", "b.txt")
                .map(path -> FakeHosts.file(path).withSha256(randomHash()))
                .toList();
        GivenRelease others = other.release("a.txt", "b.txt")
                .promoted(files.toArray(FileEntry[]::new))
                .backedUp();
        hosts.onList(other.at("beta"), (watcher, well) -> new Listing(files, List.of(), List.of()));
        if (!shell) {
            hosts.withoutShell(other.at("beta"));
        }
        Stream.of("x1", "x2").map(other::at).forEach(hosts::asksForAll);
        others.server("x1", COPYING).server("x2", COPYING);
        others.await("x1", IDLE);
        others.await("x2", IDLE);

        assertThat(hosts.calls(other.at("beta"))).containsExactly("list", "read a.txt", "read b.txt");
    }

    @Test
    void refusesABetaWithoutAShellThatWasWrittenSince() {
        hosts.withoutShell(beta);
        FileEntry copied = FakeHosts.file("a.txt");
        FileEntry edited = new FileEntry(
                copied.path(),
                copied.type(),
                copied.mode(),
                copied.modified().plusSeconds(60),
                copied.sizeBytes(),
                randomHash(),
                null);
        FileEntry touched = new FileEntry(
                new RelativePath("b.txt"),
                copied.type(),
                copied.mode(),
                copied.modified().plusSeconds(60),
                copied.sizeBytes(),
                copied.sha256(),
                null);
        hosts.onList(beta, (watcher, well) -> new Listing(List.of(edited, touched), List.of(), List.of()));
        release.server("b1", COPYING);
        release.await("b1", ERROR);

        assertThat(release.journal())
                .hasSize(1)
                .first()
                .asString()
                .contains("MANIFEST_MISMATCH")
                .contains("a.txt")
                .doesNotContain("b.txt");
        assertThat(hosts.calls(beta)).containsExactly("list", "hash 2");
        assertThat(hosts.calls(b1)).isEmpty();
    }

    private static String randomHash() {
        byte[] hash = new byte[32];
        ThreadLocalRandom.current().nextBytes(hash);
        return HexFormat.of().formatHex(hash);
    }

    @Test
    void copiesSeveralServersAtATime() {
        Hold first = new Hold();
        Hold second = new Hold();
        hosts.onCopy(b1, first.heeding());
        hosts.onCopy(b2, second.heeding());
        release.server("b1", COPYING).server("b2", COPYING);
        first.awaitReached();
        second.awaitReached();
        first.letGo();
        second.letGo();
        release.await("b1", IDLE);
        release.await("b2", IDLE);

        assertThat(project.epoch("b1")).isNotEqualTo(project.epoch("b2"));
    }

    @Test
    void copiesTheOthersWhenOneFails() {
        hosts.onCopy(b1, FakeHosts.fails(new Failure.Unreachable("b1", "no route")));
        release.server("b1", COPYING).server("b2", COPYING);
        release.await("b1", ERROR);
        release.await("b2", IDLE);

        assertThat(release.journal()).containsExactly("BUSINESS_SERVER 1 b1 UNREACHABLE t");
        assertThat(release.rollouts()).containsExactly("b1 FAILED", "b2 DONE");
    }

    @Test
    void namesTheFilesOfABetaThatSomebodyEdited() {
        hosts.onList(
                beta,
                (watcher, well) -> new Listing(
                        List.of(
                                FakeHosts.file("a.txt"),
                                new FileEntry(
                                        new RelativePath("b.txt"),
                                        EntryType.FILE,
                                        0644,
                                        Instant.EPOCH,
                                        5,
                                        "6".repeat(64),
                                        null)),
                        List.of(),
                        List.of()));
        release.server("b1", COPYING);
        release.await("b1", ERROR);

        assertThat(release.journal()).containsExactly("BUSINESS_SERVER 1 b1 MANIFEST_MISMATCH b.txt f");

        release.server("b2", COPYING);
        release.await("b2", ERROR);
        assertThat(release.journal())
                .containsExactly(
                        "BUSINESS_SERVER 1 b1 MANIFEST_MISMATCH b.txt f", "BUSINESS_SERVER 1 b2 MANIFEST_MISMATCH f");
        assertThat(release.messages().getLast()).endsWith("The entries of b1 name the paths.");
        assertThat(release.messages().getFirst()).startsWith("On beta: ").contains("Put these files back");
        assertThat(hosts.calls(b1)).isEmpty();
    }

    @Test
    void namesBetaOnceWhenTheTroubleIsThere() {
        hosts.onList(beta, (watcher, well) -> {
            throw new TransferException(new Failure.DirectoryUnusable("beta", "On beta: /srv may not be read"));
        });
        release.server("b1", COPYING);
        release.await("b1", ERROR);

        assertThat(release.messages()).containsExactly("On beta: /srv may not be read");
    }

    @Test
    void looksAtBetaAgainInTheNextAttempt() {
        hosts.onList(beta, (watcher, well) -> new Listing(List.of(), List.of(new RelativePath("a.txt")), List.of()));
        release.server("b1", COPYING);
        release.await("b1", ERROR);
        hosts.onList(beta, (watcher, well) -> well);
        release.to(PRODUCTION_FAILED, PRODUCTION_REQUESTED);
        release.server("b1", COPYING);
        release.await("b1", IDLE);

        assertThat(hosts.calls(beta)).containsExactly("list", "list");
        assertThat(release.rollouts()).containsExactly("b1 DONE");
    }

    @Test
    void writesABugIntoTheJournal() {
        hosts.onCopy(b1, (watcher, well) -> {
            throw new IllegalStateException("nobody foresaw it");
        });
        release.server("b1", COPYING);
        release.await("b1", ERROR);

        assertThat(release.journal()).containsExactly("BUSINESS_SERVER 1 b1 INTERNAL_ERROR t");
    }

    @Test
    void leavesAWaitingServerAloneWhenItsReleaseIsBeingCancelled() {
        release.askToCancel().server("b1", COPYING);
        GivenRelease marker = GivenProject.in(database, "m1")
                .release("m")
                .promoted(FakeHosts.file("m"))
                .backedUp();
        marker.server("m1", COPYING);
        marker.await("m1", IDLE);

        assertThat(project.story("b1")).isEqualTo("IDLE COPYING");
    }

    @Test
    void stopsACopyThatIsCancelled() {
        Hold hold = new Hold();
        hosts.onCopy(b1, hold.heeding());
        release.server("b1", COPYING);
        hold.awaitReached();
        release.askToCancel();
        release.await("b1", IDLE);

        assertThat(release.rollouts()).containsExactly("b1 CANCELLED");
        assertThat(release.journal()).isEmpty();
    }

    @Test
    void saysThatAServerHasTheReleaseWhenTheWishToCancelCameTooLate() {
        Hold hold = new Hold();
        hosts.onCopy(b1, hold.deaf());
        release.server("b1", COPYING);
        hold.awaitReached();
        release.askToCancel();
        hold.letGo();
        release.await("b1", IDLE);

        assertThat(release.rollouts()).containsExactly("b1 DONE");
    }

    @Test
    void takesOverWhenALeaseRanOutAndUnderAHigherEpoch() {
        release.server("b1", COPYING, LOCKED);
        long before = project.epoch("b1");
        project.letLeaseRunOut("b1");
        release.await("b1", IDLE);

        assertThat(project.story("b1")).isEqualTo("IDLE COPYING LOCKED COPYING LOCKED IDLE");
        assertThat(project.epoch("b1")).isGreaterThan(before);
        assertThat(hosts.calls(b1)).containsExactly("copy " + project.epoch("b1"));
    }

    @Test
    void givesWhatADeadWorkerHeldToTheCoordinatorWhenItsReleaseIsCancelled() {
        release.server("b1", COPYING, LOCKED);
        release.askToCancel();
        project.letLeaseRunOut("b1");
        release.await("b1", COPYING);

        assertThat(project.story("b1")).isEqualTo("IDLE COPYING LOCKED COPYING");
        assertThat(project.isUnfenced("b1")).isTrue();
        assertThat(hosts.calls(b1)).isEmpty();
    }

    @Test
    void leavesAServerToBeFencedOffWhenACopyIsCancelledThatWasToldToPublish() {
        Hold hold = new Hold();
        hosts.onCopy(b1, (watcher, well) -> {
            watcher.publishing();
            return hold.<Host.CopyResult>heeding().answer(watcher, well);
        });
        release.server("b1", COPYING);
        hold.awaitReached();
        release.askToCancel();
        release.await("b1", COPYING);

        assertThat(project.isUnfenced("b1")).isTrue();
        assertThat(project.reason("b1")).contains("fenced off first");
        assertThat(project.story("b1")).isEqualTo("IDLE COPYING LOCKED COPYING");
    }

    @Test
    void knowsThatNobodyCanPublishAfterACopyThatBroughtEverythingOrBeganNothing() {
        hosts.onCopy(b1, (watcher, well) -> {
            watcher.publishing();
            return well;
        });
        hosts.onCopy(b2, FakeHosts.fails(new Failure.DirectoryUnusable("b2", "gone")));
        project.unfence("b1");
        release.server("b1", COPYING).server("b2", COPYING);
        release.await("b1", IDLE);
        release.await("b2", ERROR);

        assertThat(project.isUnfenced("b1")).isFalse();
        assertThat(project.isUnfenced("b2")).isFalse();
    }

    @Test
    void forgetsNoEarlierHolderBeforeItsOwnFenceIsRaised() {
        hosts.onList(beta, (watcher, well) -> {
            throw new TransferException(new Failure.DirectoryUnusable("beta", "On beta: /srv may not be read"));
        });
        release.server("b1", COPYING, LOCKED);
        project.letLeaseRunOut("b1");
        release.await("b1", ERROR);

        assertThat(hosts.calls(b1)).isEmpty();
        assertThat(project.isUnfenced("b1")).isTrue();
    }

    @Test
    void refusesTheLateOutcomeOfAWorkerThatStoodStill() {
        Hold hold = new Hold();
        hosts.onCopy(b1, hold.deaf());
        release.server("b1", COPYING);
        hold.awaitReached();
        release.server("b1", COPYING, LOCKED);
        hold.letGo();
        awaitNobodyWorks();

        assertThat(project.state("b1")).isEqualTo(LOCKED);
        assertThat(release.rollouts()).containsExactly("b1 COPYING");
    }

    @Test
    void refusesTheLateFailureOfAWorkerThatStoodStill() {
        Hold hold = new Hold();
        hosts.onCopy(b1, (watcher, well) -> {
            hold.deaf().answer(watcher, well);
            throw new IllegalStateException("bug");
        });
        release.server("b1", COPYING);
        hold.awaitReached();
        release.server("b1", COPYING, LOCKED);
        hold.letGo();
        awaitNobodyWorks();

        assertThat(project.state("b1")).isEqualTo(LOCKED);
        assertThat(release.journal()).isEmpty();
    }

    @Test
    void tellsHowFarItIs() throws Exception {
        hosts.onCopy(b1, (watcher, well) -> {
            watcher.progress(1, 3, 5, 20);
            return well;
        });
        release.server("b1", COPYING);
        release.await("b1", IDLE);

        try (Topic progress = new Topic(kafka, Topics.COPY_PROGRESS)) {
            assertThat(new EventCodec().decode(progress.latestOf(project.name() + "/b1")))
                    .isInstanceOfSatisfying(CopyProgressed.class, told -> {
                        assertThat(told.service()).isEqualTo(Service.SERVER_WORKER);
                        assertThat(told.release()).isEqualTo(release.number());
                        assertThat(told.attempt()).isEqualTo(1);
                        assertThat(told.filesDone()).isEqualTo(1);
                        assertThat(told.filesToDo()).isEqualTo(2);
                        assertThat(told.bytesDone()).isEqualTo(5);
                        assertThat(told.bytesToDo()).isEqualTo(15);
                    });
        }
    }
}
