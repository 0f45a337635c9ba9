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
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slipway.testing.FakeHosts;
import org.slipway.testing.GivenProject;
import org.slipway.testing.GivenRelease;
import org.slipway.testing.Hold;
import org.slipway.testing.InfrastructureResource;
import org.slipway.testing.Steered;
import org.slipway.transfer.Failure;
import org.slipway.transfer.Host;
import org.slipway.transfer.TransferException;

/** What is done with a failure that may pass by itself. */
@QuarkusTest
@TestProfile(Steered.Patiently.class)
@QuarkusTestResource(value = InfrastructureResource.class, restrictToAnnotatedClass = true)
class RetriesTest {
    @Inject
    DataSource database;

    @Inject
    FakeHosts hosts;

    private GivenProject project;
    private GivenRelease release;
    private String b1;

    @BeforeEach
    void aReleaseWithItsBackup() {
        project = GivenProject.in(database, "b1", "b2");
        release = project.release("a.txt").promoted(FakeHosts.file("a.txt")).backedUp();
        b1 = project.at("b1");
    }

    private void fails(Failure failure) {
        hosts.onCopy(b1, FakeHosts.fails(failure));
    }

    private void isAway() {
        fails(new Failure.Unreachable("b1", "b1 cannot be reached: no route."));
    }

    /** That nobody took b1: somebody was taken who came later. */
    private void anotherServerIsCopied() {
        GivenRelease marker = GivenProject.in(database, "m1")
                .release("m")
                .promoted(FakeHosts.file("m"))
                .backedUp();
        marker.server("m1", COPYING);
        marker.await("m1", IDLE);
    }

    @Test
    void triesAgainAfterAWait() {
        isAway();
        release.server("b1", COPYING);
        release.awaitWaiting("b1");
        assertThat(project.reason("b1"))
                .matches(
                        "try 1 of 3 failed: b1 cannot be reached: no route; next try in (1[89]|2[0-9]|3[0-6])[0-9]{2} s");
        assertThat(release.rollouts()).containsExactly("b1 WAITING");
        anotherServerIsCopied();
        assertThat(project.story("b1")).isEqualTo("IDLE COPYING LOCKED COPYING");

        hosts.onCopy(b1, (watcher, well) -> well);
        project.letWaitEnd("b1");
        release.await("b1", IDLE);
        assertThat(project.story("b1")).isEqualTo("IDLE COPYING LOCKED COPYING LOCKED IDLE");
        assertThat(release.rollouts()).containsExactly("b1 DONE");
        assertThat(release.attempts()).containsExactly("b1 2 1");
        assertThat(release.journal()).containsExactly("BUSINESS_SERVER 1 b1 UNREACHABLE t");
        assertThat(release.triesInJournal()).containsExactly("1/1");
    }

    @Test
    void asksAPersonWhenTheTriesAreUsedUpAndBeginsAnewWhenOneRetries() {
        isAway();
        release.server("b1", COPYING);
        for (int i = 0; i < 2; i++) {
            release.awaitWaiting("b1");
            project.letWaitEnd("b1");
        }
        release.await("b1", ERROR);
        assertThat(project.reason("b1")).isEqualTo("b1 cannot be reached: no route.");
        assertThat(release.rollouts()).containsExactly("b1 FAILED");
        assertThat(release.attempts()).containsExactly("b1 3 3");
        assertThat(release.triesInJournal()).containsExactly("1/1", "1/2", "1/3");

        release.to(PRODUCTION_FAILED, PRODUCTION_REQUESTED).wanted("b1").server("b1", COPYING);
        release.awaitWaiting("b1");
        assertThat(release.triesInJournal()).containsExactly("1/1", "1/2", "1/3", "2/1");
        assertThat(release.attempts()).containsExactly("b1 4 1");
    }

    @Test
    void doesNotLetACancelWaitForANextTry() {
        Hold hold = new Hold();
        hosts.onCopy(b1, (watcher, well) -> {
            hold.<Host.CopyResult>deaf().answer(watcher, well);
            throw new TransferException(new Failure.Unreachable("b1", "no route"));
        });
        release.server("b1", COPYING);
        hold.awaitReached();
        release.askToCancel();
        hold.letGo();
        release.await("b1", COPYING);

        assertThat(project.waits("b1")).isFalse();
        assertThat(project.reason("b1")).contains("while the release is being cancelled", "no route");
    }

    @Test
    void asksAPersonAtOnceWhereNothingElseHelps() {
        fails(new Failure.HostKeyChanged("b1", "another key"));
        release.server("b1", COPYING);
        release.await("b1", ERROR);

        assertThat(project.story("b1")).isEqualTo("IDLE COPYING LOCKED ERROR");
        assertThat(release.attempts()).containsExactly("b1 1 1");
    }

    @Test
    void triesAgainUnderAHigherEpochWhenAnotherProjectWritesThere() {
        fails(new Failure.FencedOff("b1", "a newer lease"));
        release.server("b1", COPYING);
        release.awaitWaiting("b1");
        long before = project.epoch("b1");
        hosts.onCopy(b1, (watcher, well) -> well);
        project.letWaitEnd("b1");
        release.await("b1", IDLE);

        assertThat(project.epoch("b1")).isGreaterThan(before);
    }

    @Test
    void countsNoTryWhenALeaseRanOut() {
        release.server("b1", COPYING, LOCKED);
        project.letLeaseRunOut("b1");
        release.await("b1", IDLE);

        assertThat(release.attempts()).containsExactly("b1 1 0");
    }

    @Test
    void restsAndCountsNoTryWhenTheDatabaseWasAwayInBetween() {
        hosts.onCopy(b1, (watcher, well) -> {
            throw new IllegalStateException(new java.sql.SQLException("gone", "57P01"));
        });
        release.server("b1", COPYING);
        release.awaitWaiting("b1");

        assertThat(release.attempts()).containsExactly("b1 1 0");
        assertThat(release.journal()).isEmpty();
    }

    @Test
    void leavesAServerThatWaitsForItsNextTryToACancel() {
        isAway();
        release.server("b1", COPYING);
        release.awaitWaiting("b1");
        release.askToCancel();
        project.letWaitEnd("b1");
        anotherServerIsCopied();

        assertThat(project.story("b1")).isEqualTo("IDLE COPYING LOCKED COPYING");
    }

    @Test
    void copiesOtherServersMeanwhile() {
        isAway();
        release.server("b1", COPYING);
        release.awaitWaiting("b1");
        release.server("b2", COPYING);
        release.await("b2", IDLE);

        assertThat(project.waits("b1")).isTrue();
    }
}
