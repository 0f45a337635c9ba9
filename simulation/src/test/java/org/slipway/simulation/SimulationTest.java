package org.slipway.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slipway.embedded.EmbeddedPostgres;
import org.slipway.simulation.Schedule.Lab;
import org.slipway.simulation.Schedule.Outcome;

@QuarkusTest
@QuarkusTestResource(value = SimulationResource.class, restrictToAnnotatedClass = true)
class SimulationTest {
    /** A broken rule is found long before. */
    private static final int MOST_SEEDS_TO_FIND_IT = 400;

    /** So many stories are enough to begin with. */
    private static final int MOST_TOLD = 3;

    @ConfigProperty(name = "quarkus.datasource.jdbc.url")
    String jdbcUrl;

    @ConfigProperty(name = "quarkus.datasource.username")
    String user;

    @ConfigProperty(name = "quarkus.datasource.password")
    String password;

    private Lab lab;

    @BeforeEach
    void connect() throws SQLException {
        lab = new Lab(EmbeddedPostgres.connect(jdbcUrl, user, password), jdbcUrl, user, password);
    }

    @AfterEach
    void disconnect() throws SQLException {
        lab.connection().close();
    }

    @Test
    void keepsItsRulesWhateverGoesWrong() {
        long first = Long.getLong("simulation.seed", 1);
        long many = Long.getLong("simulation.schedules", 20);
        Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
        List<String> broken = new ArrayList<>();
        double simulated = 0;
        long releases = 0;
        long began = System.nanoTime();
        for (long seed = first; seed < first + many; seed++) {
            Outcome outcome = Schedule.run(seed, Sabotage.NOTHING, lab);
            outcome.faults().forEach((fault, times) -> faults.merge(fault, times, Integer::sum));
            simulated += outcome.seconds();
            releases += outcome.releases();
            if (outcome.violation() != null) {
                broken.add("seed " + seed + ": " + outcome.violation());
                if (broken.size() <= MOST_TOLD) {
                    tell(outcome);
                }
            }
        }
        double took = (System.nanoTime() - began) / 1e9;
        System.out.printf(
                "%d schedules with %d releases in %.1f s, %.1f a second; %s simulated%n",
                many, releases, took, many / took, Duration.ofSeconds((long) simulated));
        faults.forEach((fault, times) -> System.out.printf("%9d  %s%n", times, fault.meaning()));
        assertThat(broken).isEmpty();
    }

    @Test
    void givesTheVerySameScheduleForTheSameSeed() {
        for (long seed = 1; seed <= 6; seed++) {
            Outcome first = Schedule.run(seed, Sabotage.NOTHING, lab);
            Outcome second = Schedule.run(seed, Sabotage.NOTHING, lab);
            assertThat(second.trace()).isEqualTo(first.trace());
            assertThat(second.fingerprint()).isEqualTo(first.fingerprint());
        }
    }

    @ParameterizedTest
    @EnumSource(value = Sabotage.class, mode = EXCLUDE, names = "NOTHING")
    void findsWhatIsBrokenOnPurposeAndTellsItTheSameWayAgain(Sabotage sabotage) {
        Outcome found = LongStream.range(sabotage.firstSeed(), sabotage.firstSeed() + MOST_SEEDS_TO_FIND_IT)
                .mapToObj(seed -> Schedule.run(seed, sabotage, lab))
                .filter(outcome -> outcome.violation() != null)
                .findFirst()
                .orElseThrow(() -> new AssertionError(sabotage + " was not found"));
        System.out.printf("%s: seed %d: %s%n", sabotage, found.seed(), found.violation());
        assertThat(found.violation()).containsPattern(sabotage.breaks());

        Outcome again = Schedule.run(found.seed(), sabotage, lab);
        assertThat(again.trace()).isEqualTo(found.trace());
    }

    private static void tell(Outcome outcome) {
        outcome.trace().forEach(System.out::println);
        System.out.printf(
                "seed %d: %s%nThe same again: mvn -Psimulation verify -Dseed=%d -Dschedules=1%n",
                outcome.seed(), outcome.violation(), outcome.seed());
    }
}
