package org.slipway.persistence.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slipway.model.ReleaseState.BETA_COPYING;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slipway.model.ServerState;
import org.slipway.persistence.lease.Lease.Kind;
import org.slipway.persistence.lease.Leases.Renewal;
import org.slipway.persistence.release.Releases;
import org.slipway.persistence.server.Servers;
import org.slipway.testing.FakeHosts;
import org.slipway.testing.GivenProject;
import org.slipway.testing.GivenRelease;
import org.slipway.testing.InfrastructureResource;

@QuarkusTest
@QuarkusTestResource(value = InfrastructureResource.class, restrictToAnnotatedClass = true)
class LeasesTest {
    @Inject
    DataSource database;

    @Inject
    Leases leases;

    @Inject
    Releases releases;

    @Inject
    Servers servers;

    private GivenProject project;
    private GivenRelease release;

    @BeforeEach
    void aProject() {
        project = GivenProject.in(database, "b1");
        release = project.release("a.txt");
    }

    /** A release or a server under a lease of {@code elsewhere}. */
    private Lease held(Kind kind) {
        if (kind == Kind.RELEASE) {
            release.toAndHeldElsewhere(BETA_COPYING);
            return new Lease(kind, release.id(), "elsewhere", release.epoch());
        }
        release.promoted(FakeHosts.file("a.txt")).backedUp().server("b1", ServerState.COPYING, ServerState.LOCKED);
        long id = QuarkusTransaction.requiringNew()
                .call(() -> servers.find("project.name = ?1 and name = 'b1'", project.name())
                        .firstResult()
                        .id());
        return new Lease(kind, id, "elsewhere", project.epoch("b1"));
    }

    private void letRunOut(Kind kind) {
        switch (kind) {
            case RELEASE -> release.letLeaseRunOut();
            case SERVER -> project.letLeaseRunOut("b1");
        }
    }

    private boolean holds(Lease lease) {
        return QuarkusTransaction.requiringNew().call(() -> switch (lease.kind()) {
            case RELEASE -> releases.lockHeld(lease).isPresent();
            case SERVER -> servers.lockHeld(lease).isPresent();
        });
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void holdsForItsOwner(Kind kind) {
        Lease lease = held(kind);

        assertThat(holds(lease)).isTrue();
        assertThat(leases.renew(lease)).isEqualTo(new Renewal.Renewed(false));
        release.askToCancel();
        assertThat(leases.renew(lease)).isEqualTo(new Renewal.Renewed(true));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void holdsForNobodyElse(Kind kind) {
        Lease lease = held(kind);
        Lease others = new Lease(kind, lease.id(), "another", lease.epoch());

        assertThat(holds(others)).isFalse();
        assertThat(leases.renew(others)).isInstanceOf(Renewal.Lost.class);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void holdsUnderNoOtherEpoch(Kind kind) {
        Lease lease = held(kind);
        for (long epoch : new long[] {lease.epoch() - 1, lease.epoch() + 1}) {
            Lease others = new Lease(kind, lease.id(), lease.owner(), epoch);

            assertThat(holds(others)).isFalse();
            assertThat(leases.renew(others)).isInstanceOf(Renewal.Lost.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void doesNotComeBackOnceItRanOut(Kind kind) {
        Lease lease = held(kind);
        letRunOut(kind);

        assertThat(leases.renew(lease)).isInstanceOf(Renewal.Lost.class);
        assertThat(holds(lease)).isFalse();
    }
}
