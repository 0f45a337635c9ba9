package org.slipway.production;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slipway.model.ReleaseState.BETA_COPIED;
import static org.slipway.model.ReleaseState.BETA_COPYING;
import static org.slipway.model.ReleaseState.CANCELLED;
import static org.slipway.model.ReleaseState.PRODUCTION_BACKING_UP;
import static org.slipway.model.ReleaseState.PRODUCTION_COPYING;
import static org.slipway.model.ReleaseState.PRODUCTION_FAILED;
import static org.slipway.model.ReleaseState.PRODUCTION_REQUESTED;
import static org.slipway.model.ServerState.COPYING;
import static org.slipway.model.ServerState.ERROR;
import static org.slipway.model.ServerState.IDLE;
import static org.slipway.model.ServerState.LOCKED;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slipway.embedded.Await;
import org.slipway.persistence.lease.Lease;
import org.slipway.runtime.Trouble;
import org.slipway.testing.FakeHosts;
import org.slipway.testing.GivenProject;
import org.slipway.testing.GivenRelease;
import org.slipway.testing.InfrastructureResource;
import org.slipway.testing.Log;
import org.slipway.testing.Steered;
import org.slipway.transfer.Failure;

/** What is done with a failure that may pass by itself. */
@QuarkusTest
@TestProfile(Steered.Patiently.class)
@QuarkusTestResource(value = InfrastructureResource.class, restrictToAnnotatedClass = true)
class RetriesTest {
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

    private void isAway() {
        hosts.onArchive(chosen, FakeHosts.fails(new Failure.Unreachable("b1", "no route")));
    }

    @Test
    void triesTheBackupAgainAfterAWaitAndTouchesNoServerMeanwhile() {
        isAway();
        release.to(PRODUCTION_REQUESTED);
        release.awaitWaiting();
        GivenProject.in(database, "m1")
                .release("marker")
                .to(BETA_COPYING, BETA_COPIED, PRODUCTION_REQUESTED)
                .await(PRODUCTION_COPYING);
        assertThat(release.state()).isEqualTo(PRODUCTION_BACKING_UP);
        assertThat(hosts.calls(chosen)).hasSize(1);
        assertThat(project.story("b1")).isEqualTo("IDLE");

        hosts.onArchive(chosen, (watcher, well) -> well);
        release.letWaitEnd();
        release.await(PRODUCTION_COPYING);
        assertThat(release.backups()).hasSize(1);
        assertThat(release.attempt()).isEqualTo(1);
        assertThat(release.tries()).isEqualTo(1);
        assertThat(release.journal()).containsExactly("PRODUCTION_COPY 1 b1 UNREACHABLE t");
        assertThat(release.triesInJournal()).containsExactly("1/1");
    }

    @Test
    void saysThatItTriesAgainWhenThatIsCommitted() {
        release.toAndHeldElsewhere(PRODUCTION_REQUESTED, PRODUCTION_BACKING_UP);
        Lease lease = new Lease(Lease.Kind.RELEASE, release.id(), "elsewhere", release.epoch());
        BackupWork work = new BackupWork(lease, 0, "shop", 1, false, null);
        Trouble away = Trouble.of(new Failure.Unreachable("b1", "no route"));

        try (Log log = Log.of(Productions.class)) {
            QuarkusTransaction.begin();
            productions.backupFailed(work, away, false);
            QuarkusTransaction.rollback();
            assertThat(log.lines()).isEmpty();

            productions.backupFailed(work, away, false);
            assertThat(log.lines()).singleElement().asString().contains("try 1 of 3 failed: no route");
        }
    }

    @Test
    void asksAPersonWhenTheTriesAreUsedUpAndBeginsAnewWhenOneRetries() {
        isAway();
        release.to(PRODUCTION_REQUESTED);
        for (int i = 0; i < 2; i++) {
            release.awaitWaiting();
            release.letWaitEnd();
        }
        release.await(PRODUCTION_FAILED);
        assertThat(release.triesInJournal()).containsExactly("1/1", "1/2", "1/3");

        release.to(PRODUCTION_REQUESTED);
        release.awaitWaiting();
        assertThat(release.tries()).isEqualTo(1);
        assertThat(release.triesInJournal()).containsExactly("1/1", "1/2", "1/3", "2/1");
    }

    @Test
    void asksAPersonAtOnceWhereNothingElseHelps() {
        hosts.onArchive(chosen, FakeHosts.fails(new Failure.NoSpace("b1", "needs 2 GiB, has 1 GiB")));
        release.to(PRODUCTION_REQUESTED);
        release.await(PRODUCTION_FAILED);

        assertThat(hosts.calls(chosen)).hasSize(1);
    }

    @Test
    void cancelsWhatWaitsForItsNextTry() {
        isAway();
        release.to(PRODUCTION_REQUESTED);
        release.awaitWaiting();
        release.askToCancel();
        release.await(CANCELLED);

        assertThat(hosts.calls(chosen)).hasSize(1);
        assertThat(project.story("b1")).isEqualTo("IDLE");
    }

    @Test
    void saysWhyACancelWaitsForAServerAndLetsTheOthersGo() {
        release.to(PRODUCTION_REQUESTED);
        release.await(PRODUCTION_COPYING);
        hosts.onFenceOff(project.at("b2"), FakeHosts.fails(new Failure.Unreachable("b2", "no route")));
        release.server("b2", LOCKED, COPYING);
        project.unfence("b2");
        release.askToCancel();
        release.await("b1", IDLE);
        Await.until(Duration.ofSeconds(60), "a word in the journal", () -> !release.journal()
                .isEmpty());
        assertThat(release.state()).isEqualTo(PRODUCTION_COPYING);
        assertThat(project.state("b2")).isEqualTo(COPYING);

        hosts.onFenceOff(project.at("b2"), (watcher, well) -> well);
        project.letWaitEnd("b2");
        release.await(CANCELLED);
        assertThat(project.state("b2")).isEqualTo(IDLE);
        assertThat(release.journal()).containsExactly("PRODUCTION_COPY 1 b2 UNREACHABLE t");
        assertThat(release.messages().getFirst())
                .contains("cancelled as soon as b2 (", ") can be told to refuse", "no route");
        assertThat(release.rollouts()).containsExactly("b1 CANCELLED", "b2 CANCELLED");
    }

    @Test
    void countsTheTriesOfAServerAnewWhenAPersonRetries() {
        release.to(PRODUCTION_REQUESTED);
        release.await(PRODUCTION_COPYING);
        release.server("b1", LOCKED).rollout("b1", "DONE").server("b1", IDLE);
        release.server("b2", LOCKED)
                .rollout("b2", "FAILED")
                .triedInVain("b2", 3)
                .failedOn("b2", true)
                .server("b2", ERROR);
        release.await(PRODUCTION_FAILED);
        assertThat(release.attempts()).containsExactly("b1 0 0", "b2 0 3");

        release.to(PRODUCTION_REQUESTED);
        release.await("b2", COPYING);
        assertThat(release.attempts()).containsExactly("b1 0 0", "b2 0 0");
    }

    @Test
    void letsAServerGoThatWaitsForItsNextTryWhenTheReleaseIsCancelled() {
        release.to(PRODUCTION_REQUESTED);
        release.await(PRODUCTION_COPYING);
        release.server("b1", LOCKED, COPYING).triedInVain("b1", 1);
        project.waitForNextTry("b1");
        release.askToCancel();
        release.await(CANCELLED);

        assertThat(project.state("b1")).isEqualTo(IDLE);
        assertThat(project.waits("b1")).isFalse();
        assertThat(release.rollouts()).contains("b1 CANCELLED");
    }
}
