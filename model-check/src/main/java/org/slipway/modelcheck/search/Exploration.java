package org.slipway.modelcheck.search;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What a search came to.
 *
 * @param complete whether every state that can be reached was looked at
 * @param states how many were reached
 * @param transitions how many steps were taken
 * @param depth how many steps the farthest state is away
 * @param took how long it took
 * @param counterexample the nearest thing that must not be, if there is any
 */
public record Exploration(
        boolean complete,
        int states,
        long transitions,
        int depth,
        Duration took,
        Optional<Counterexample> counterexample) {

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d states, %,d transitions, depth %d, %s in %.1f s",
                states,
                transitions,
                depth,
                complete ? "complete" : "cut off",
                took.toMillis() / 1000.0);
    }
}
