package org.slipway.beta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slipway.model.ReleaseState.BETA_COPIED;
import static org.slipway.model.ReleaseState.BETA_COPYING;
import static org.slipway.model.ReleaseState.BETA_COPY_FAILED;
import static org.slipway.model.ReleaseState.CANCELLED;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slipway.embedded.Await;
import org.slipway.model.HostAddress;
import org.slipway.persistence.lease.Lease;
import org.slipway.runtime.Trouble;
import org.slipway.testing.FakeHosts;
import org.slipway.testing.GivenProject;
import org.slipway.testing.GivenRelease;
import org.slipway.testing.InfrastructureResource;
import org.slipway.testing.Log;
import org.slipway.testing.Steered;
import org.slipway.transfer.Failure;
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

    @Inject
    BetaCopies copies;

    private GivenProject project;
    private GivenRelease release;
    private String beta;

    @BeforeEach
    void aProject() {
        project = GivenProject.in(database, "b1");
        release = project.release("a.txt");
        beta = project.at("beta");
    }

    private void isAway() {
        hosts.onCopy(beta, FakeHosts.fails(new Failure.Unreachable("beta", "no route")));
    }

    @Test
    void triesAgainAfterAWaitInTheSameState() {
        isAway();
        release.to(BETA_COPYING);
        release.awaitWaiting();
        GivenProject.in(database).release("marker").to(BETA_COPYING).await(BETA_COPIED);
        assertThat(release.state()).isEqualTo(BETA_COPYING);
        assertThat(release.owner()).isEqualTo("null");
        assertThat(release.tries()).isEqualTo(1);
        assertThat(hosts.calls(beta)).hasSize(1);

        hosts.onCopy(beta, (watcher, well) -> well);
        release.letWaitEnd();
        release.await(BETA_COPIED);
        assertThat(release.story()).isEqualTo("CREATED BETA_COPYING BETA_COPIED");
        assertThat(release.attempt()).isEqualTo(1);
        assertThat(release.journal()).containsExactly("BETA_COPY 1 beta UNREACHABLE t");
        assertThat(release.triesInJournal()).containsExactly("1/1");
    }

    @Test
    void saysThatItTriesAgainWhenThatIsCommitted() {
        release.toAndHeldElsewhere(BETA_COPYING);
        Lease lease = new Lease(Lease.Kind.RELEASE, release.id(), "elsewhere", release.epoch());
        HostAddress anywhere = new HostAddress("any", "any", 22, "deploy", List.of(), "/srv/shop", null);
        BetaCopy copy = new BetaCopy(lease, 0, "shop", 1, 1, anywhere, anywhere, List.of(), 0, false);
        Trouble away = Trouble.of(new Failure.Unreachable("beta", "no route"));

        try (Log log = Log.of(BetaCopies.class)) {
            QuarkusTransaction.begin();
            copies.failed(copy, away, false);
            QuarkusTransaction.rollback();
            assertThat(log.lines()).isEmpty();

            copies.failed(copy, away, false);
            assertThat(log.lines()).singleElement().asString().contains("try 1 of 3 failed: no route");
        }
    }

    @Test
    void asksAPersonWhenTheTriesAreUsedUpAndBeginsAnewWhenOneRetries() {
        isAway();
        release.to(BETA_COPYING);
        for (int i = 0; i < 2; i++) {
            release.awaitWaiting();
            release.letWaitEnd();
        }
        release.await(BETA_COPY_FAILED);
        assertThat(release.tries()).isEqualTo(3);
        assertThat(release.triesInJournal()).containsExactly("1/1", "1/2", "1/3");

        release.to(BETA_COPYING);
        release.awaitWaiting();
        assertThat(release.tries()).isEqualTo(1);
        assertThat(release.triesInJournal()).containsExactly("1/1", "1/2", "1/3", "2/1");
    }

    @Test
    void asksAPersonAtOnceWhereNothingElseHelps() {
        hosts.onCopy(beta, FakeHosts.fails(new Failure.NoSpace("beta", "needs 2 GiB, has 1 GiB")));
        release.to(BETA_COPYING);
        release.await(BETA_COPY_FAILED);

        assertThat(hosts.calls(beta)).hasSize(1);
    }

    @Test
    void saysOnceWhyACancelWaitsAndCancelsWhenBetaCanBeToldAgain() {
        AtomicInteger tries = new AtomicInteger();
        hosts.onFenceOff(beta, (watcher, well) -> {
            if (tries.incrementAndGet() < 3) {
                throw new TransferException(new Failure.Unreachable("beta", "no route, asked at " + tries.get()));
            }
            return well;
        });
        release.toAndHeldElsewhere(BETA_COPYING);
        release.askToCancel();
        release.letLeaseRunOut();
        Await.until(Duration.ofSeconds(60), "a word in the journal", () -> !release.journal()
                .isEmpty());
        assertThat(release.state()).isEqualTo(BETA_COPYING);
        assertThat(project.waits("beta")).isTrue();
        Await.until(Duration.ofSeconds(60), "the release to be cancelled", () -> {
            if (release.state() == CANCELLED) {
                return true;
            }
            project.letWaitEnd("beta");
            return false;
        });

        assertThat(tries).hasValueGreaterThan(2);
        assertThat(release.journal()).containsExactly("BETA_COPY 1 beta UNREACHABLE t");
        assertThat(release.messages().getFirst())
                .contains("cancelled as soon as beta (", ") can be told to refuse", "no route");
        assertThat(project.waits("beta")).isFalse();
    }

    @Test
    void cancelsWhatWaitsForItsNextTry() {
        isAway();
        release.to(BETA_COPYING);
        release.awaitWaiting();
        release.askToCancel();
        release.await(CANCELLED);

        assertThat(hosts.calls(beta)).hasSize(1);
    }
}
