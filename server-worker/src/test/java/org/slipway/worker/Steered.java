package org.slipway.worker;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;
import java.util.Set;

/** Transfers end as the test says, and work is looked for often. */
public class Steered implements QuarkusTestProfile {
    @Override
    public Set<Class<?>> getEnabledAlternatives() {
        return Set.of(SteeredHosts.class);
    }

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("slipway.scan", "PT0.2S", "quarkus.http.test-port", "0");
    }

    /** Nothing is looked for unless a message says so. */
    public static class ByHintsOnly extends Steered {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("slipway.scan", "1H", "quarkus.http.test-port", "0");
        }
    }
}
