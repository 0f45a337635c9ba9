package org.slipway.production;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;
import java.util.Set;

/** Transfers end as the test says, work is looked for often, and nothing is tried again without a person. */
public class Steered implements QuarkusTestProfile {
    @Override
    public Set<Class<?>> getEnabledAlternatives() {
        return Set.of(SteeredHosts.class);
    }

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("slipway.scan", "PT0.2S", "slipway.retry.tries", "1", "quarkus.http.test-port", "0");
    }

    /** Work is tried three times, and never again before the test says that the wait is over. */
    public static class Patiently extends Steered {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "slipway.scan",
                    "PT0.2S",
                    "slipway.retry.tries",
                    "3",
                    "slipway.retry.first-wait",
                    "1H",
                    "slipway.retry.longest-wait",
                    "2H",
                    "quarkus.http.test-port",
                    "0");
        }
    }

    /** Nothing is looked for unless a message says so. */
    public static class ByHintsOnly extends Steered {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("slipway.scan", "1H", "quarkus.http.test-port", "0");
        }
    }
}
