package org.slipway.modelcheck.release;

import org.jspecify.annotations.Nullable;
import org.slipway.model.ReleaseState;

/**
 * What a request of a person has read and is about to write, where no lock keeps it so in between.
 *
 * @param release the number of the release; 0 where nothing is pending
 * @param from what it read; {@code null} that the release is not there
 * @param cancel whether it read a wish to cancel
 * @param to what it will write
 */
record Pending(
        int release,
        @Nullable ReleaseState from,
        boolean cancel,
        @Nullable ReleaseState to) {
    static final Pending NOTHING = new Pending(0, null, false, null);

    boolean isThere() {
        return release != 0;
    }
}
