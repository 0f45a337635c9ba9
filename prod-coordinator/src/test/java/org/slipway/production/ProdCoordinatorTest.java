package org.slipway.production;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slipway.model.ReleaseState.BETA_COPIED;
import static org.slipway.model.ReleaseState.BETA_COPYING;
import static org.slipway.model.ReleaseState.CANCELLED;
import static org.slipway.model.ReleaseState.COMPLETED;
import static org.slipway.model.ReleaseState.PRODUCTION_BACKING_UP;
import static org.slipway.model.ReleaseState.PRODUCTION_COPYING;
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
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slipway.embedded.Await;
import org.slipway.testing.FakeHosts;
import org.slipway.testing.GivenProject;
import org.slipway.testing.GivenRelease;
import org.slipway.testing.Hold;
import org.slipway.testing.InfrastructureResource;
import org.slipway.testing.Log;
import org.slipway.testing.Steered;
import org.slipway.transfer.Failure;
import org.slipway.transfer.Host;

@QuarkusTest
@TestProfile(Steered.class)
@QuarkusTestResource(value = InfrastructureResource.class, restrictToAnnotatedClass = true)
class ProdCoordinatorTest {
    @Inject
    DataSource database;

    @Inject
    FakeHosts hosts;

    @Inject
    Productions productions;

    private GivenProject project;
    private GivenRelease release;
    private String chosen;

    @BeforeEach
    void aReleaseOnBeta() {
        project = GivenProject.in(database, "b1", "b2");
        release = project.release("a.txt").to(BETA_COPYING, BETA_COPIED);
        chosen = project.at("b1");
    }

    private void copying() {
        release.to(PRODUCTION_REQUESTED);
        release.await(PRODUCTION_COPYING);
    }

    private void done(String server) {
        release.server(server, LOCKED).rollout(server, "DONE").server(server, IDLE);
    }

    private void fails(String server, boolean retryHelps) {
        release.server(server, LOCKED)
                .rollout(server, "FAILED")
                .failedOn(server, retryHelps)
                .server(server, ERROR);
    }

    /** One server done, one failed: what most retries begin with. */
    private void failedOnB2() {
        copying();
        done("b1");
        fails("b2", true);
        release.await(PRODUCTION_FAILED);
    }

