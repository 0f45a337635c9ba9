package org.slipway.runtime;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Makes retries whose waits follow a given chance. */
public final class ChanceOfRetries {
    private ChanceOfRetries() {}

    public static Retries by(RandomGenerator chance) {
        return new Retries(3, Duration.ofSeconds(2), Duration.ofSeconds(8), chance);
    }
}
