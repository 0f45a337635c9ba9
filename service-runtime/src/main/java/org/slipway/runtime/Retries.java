package org.slipway.runtime;

import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.slipway.persistence.Setting;

/**
 * When work that failed is tried again without a person: only where that can help, so and so often, with waits that double. Each wait is
 * shortened by up to half, so that servers that failed together do not come together. Made when the service starts, which it does not do
 * where these settings make no sense.
 */
@Startup(Setting.FIRST)
@ApplicationScoped
public class Retries {
    private final int tries;
    private final Duration firstWait;
    private final Duration longestWait;
    private final RandomGenerator random;

    @Inject
    Retries(
            @ConfigProperty(name = "slipway.retry.tries") int tries,
            @ConfigProperty(name = "slipway.retry.first-wait") Duration firstWait,
            @ConfigProperty(name = "slipway.retry.longest-wait") Duration longestWait) {
        this(tries, firstWait, longestWait, new Random());
    }

    Retries(int tries, Duration firstWait, Duration longestWait, RandomGenerator random) {
        if (!firstWait.isPositive() || longestWait.compareTo(firstWait) < 0) {
            throw new ConfigurationException("slipway.retry.first-wait (" + firstWait
                    + ") must be longer than nothing and no longer than slipway.retry.longest-wait (" + longestWait
                    + ")");
        }
        this.tries = Setting.atLeast(1, "slipway.retry.tries", tries);
        this.firstWait = firstWait;
        this.longestWait = longestWait;
        this.random = random;
    }

    /** What follows on a try in vain. */
    public sealed interface Next {
        /**
         * Another one, after this pause.
         *
         * @param reason why, for people: {@code try 2 of 4 failed: …; next try in 4 s}
         */
        record Try(Duration pause, String reason) implements Next {}

        /** A person is to decide. */
        record AskPerson() implements Next {}
    }

    /**
     * Decides.
     *
     * @param inVain how many tries were in vain since a person last asked, this one included
     * @param message what the journal says of it
     */
    public Next after(int inVain, Trouble trouble, String message) {
        if (inVain >= tries || !trouble.retryHelps()) {
            return new Next.AskPerson();
        }
        Duration wait = waitAfter(inVain);
        String words = message.strip().replaceAll("[.;]$", "");
        return new Next.Try(
                wait,
                "try %d of %d failed: %s; next try in %d s"
                        .formatted(inVain, tries, words, Math.ceilDiv(wait.toMillis(), 1_000)));
    }

    private Duration waitAfter(int inVain) {
        long longest = longestWait.toMillis();
        long whole = firstWait.toMillis();
        for (int i = 1; i < inVain && whole < longest; i++) {
            whole *= 2;
        }
        return shortened(Math.min(whole, longest));
    }

    /**
     * How long what has to succeed in the end waits for its next try: as long as it has been tried for, and so the waits double.
     *
     * @param tried how long it has been tried for
     */
    public Duration untilNextAfter(Duration tried) {
        return shortened(Math.clamp(tried.toMillis(), firstWait.toMillis(), longestWait.toMillis()));
    }

    private Duration shortened(long whole) {
        return Duration.ofMillis(Math.max(1, whole - random.nextLong(whole / 2 + 1)));
    }

    /**
     * How long work rests that was given back and did not fail. A process that stops lets anyone take it at once; whatever else made its
     * holder give it back may not be over yet.
     */
    public Duration restAfterGivingBack(boolean stopping) {
        return stopping ? Duration.ZERO : firstWait;
    }
}
