package org.slipway.modelcheck.release;

import org.slipway.model.ServerState;

/**
 * A row of the table {@code server}, with its rollouts.
 *
 * @param release the number of the release that it waits for, is being copied, or failed on; 0 for none
 * @param resting whether its next try is not due yet
 * @param done the releases that it has, a bit each: rollouts in {@code DONE}
 */
record Server(ServerState state, int release, Lease lease, boolean resting, int done) {
    static final Server IDLE = new Server(ServerState.IDLE, 0, Lease.NONE, false, 0);

    boolean has(int number) {
        return (done & bit(number)) != 0;
    }

    Server in(ServerState next, int number) {
        return new Server(next, next == ServerState.IDLE ? 0 : number, Lease.NONE, false, done);
    }

    Server under(Lease next) {
        return new Server(state, release, next, resting, done);
    }

    Server resting(boolean rests) {
        return new Server(state, release, lease, rests, done);
    }

    Server having(int number) {
        return new Server(state, release, lease, resting, done | bit(number));
    }

    static int bit(int number) {
        return 1 << (number - 1);
    }
}