    private void awaitNobodyWorksOnIt() {
        String keeper = "lease-release-" + release.id();
        Await.until(Duration.ofSeconds(60), "the work to end", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals(keeper)));
    }

    @Test
    void backsUpTheChosenServerAndThenSetsEveryServerWaiting() {
        copying();

        assertThat(hosts.calls(chosen)).containsExactly("archive " + release.epoch());
        assertThat(release.backups()).containsExactly(chosen + "-backup.tar");
        assertThat(project.state("b1")).isEqualTo(COPYING);
        assertThat(project.state("b2")).isEqualTo(COPYING);
        assertThat(release.rollouts()).containsExactly("b1 WAITING", "b2 WAITING");
    }

    @Test
    void touchesNoServerBeforeTheBackupIsVerified() {
        Hold hold = new Hold();
        hosts.onArchive(chosen, hold.heeding());
        release.to(PRODUCTION_REQUESTED);
        hold.awaitReached();
        GivenProject.in(database, "m1")
                .release("marker")
                .to(BETA_COPYING, BETA_COPIED, PRODUCTION_REQUESTED)
                .await(PRODUCTION_COPYING);

        assertThat(project.story("b1")).isEqualTo("IDLE");
        assertThat(project.story("b2")).isEqualTo("IDLE");
        hold.letGo();
        release.await(PRODUCTION_COPYING);
    }

    @Test
    void completesWhenEveryServerHasTheRelease() {
        copying();
        done("b1");
        productions.settle(release.id());
        assertThat(release.state()).isEqualTo(PRODUCTION_COPYING);
        done("b2");
        release.await(COMPLETED);

        assertThat(release.story())
                .isEqualTo("CREATED BETA_COPYING BETA_COPIED PRODUCTION_REQUESTED PRODUCTION_BACKING_UP"
                        + " PRODUCTION_COPYING COMPLETED");
        assertThat(release.journal()).isEmpty();
    }

    @Test
    void saysOfAReleaseThatHasSettledAlreadyThatItDidNotSettleIt() {
        copying();
        done("b1");
        done("b2");
        release.await(COMPLETED);

        assertThat(productions.settle(release.id())).isFalse();
    }

    @Test
    void failsOnlyWhenEveryServerInFlightHasSettled() {
        copying();
        release.server("b1", LOCKED);
        fails("b2", false);
        productions.settle(release.id());
        assertThat(release.state()).isEqualTo(PRODUCTION_COPYING);

        release.rollout("b1", "DONE").server("b1", IDLE);
        release.await(PRODUCTION_FAILED);
        assertThat(release.journal())
                .containsExactly("BUSINESS_SERVER 1 b2 GIVEN f", "PRODUCTION_COPY 1 b2 SERVER_FAILED f");
        assertThat(release.reason()).isEqualTo("1 of 2 servers have the release, failed: b2");
        assertThat(project.state("b2")).isEqualTo(ERROR);
    }

    @Test
    void copiesOnRetryOnlyTheServersWithoutTheReleaseAndKeepsTheBackup() {
        failedOnB2();
        copying();

        assertThat(project.state("b1")).isEqualTo(IDLE);
        assertThat(project.story("b2")).isEqualTo("IDLE COPYING LOCKED ERROR COPYING");
        assertThat(hosts.calls(chosen)).hasSize(1);
        assertThat(release.backups()).hasSize(1);

        done("b2");
        release.await(COMPLETED);
        assertThat(release.attempt()).isEqualTo(2);
    }

    @Test
    void saysOfAFailedRetryWhatThatRetryMet() {
        failedOnB2();
        copying();
        fails("b2", false);
        release.await(PRODUCTION_FAILED);

        assertThat(release.journal())
                .containsExactly(
                        "BUSINESS_SERVER 1 b2 GIVEN t",
                        "PRODUCTION_COPY 1 b2 SERVER_FAILED t",
                        "BUSINESS_SERVER 2 b2 GIVEN f",
                        "PRODUCTION_COPY 2 b2 SERVER_FAILED f");
        assertThat(release.messages().get(1)).contains("says why. A retry may help");
        assertThat(release.messages().get(3)).contains("says what to do about it. A retry after that");
    }

    @Test
    void copiesAServerThatWasAddedWhileTheReleaseHadFailed() {
        failedOnB2();
        project.add("b3");
        copying();

        assertThat(project.state("b3")).isEqualTo(COPYING);
        done("b2");
        productions.settle(release.id());
        assertThat(release.state()).isEqualTo(PRODUCTION_COPYING);
        done("b3");
        release.await(COMPLETED);
    }

    @Test
    void countsNoServerThatWasRetired() {
        failedOnB2();
        project.retire("b1");
        project.add("b3");
        copying();
        done("b3");
        fails("b2", true);
        release.await(PRODUCTION_FAILED);

        assertThat(release.reason()).isEqualTo("1 of 2 servers have the release, failed: b2");
        assertThat(project.story("b1")).isEqualTo("IDLE COPYING LOCKED IDLE");
    }

    @Test
    void waitsForAServerThatWasAddedAfterAllOthersWereSetWaiting() {
        copying();
        project.add("b3");
        done("b1");
        done("b2");
        release.await("b3", COPYING);
        productions.settle(release.id());
        assertThat(release.state()).isEqualTo(PRODUCTION_COPYING);

        done("b3");
        release.await(COMPLETED);
    }

    @Test
    void touchesNoServerWhenTheBackupFails() {
        hosts.onArchive(chosen, FakeHosts.fails(new Failure.NoSpace("b1", "needs 2 GiB, has 1 GiB")));
        release.to(PRODUCTION_REQUESTED);
        release.await(PRODUCTION_FAILED);

        assertThat(release.journal()).containsExactly("PRODUCTION_COPY 1 b1 NO_SPACE f");
        assertThat(release.messages().getFirst()).contains("no business server was touched", "needs 2 GiB");
        assertThat(project.story("b1")).isEqualTo("IDLE");
        assertThat(project.story("b2")).isEqualTo("IDLE");
        assertThat(release.backups()).isEmpty();
    }

    @Test
    void takesTheBackupAnewOnRetryWhenItHadFailed() {
        hosts.onArchive(chosen, FakeHosts.fails(new Failure.Unreachable("b1", "no route")));
        release.to(PRODUCTION_REQUESTED);
        release.await(PRODUCTION_FAILED);
        hosts.onArchive(chosen, (watcher, well) -> well);
        copying();

        assertThat(hosts.calls(chosen)).hasSize(2);
        assertThat(release.backups()).hasSize(1);
    }

    @Test
    void saysThatNobodyNamesABackupFileAnyMore() {
        project.chooseNone();
        release.to(PRODUCTION_REQUESTED);
        release.await(PRODUCTION_FAILED);

        assertThat(release.messages().getFirst()).contains("backup file", "inventory");
    }

    @Test
    void writesABugIntoTheJournal() {
        hosts.onArchive(chosen, (watcher, well) -> {
            throw new IllegalStateException("nobody foresaw it");
        });
        release.to(PRODUCTION_REQUESTED);
        release.await(PRODUCTION_FAILED);

        assertThat(release.journal()).containsExactly("PRODUCTION_COPY 1 b1 INTERNAL_ERROR t");
    }

    @Test
    void cancelsWhatWaitsForItsBackup() {
        release.toAndAskToCancel(PRODUCTION_REQUESTED);
        release.await(CANCELLED);

        assertThat(hosts.calls(chosen)).isEmpty();
        assertThat(project.story("b1")).isEqualTo("IDLE");
        assertThat(release.reason()).isEqualTo("the logo is wrong");
    }

    @Test
    void stopsABackupThatIsCancelled() {
        Hold hold = new Hold();
        hosts.onArchive(chosen, hold.heeding());
        release.to(PRODUCTION_REQUESTED);
        hold.awaitReached();
        release.askToCancel();
        release.await(CANCELLED);

        assertThat(release.backups()).isEmpty();
        assertThat(project.story("b1")).isEqualTo("IDLE");
    }

    @Test
    void cancelsAfterTheBackupAndBeforeAnyServer() {
        Hold hold = new Hold();
        hosts.onArchive(chosen, hold.deaf());
        release.to(PRODUCTION_REQUESTED);
        hold.awaitReached();
        release.askToCancel();
        hold.letGo();
        release.await(CANCELLED);

        assertThat(release.backups()).hasSize(1);
        assertThat(project.story("b1")).isEqualTo("IDLE");
        assertThat(release.rollouts()).isEmpty();
    }

    @Test
    void letsWaitingAndFailedServersGoWhenCancelledAndWaitsForTheOneThatIsBeingCopied() {
        project.add("b3");
        copying();
        done("b1");
        fails("b2", true);
        release.server("b3", LOCKED);
        release.askToCancel();
        release.await("b2", IDLE);
        productions.settle(release.id());
        assertThat(release.state()).isEqualTo(PRODUCTION_COPYING);

        release.server("b3", IDLE);
        release.await(CANCELLED);
        assertThat(release.rollouts()).contains("b1 DONE", "b2 CANCELLED");
    }

    @Test
    void letsAServerGoThatItsWorkerGaveBackWhileTheReleaseWasCancelled() {
        copying();
        release.server("b1", LOCKED);
        release.askToCancel();
        release.await("b2", IDLE);
        release.server("b1", COPYING);
        release.await(CANCELLED);

        assertThat(project.state("b1")).isEqualTo(IDLE);
        assertThat(release.rollouts()).containsExactly("b1 CANCELLED", "b2 CANCELLED");
    }

    @Test
    void letsFailedServersGoWhenAFailedReleaseIsCancelled() {
        failedOnB2();
        release.askToCancel();
        release.await(CANCELLED);

        assertThat(project.state("b2")).isEqualTo(IDLE);
        assertThat(release.rollouts()).containsExactly("b1 DONE", "b2 CANCELLED");
    }

    @Test
    void letsFailedServersGoWhenARetryIsCancelledBeforeItBegan() {
        failedOnB2();
        release.toAndAskToCancel(PRODUCTION_REQUESTED);
        release.await(CANCELLED);

        assertThat(project.state("b2")).isEqualTo(IDLE);
    }

    @Test
    void letsFailedServersGoWhenARetryIsCancelledUnderADeadHolder() {
        failedOnB2();
        release.toAndHeldElsewhere(PRODUCTION_REQUESTED, PRODUCTION_BACKING_UP);
        release.askToCancel();
        release.letLeaseRunOut();
        release.await(CANCELLED);

        assertThat(project.state("b2")).isEqualTo(IDLE);
        assertThat(hosts.calls(chosen)).last().asString().startsWith("fence off ");
    }

    @Test
    void cancelsABackupThatADeadHolderLeftBehindOnceItsServerIsFencedOff() {
        release.toAndHeldElsewhere(PRODUCTION_REQUESTED, PRODUCTION_BACKING_UP);
        long before = release.epoch();
        release.askToCancel();
        release.letLeaseRunOut();
        release.await(CANCELLED);

        assertThat(hosts.calls(chosen)).singleElement().satisfies(call -> assertThat(
                        Long.parseLong(call.substring("fence off ".length())))
                .isGreaterThan(before));
        assertThat(project.isUnfenced("b1")).isFalse();
        assertThat(project.story("b1")).isEqualTo("IDLE");
        assertThat(release.journal()).isEmpty();
    }

    @Test
    void cancelsABackupThatWasToldToTakeItsPlaceOnceItsServerIsFencedOff() {
        Hold hold = new Hold();
        hosts.onArchive(chosen, (watcher, well) -> {
            watcher.publishing();
            return hold.<Host.BackupResult>heeding().answer(watcher, well);
        });
        release.to(PRODUCTION_REQUESTED);
        hold.awaitReached();
        release.askToCancel();
        release.await(CANCELLED);

        assertThat(hosts.calls(chosen)).hasSize(2).last().asString().startsWith("fence off ");
        assertThat(release.backups()).isEmpty();
    }

    @Test
    void cancelsAFailedReleaseOnceAServerIsFencedOffThatLostItsWorker() {
        failedOnB2();
        project.unfence("b2");
        release.askToCancel();
        release.await(CANCELLED);

        assertThat(hosts.calls(project.at("b2"))).singleElement().asString().startsWith("fence off ");
        assertThat(project.state("b2")).isEqualTo(IDLE);
    }

    @Test
    void fencesOffNoServerThatIsBeingCopied() {
        copying();
        release.server("b1", LOCKED);
        release.askToCancel();
        release.await("b2", IDLE);
        GivenRelease marker = GivenProject.in(database, "m1")
                .release("marker")
                .to(BETA_COPYING, BETA_COPIED)
                .toAndHeldElsewhere(PRODUCTION_REQUESTED, PRODUCTION_BACKING_UP);
        marker.askToCancel();
        marker.letLeaseRunOut();
        marker.await(CANCELLED);

        assertThat(release.state()).isEqualTo(PRODUCTION_COPYING);
        assertThat(hosts.calls(chosen)).noneMatch(call -> call.startsWith("fence off "));
    }

    @Test
    void takesABackupOverWhenALeaseRanOut() {
        release.toAndHeldElsewhere(PRODUCTION_REQUESTED, PRODUCTION_BACKING_UP);
        long before = release.epoch();
        release.letLeaseRunOut();
        release.await(PRODUCTION_COPYING);

        assertThat(release.epoch()).isGreaterThan(before);
        assertThat(hosts.calls(chosen)).containsExactly("archive " + release.epoch());
    }

    @Test
    void refusesTheLateOutcomeOfAHolderThatStoodStill() {
        Hold hold = new Hold();
        hosts.onArchive(chosen, hold.deaf());
        release.to(PRODUCTION_REQUESTED);
        hold.awaitReached();
        release.heldElsewhere();
        hold.letGo();
        awaitNobodyWorksOnIt();

        assertThat(release.state()).isEqualTo(PRODUCTION_BACKING_UP);
        assertThat(release.backups()).isEmpty();
        assertThat(project.story("b1")).isEqualTo("IDLE");
    }

    @Test
    void tellsOnceOfAReleaseThatCannotBeSettled() throws Exception {
        try (Log log = Log.of(ProdCoordinator.class)) {
            copying();
            sql("""
                    create function refuse_it() returns trigger language plpgsql as $$
                    begin
                        raise exception 'refused by the test' using errcode = 'check_violation';
                    end $$;
                    create trigger refuse_it before update on release for each row when (old.id = %d)
                        execute function refuse_it();
                    """.formatted(release.id()));
            done("b1");
            done("b2");
            log.await("project=" + project.name() + " release=1: cannot be settled; it stays as it is");
            for (int i = 0; i < 2; i++) {
                GivenProject marker = GivenProject.in(database, "m1");
                GivenRelease later = marker.release("marker").to(BETA_COPYING, BETA_COPIED, PRODUCTION_REQUESTED);
                later.await(PRODUCTION_COPYING);
                later.server("m1", LOCKED).rollout("m1", "DONE").server("m1", IDLE);
                later.await(COMPLETED);
            }
            sql("drop trigger refuse_it on release; drop function refuse_it");
            release.await(COMPLETED);

            assertThat(log.lines())
                    .filteredOn(line -> line.contains(project.name()))
                    .hasSize(1);
        }
    }

    private void sql(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void settlesNothingTwice() {
        copying();
        done("b1");
        done("b2");
        release.await(COMPLETED);
        String story = release.story();
        productions.settle(release.id());

        assertThat(release.story()).isEqualTo(story);
    }
}
