package org.slipway.beta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slipway.model.ReleaseState.BETA_COPIED;
import static org.slipway.model.ReleaseState.BETA_COPYING;
import static org.slipway.model.ReleaseState.BETA_COPY_FAILED;
import static org.slipway.model.ReleaseState.CANCELLED;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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

@QuarkusTest
@TestProfile(Steered.class)
@QuarkusTestResource(value = InfrastructureResource.class, restrictToAnnotatedClass = true)
class BetaWorkerTest {
    @Inject
    DataSource database;

    @Inject
    FakeHosts hosts;

    @Inject
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String kafka;

    private GivenProject project;
    private GivenRelease release;
    private String dev;
    private String beta;

    @BeforeEach
    void aProject() {
        project = GivenProject.in(database, "b1");
        release = project.release("a.txt", "b");
        dev = project.at("dev");
        beta = project.at("beta");
    }

    private void awaitNobodyWorksOnIt() {
        String keeper = "lease-release-" + release.id();
        Await.until(Duration.ofSeconds(60), "the work to end", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals(keeper)));
    }

    @Test
    void copiesTheReleaseThatWaitsAndFreezesItsManifest() {
        release.to(BETA_COPYING);
        release.await(BETA_COPIED);

        assertThat(release.manifest()).containsExactly("a.txt FILE 5", "b FILE 5");
        assertThat(hosts.calls(dev)).containsExactly("list");
        assertThat(hosts.calls(beta)).containsExactly("copy " + release.epoch());
        assertThat(release.journal()).isEmpty();
        assertThat(release.owner()).isEqualTo("null");
    }

    @Test
    void namesEveryMissingPathAndLeavesBetaAlone() {
        hosts.onList(
                dev,
                (watcher, well) ->
                        new Listing(List.of(), List.of(new RelativePath("a.txt"), new RelativePath("b")), List.of()));
        release.to(BETA_COPYING);
        release.await(BETA_COPY_FAILED);

        assertThat(release.journal())
                .containsExactly("BETA_COPY 1 dev MISSING_PATHS a.txt f", "BETA_COPY 1 dev MISSING_PATHS b f");
        assertThat(release.messages().getFirst())
                .contains(dev, "Put it there and retry", "cancel and make a release without it");
        assertThat(hosts.calls(beta)).isEmpty();
        assertThat(release.manifest()).isEmpty();
    }

    @Test
    void refusesWhatCannotBeCarriedAndLeavesBetaAlone() {
        hosts.onList(
                dev,
                (watcher, well) ->
                        new Listing(well.entries(), List.of(), List.of(new Listing.Refused("b/pipe", "a FIFO"))));
        release.to(BETA_COPYING);
        release.await(BETA_COPY_FAILED);

        assertThat(release.journal()).containsExactly("BETA_COPY 1 dev UNSUPPORTED b/pipe f");
        assertThat(release.messages().getFirst()).contains("b/pipe (a FIFO)");
        assertThat(hosts.calls(beta)).isEmpty();
    }

    @Test
    void namesEverythingThatCannotBeCarriedAndFirstWhatIsNoPath() {
        List<Listing.Refused> refused = Stream.concat(
                        IntStream.range(0, 30).mapToObj(i -> new Listing.Refused("b/" + i, "a FIFO")),
                        Stream.of(new Listing.Refused("find: './/b'", "so the listing is not whole")))
                .toList();
        hosts.onList(dev, (watcher, well) -> new Listing(well.entries(), List.of(), refused));
        release.to(BETA_COPYING);
        release.await(BETA_COPY_FAILED);

        assertThat(release.journal()).hasSize(30);
        assertThat(release.journal().getLast()).isEqualTo("BETA_COPY 1 dev UNSUPPORTED b/29 f");
        assertThat(release.messages().getFirst())
                .startsWith(
                        "31 things on dev cannot be released: find: './/b' (so the listing is not whole); b/0 (a FIFO)")
                .contains("and 11 more");
    }

    @Test
    void namesWhatIsMissingAndWhatCannotBeCarriedAtOnce() {
        hosts.onList(
                dev,
                (watcher, well) -> new Listing(
                        List.of(),
                        List.of(new RelativePath("a.txt")),
                        List.of(new Listing.Refused("b/pipe", "a FIFO"))));
        release.to(BETA_COPYING);
        release.await(BETA_COPY_FAILED);

        assertThat(release.journal())
                .containsExactly("BETA_COPY 1 dev MISSING_PATHS a.txt f", "BETA_COPY 1 dev UNSUPPORTED b/pipe f");
        assertThat(release.messages().getFirst()).contains("Put it there", "1 thing there cannot be released");
        assertThat(release.messages().getLast()).contains("b/pipe (a FIFO)");
        assertThat(release.reason()).contains("Put it there", "see the journal");
    }

    private static FileEntry unhashed(String path) {
        FileEntry file = FakeHosts.file(path);
        return new FileEntry(file.path(), file.type(), file.mode(), file.modified(), file.sizeBytes(), null, null);
    }

    @Test
    void namesEveryFileThatMayNotBeRead() {
        List<FileEntry> entries =
                IntStream.range(0, 25).mapToObj(i -> unhashed("b/" + i)).toList();
        hosts.onList(dev, (watcher, well) -> new Listing(entries, List.of(), List.of()));
        release.to(BETA_COPYING);
        release.await(BETA_COPY_FAILED);

        assertThat(release.journal()).hasSize(25).contains("BETA_COPY 1 dev UNSUPPORTED b/24 f");
        assertThat(release.messages().getFirst()).contains("it may not be read");
        assertThat(hosts.calls(beta)).isEmpty();
    }

    @Test
    void aFileThatVanishesBetweenListingAndReadingIsNotOneThatMayNotBeRead() {
        AtomicInteger looks = new AtomicInteger();
        hosts.onList(
                dev,
                (watcher, well) -> looks.getAndIncrement() == 0
                        ? new Listing(List.of(FakeHosts.file("a.txt"), unhashed("b")), List.of(), List.of())
                        : new Listing(List.of(), List.of(new RelativePath("b")), List.of()));
        release.to(BETA_COPYING);
        release.await(BETA_COPY_FAILED);

        assertThat(release.journal()).containsExactly("BETA_COPY 1 dev SOURCE_CHANGED b t");
        assertThat(release.messages().getFirst()).contains("1 file on dev changed or vanished", ": b.");
        assertThat(hosts.calls(beta)).isEmpty();
    }

    @Test
    void aFileThatCanBeReadOnASecondLookWasChanged() {
        AtomicInteger looks = new AtomicInteger();
        hosts.onList(
                dev,
                (watcher, well) -> new Listing(
                        List.of(looks.getAndIncrement() == 0 ? unhashed("b") : FakeHosts.file("b")),
                        List.of(),
                        List.of()));
        release.to(BETA_COPYING);
        release.await(BETA_COPY_FAILED);

        assertThat(release.journal()).containsExactly("BETA_COPY 1 dev SOURCE_CHANGED b t");
    }

    @Test
    void copiesOnRetryWhatFailedBefore() {
        hosts.onCopy(beta, FakeHosts.fails(new Failure.Unreachable("beta", "no route")));
        release.to(BETA_COPYING);
        release.await(BETA_COPY_FAILED);
        assertThat(release.journal()).containsExactly("BETA_COPY 1 beta UNREACHABLE t");
        assertThat(release.reason()).isEqualTo("no route");

        hosts.onCopy(beta, (watcher, well) -> well);
        release.to(BETA_COPYING);
        release.await(BETA_COPIED);
        assertThat(release.attempt()).isEqualTo(2);
        assertThat(release.journal()).hasSize(1);
    }

    @Test
    void writesABugIntoTheJournal() {
        hosts.onCopy(beta, (watcher, well) -> {
            throw new IllegalStateException("nobody foresaw it");
        });
        release.to(BETA_COPYING);
        release.await(BETA_COPY_FAILED);

        assertThat(release.journal()).containsExactly("BETA_COPY 1 beta INTERNAL_ERROR t");
    }

    @Test
    void writesAnOutcomeThatTheDatabaseRefusesIntoTheJournal() {
        FileEntry refused =
                new FileEntry(new RelativePath("a.txt"), EntryType.SYMLINK, 0777, Instant.EPOCH, 0, null, "a\0b");
        hosts.onList(dev, (watcher, well) -> new Listing(List.of(refused), List.of(), List.of()));
        release.to(BETA_COPYING);
        release.await(BETA_COPY_FAILED);

        assertThat(release.journal()).containsExactly("BETA_COPY 1 beta INTERNAL_ERROR t");
        assertThat(release.manifest()).isEmpty();
    }

    @Test
    void namesEveryMissingPathHoweverManyThereAre() {
        List<RelativePath> missing = IntStream.range(0, 1_003)
                .mapToObj(i -> new RelativePath("missing/" + i))
                .toList();
        hosts.onList(dev, (watcher, well) -> new Listing(List.of(), missing, List.of()));
        release.to(BETA_COPYING);
        release.await(BETA_COPY_FAILED);

        assertThat(release.journal()).hasSize(1_003);
        assertThat(release.journal().getLast()).contains("missing/1002");
    }

    @Test
    void cancelsWhatNobodyBeganToCopy() {
        release.toAndAskToCancel(BETA_COPYING);
        release.await(CANCELLED);

        assertThat(hosts.calls(dev)).isEmpty();
        assertThat(release.story()).isEqualTo("CREATED BETA_COPYING CANCELLED");
        assertThat(release.reason()).isEqualTo("the logo is wrong");
    }

    @Test
    void stopsACopyThatIsCancelled() {
        Hold hold = new Hold();
        hosts.onCopy(beta, hold.heeding());
        release.to(BETA_COPYING);
        hold.awaitReached();
        release.askToCancel();
        release.await(CANCELLED);

        assertThat(release.manifest()).isEmpty();
        assertThat(release.journal()).isEmpty();
    }

    @Test
    void cancelsInsteadOfFinishingWhenTheWishCameAtTheLastMoment() {
        Hold hold = new Hold();
        hosts.onCopy(beta, hold.deaf());
        release.to(BETA_COPYING);
        hold.awaitReached();
        release.askToCancel();
        hold.letGo();
        release.await(CANCELLED);

        assertThat(release.manifest()).isEmpty();
    }

    @Test
    void keepsTheJournalOfACopyThatFailedWhileItWasCancelled() {
        Hold hold = new Hold();
        hosts.onCopy(beta, (watcher, well) -> {
            hold.deaf().answer(watcher, well);
            throw new IllegalStateException("bug");
        });
        release.to(BETA_COPYING);
        hold.awaitReached();
        release.askToCancel();
        hold.letGo();
        release.await(CANCELLED);

        assertThat(release.journal()).containsExactly("BETA_COPY 1 beta INTERNAL_ERROR t");
    }

    @Test
    void takesOverWhenALeaseRanOutAndUnderAHigherEpoch() {
        release.toAndHeldElsewhere(BETA_COPYING);
        long before = release.epoch();
        GivenProject.in(database).release("marker").to(BETA_COPYING).await(BETA_COPIED);
        assertThat(hosts.calls(dev)).isEmpty();
        release.letLeaseRunOut();
        release.await(BETA_COPIED);

        assertThat(release.epoch()).isGreaterThan(before);
        assertThat(hosts.calls(beta)).containsExactly("copy " + release.epoch());
    }

    @Test
    void cancelsWhatADeadHolderLeftBehindOnceBetaIsFencedOff() {
        release.toAndHeldElsewhere(BETA_COPYING);
        long before = release.epoch();
        release.askToCancel();
        release.letLeaseRunOut();
        release.await(CANCELLED);

        assertThat(hosts.calls(dev)).isEmpty();
        assertThat(hosts.calls(beta)).singleElement().satisfies(call -> assertThat(
                        Long.parseLong(call.substring("fence off ".length())))
                .isGreaterThan(before));
        assertThat(project.isUnfenced("beta")).isFalse();
        assertThat(release.journal()).isEmpty();
    }

    @Test
    void fencesOffNothingThatIsHeld() {
        release.toAndHeldElsewhere(BETA_COPYING);
        release.askToCancel();
        GivenRelease marker = GivenProject.in(database).release("marker").toAndHeldElsewhere(BETA_COPYING);
        marker.askToCancel();
        marker.letLeaseRunOut();
        marker.await(CANCELLED);

        assertThat(release.state()).isEqualTo(BETA_COPYING);
        assertThat(hosts.calls(beta)).isEmpty();
    }

    @Test
    void cancelsACopyThatWasToldToPublishOnceBetaIsFencedOff() {
        Hold hold = new Hold();
        hosts.onCopy(beta, (watcher, well) -> {
            watcher.publishing();
            return hold.<Host.CopyResult>heeding().answer(watcher, well);
        });
        release.to(BETA_COPYING);
        hold.awaitReached();
        release.askToCancel();
        release.await(CANCELLED);

        assertThat(hosts.calls(beta)).hasSize(2).last().asString().startsWith("fence off ");
    }

    @Test
    void leavesBetaFencedOffByTheNextCopyWhereNothingIsCancelled() {
        release.toAndHeldElsewhere(BETA_COPYING);
        release.letLeaseRunOut();
        release.await(BETA_COPIED);

        assertThat(project.isUnfenced("beta")).isFalse();
        assertThat(hosts.calls(beta)).containsExactly("copy " + release.epoch());
    }

    @Test
    void refusesTheLateOutcomeOfAHolderThatStoodStill() {
        Hold hold = new Hold();
        hosts.onCopy(beta, hold.deaf());
        release.to(BETA_COPYING);
        hold.awaitReached();
        release.heldElsewhere();
        hold.letGo();
        awaitNobodyWorksOnIt();

        assertThat(release.state()).isEqualTo(BETA_COPYING);
        assertThat(release.owner()).isEqualTo("elsewhere");
        assertThat(release.manifest()).isEmpty();
    }

    @Test
    void refusesTheLateFailureOfAHolderThatStoodStill() {
        Hold hold = new Hold();
        hosts.onCopy(beta, (watcher, well) -> {
            hold.deaf().answer(watcher, well);
            throw new IllegalStateException("bug");
        });
        release.to(BETA_COPYING);
        hold.awaitReached();
        release.heldElsewhere();
        hold.letGo();
        awaitNobodyWorksOnIt();

        assertThat(release.state()).isEqualTo(BETA_COPYING);
        assertThat(release.journal()).isEmpty();
    }

    @Test
    void tellsHowFarItIs() throws Exception {
        hosts.onCopy(beta, (watcher, well) -> {
            watcher.progress(1, 3, 5, 20);
            return well;
        });
        release.to(BETA_COPYING);
        release.await(BETA_COPIED);

        try (Topic progress = new Topic(kafka, Topics.COPY_PROGRESS)) {
            assertThat(new EventCodec().decode(progress.latestOf(project.name() + "/beta")))
                    .isInstanceOfSatisfying(CopyProgressed.class, told -> {
                        assertThat(told.service()).isEqualTo(Service.BETA_WORKER);
                        assertThat(told.release()).isEqualTo(release.number());
                        assertThat(told.attempt()).isEqualTo(release.attempt());
                        assertThat(told.filesDone()).isEqualTo(1);
                        assertThat(told.filesToDo()).isEqualTo(2);
                        assertThat(told.bytesDone()).isEqualTo(5);
                        assertThat(told.bytesToDo()).isEqualTo(15);
                    });
        }
    }

    @Test
    void copiesThoughNobodyCanBeToldHowFarItIs() {
        hosts.onCopy(beta, (watcher, well) -> {
            watcher.progress(2, 1, 2, 1);
            return well;
        });
        release.to(BETA_COPYING);
        release.await(BETA_COPIED);

        assertThat(release.journal()).isEmpty();
    }
}
