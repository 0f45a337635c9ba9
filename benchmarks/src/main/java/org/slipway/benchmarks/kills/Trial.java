package org.slipway.benchmarks.kills;

import java.util.List;
import org.slipway.benchmarks.kills.Tool.Again;
import org.slipway.benchmarks.kills.Tool.Strike;

/**
 * One kill, and what came after it.
 *
 * @param strike when and whom it hit
 * @param tooLate how many kills before it came when the release had ended
 * @param waitedSeconds from the kill until the servers were looked at
 * @param left what was there before anybody did anything
 * @param again how it went to do the same again
 * @param after what was there after that
 * @param torn what a reader saw that was neither the old file nor the new one, over all this time
 * @param mixedSeconds how long a reader saw old and new files on the same server at most, by the times of change of these files;
 *     negative where files do not become new by a change
 */
record Trial(
        Kill kill,
        Strike strike,
        int tooLate,
        double waitedSeconds,
        Look left,
        Again again,
        Look after,
        List<String> torn,
        double mixedSeconds) {}
