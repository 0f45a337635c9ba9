package org.slipway.modelcheck.release;

import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;

/** Who looks for what when a record comes from Kafka. What the record says beyond that is not used. */
enum Hint {
    BETA_COPIES,
    BACKUPS,
    SETTLEMENTS,
    SERVER_COPIES;

    int bit() {
        return 1 << ordinal();
    }

    static int of(ReleaseState to) {
        return BACKUPS.bit() | (to == ReleaseState.BETA_COPYING ? BETA_COPIES.bit() : 0);
    }

    static int of(ServerState to) {
        return SETTLEMENTS.bit() | (to == ServerState.COPYING ? SERVER_COPIES.bit() : 0);
    }
}
