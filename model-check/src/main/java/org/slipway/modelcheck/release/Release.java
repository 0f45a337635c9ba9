package org.slipway.modelcheck.release;

import org.jspecify.annotations.Nullable;
import org.slipway.model.ReleaseLifecycle;
import org.slipway.model.ReleaseState;

/**
 * A row of the table {@code release}.
 *
 * @param state {@code null} where it was not made yet
 * @param cancel whether somebody asked its owner to cancel it
 * @param backup whether it has a verified backup
 * @param resting whether its next try is not due yet
 */
record Release(@Nullable ReleaseState state, boolean cancel, boolean backup, Lease lease, boolean resting) {
    static final Release NONE = new Release(null, false, false, Lease.NONE, false);

    boolean isUnfinished() {
        return state != null && !ReleaseLifecycle.TABLE.isFinal(state);
    }

    /** In its next state; the lease ends with the move. */
    Release in(ReleaseState next) {
        return new Release(next, cancel, backup, Lease.NONE, false);
    }

    Release toBeCancelled() {
        return new Release(state, true, backup, lease, resting);
    }

    Release backedUp() {
        return new Release(state, cancel, true, lease, resting);
    }

    Release under(Lease next) {
        return new Release(state, cancel, backup, next, false);
    }

    /** Given back, to be taken by anyone once it has rested. */
    Release givenBack(boolean rests) {
        return new Release(state, cancel, backup, Lease.NONE, rests);
    }
}
