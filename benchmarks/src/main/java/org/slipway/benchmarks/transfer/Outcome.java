package org.slipway.benchmarks.transfer;

import java.time.Duration;

/** How one run went. */
sealed interface Outcome {

    /**
     * It ended.
     *
     * @param seconds on the clock
     * @param clientCpu processor seconds where the tool ran
     * @param serverCpu processor seconds of sshd and what it started
     * @param peakMib most memory where the tool ran
     * @param difference of the copies, all together
     * @param strange what else was to be seen, as an exit status; empty for nothing
     */
    record Measured(
            double seconds, double clientCpu, double serverCpu, long peakMib, Difference difference, String strange)
            implements Outcome {

        @Override
        public String toString() {
            return "%.2f s, processor %.2f s + %.2f s, %d MiB, trees equal: %s %s"
                    .formatted(seconds, clientCpu, serverCpu, peakMib, difference, strange)
                    .strip();
        }
    }

    /** It was given up. */
    record OverLimit(Duration limit) implements Outcome {}

    /** It told of an error. */
    record Failed(String why) implements Outcome {}
}
