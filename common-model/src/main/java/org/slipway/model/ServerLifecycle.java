package org.slipway.model;

import static org.slipway.model.ServerState.COPYING;
import static org.slipway.model.ServerState.ERROR;
import static org.slipway.model.ServerState.IDLE;
import static org.slipway.model.ServerState.LOCKED;
import static org.slipway.model.Service.CONTROLLER;
import static org.slipway.model.Service.PROD_COORDINATOR;
import static org.slipway.model.Service.SERVER_WORKER;

/** The life of a business server: idle, waiting, being copied, and back. It never ends, so no state is final. */
public final class ServerLifecycle {
    private static final String CANCEL = "cancel, once nothing can be published there any more";

    /** Every legal move of a business server, and the one service that makes it. */
    public static final Lifecycle<ServerState> TABLE = Lifecycle.of("server", ServerState.class)
            .beginsAs(IDLE, CONTROLLER, "registered")
            .move(IDLE, COPYING, PROD_COORDINATOR, "the server needs the release")
            .move(COPYING, LOCKED, SERVER_WORKER, "a worker took it")
            .move(LOCKED, IDLE, SERVER_WORKER, "the server has the release, or the release is being cancelled")
            .move(LOCKED, ERROR, SERVER_WORKER, "the copy failed and the business-server journal says why")
            .move(
                    LOCKED,
                    COPYING,
                    SERVER_WORKER,
                    "the lease ran out or was given back, the copy failed and is tried again, or a cancel has to fence the server off first")
            .move(COPYING, IDLE, PROD_COORDINATOR, CANCEL)
            .move(ERROR, COPYING, PROD_COORDINATOR, "retry")
            .move(ERROR, IDLE, PROD_COORDINATOR, CANCEL)
            .build();

    private ServerLifecycle() {}
}
