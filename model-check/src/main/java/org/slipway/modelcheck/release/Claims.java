package org.slipway.modelcheck.release;

import org.slipway.model.ServerState;

/** What may be claimed: {@code lockNextClaimable}, of releases and of servers. */
final class Claims {

    /** A release in a state in which it is worked on: not held, and rested, unless it is to be cancelled. */
    static boolean isClaimable(Release release, Setting setting) {
        return !isHeld(release.lease(), setting) && (!release.resting() || release.cancel());
    }

    /** A server that waits and has rested, of a release that goes on; or one whose holder's lease ran out. */
    static boolean isClaimable(Server server, Release release, Setting setting) {
        return switch (server.state()) {
            case COPYING -> !server.resting() && !release.cancel();
            case LOCKED -> !isHeld(server.lease(), setting);
            case IDLE, ERROR -> false;
        };
    }

    private static boolean isHeld(Lease lease, Setting setting) {
        return lease.running() && setting.has(Guard.LEASE_BEFORE_TAKEOVER);
    }

    /** Whether nothing is written for a release on this server, as far as the database knows. */
    static boolean isSettled(ServerState state) {
        return state == ServerState.IDLE || state == ServerState.ERROR;
    }

    private Claims() {}
}
