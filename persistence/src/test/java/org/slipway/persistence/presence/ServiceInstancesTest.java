package org.slipway.persistence.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.slipway.model.Service;
import org.slipway.persistence.DatabaseClock;
import org.slipway.testing.InfrastructureResource;

@QuarkusTest
@QuarkusTestResource(value = InfrastructureResource.class, restrictToAnnotatedClass = true)
class ServiceInstancesTest {
    @Inject
    ServiceInstances instances;

    @Inject
    DatabaseClock clock;

    private final String name = "server-worker-" + UUID.randomUUID();
    private final UUID run = UUID.randomUUID();

    private void tell(UUID by, Duration running, Duration alive, boolean stopping) {
        instances.tell(name, by, "server-worker", "node-1", "1.0", running, alive, stopping);
    }

    private Optional<ServiceInstance> known() {
        return QuarkusTransaction.requiringNew().call(() -> instances.all().stream()
                .filter(known -> known.instance().equals(name))
                .findFirst());
    }

    private Instant now() {
        return QuarkusTransaction.requiringNew().call(clock::now);
    }

    @Test
    void keepsWhatAProcessTellsOfItself() {
        tell(run, Duration.ofHours(1), Duration.ofHours(1), false);
        ServiceInstance first = known().orElseThrow();
        tell(run, Duration.ofHours(2), Duration.ofHours(1), true);
        ServiceInstance later = known().orElseThrow();

        assertThat(first.service()).isEqualTo(Service.SERVER_WORKER);
        assertThat(first.host()).isEqualTo("node-1");
        assertThat(first.version()).isEqualTo("1.0");
        assertThat(first.startedAt()).isEqualTo(first.seenAt().minus(Duration.ofHours(1)));
        assertThat(first.stopping()).isFalse();
        assertThat(later.startedAt()).isEqualTo(first.startedAt());
        assertThat(later.seenAt()).isAfter(first.seenAt());
        assertThat(later.stopping()).isTrue();
        assertThat(later.alive(now())).isTrue();
    }

    @Test
    void isNotAliveOnceItHasMissedItsTime() {
        tell(run, Duration.ZERO, Duration.ZERO, false);

        assertThat(known().orElseThrow().alive(now())).isFalse();
    }

    @Test
    void aNewProcessOfTheSameNameTakesTheRowOverAndItsForerunnerDoesNotRemoveIt() {
        tell(run, Duration.ofHours(1), Duration.ofHours(1), true);
        UUID next = UUID.randomUUID();
        tell(next, Duration.ofSeconds(1), Duration.ofHours(1), false);
        instances.leave(name, run);

        ServiceInstance known = known().orElseThrow();
        assertThat(known.startedAt()).isEqualTo(known.seenAt().minusSeconds(1));
        assertThat(known.stopping()).isFalse();

        instances.leave(name, next);
        assertThat(known()).isEmpty();
    }

    @Test
    void forgetsOnlyThoseThatHaveBeenSilentForThatLong() {
        tell(run, Duration.ZERO, Duration.ZERO, false);
        instances.forgetSilentFor(Duration.ofHours(1));
        assertThat(known()).isPresent();

        instances.forgetSilentFor(Duration.ZERO);
        assertThat(known()).isEmpty();
    }
}
