package org.slipway.testing;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.HashMap;
import java.util.Map;

/**
 * Transfers end as the test says, work is looked for often, and nothing is tried again without a person. What stands in for the transfer
 * engine is the {@code SteeredHosts} of the module.
 */
public class Steered implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        return with(Map.of("slipway.scan", "PT0.2S", "slipway.retry.tries", "1"));
    }

    private static Map<String, String> with(Map<String, String> more) {
        Map<String, String> overrides = new HashMap<>(more);
        overrides.put("quarkus.arc.selected-alternatives", "SteeredHosts");
        overrides.put("quarkus.http.test-port", "0");
        return overrides;
    }

    /** Work is tried three times, and never again before the test says that the wait is over. */
    public static class Patiently extends Steered {
        @Override
        public Map<String, String> getConfigOverrides() {
            return with(Map.of(
                    "slipway.scan",
                    "PT0.2S",
                    "slipway.retry.tries",
                    "3",
                    "slipway.retry.first-wait",
                    "1H",
                    "slipway.retry.longest-wait",
                    "2H"));
        }
    }

    /** Nothing is looked for unless a message says so. */
    public static class ByHintsOnly extends Steered {
        @Override
        public Map<String, String> getConfigOverrides() {
            return with(Map.of("slipway.scan", "1H"));
        }
    }
}
