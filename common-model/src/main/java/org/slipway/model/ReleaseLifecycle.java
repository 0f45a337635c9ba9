package org.slipway.model;

import static org.slipway.model.ReleaseState.BETA_COPIED;
import static org.slipway.model.ReleaseState.BETA_COPYING;
import static org.slipway.model.ReleaseState.BETA_COPY_FAILED;
import static org.slipway.model.ReleaseState.CANCELLED;
import static org.slipway.model.ReleaseState.COMPLETED;
import static org.slipway.model.ReleaseState.CREATED;
import static org.slipway.model.ReleaseState.PRODUCTION_BACKING_UP;
import static org.slipway.model.ReleaseState.PRODUCTION_COPYING;
import static org.slipway.model.ReleaseState.PRODUCTION_FAILED;
import static org.slipway.model.ReleaseState.PRODUCTION_REQUESTED;
import static org.slipway.model.Service.BETA_WORKER;
import static org.slipway.model.Service.CONTROLLER;
import static org.slipway.model.Service.PROD_COORDINATOR;

/**
 * The life of a release. Read this first: the rest of Slipway is how each of these moves is made safely.
 *
 * <p>At most one release of a project is unfinished at any time; the database keeps that by a partial unique index.
 */
public final class ReleaseLifecycle {
    private static final String CANCEL = "cancel, once nothing can be published any more on any server";

    /** Every legal move of a release, and the one service that makes it. */
    public static final Lifecycle<ReleaseState> TABLE = Lifecycle.of("release", ReleaseState.class)
            .beginsAs(CREATED, CONTROLLER, "create")
            .move(CREATED, BETA_COPYING, CONTROLLER, "start")
            .move(BETA_COPYING, BETA_COPIED, BETA_WORKER, "beta holds every file and the manifest is frozen")
            .move(
                    BETA_COPYING,
                    BETA_COPY_FAILED,
                    BETA_WORKER,
                    "the beta copy failed and the beta-copy journal says why")
            .move(
                    BETA_COPY_FAILED,
                    BETA_COPYING,
                    CONTROLLER,
                    "retry, or cancel where something may still be published on beta")
            .move(BETA_COPIED, PRODUCTION_REQUESTED, CONTROLLER, "promote")
            .move(PRODUCTION_REQUESTED, PRODUCTION_BACKING_UP, PROD_COORDINATOR, "a coordinator took it")
            .move(PRODUCTION_BACKING_UP, PRODUCTION_COPYING, PROD_COORDINATOR, "the backup was read back in full")
            .move(
                    PRODUCTION_BACKING_UP,
                    PRODUCTION_FAILED,
                    PROD_COORDINATOR,
                    "the backup failed, no server was touched")
            .move(PRODUCTION_COPYING, COMPLETED, PROD_COORDINATOR, "every business server has the release")
            .move(
                    PRODUCTION_COPYING,
                    PRODUCTION_FAILED,
                    PROD_COORDINATOR,
                    "a server failed and all others have settled")
            .move(PRODUCTION_FAILED, PRODUCTION_REQUESTED, CONTROLLER, "retry")
            .move(CREATED, CANCELLED, CONTROLLER, "cancel")
            .move(BETA_COPYING, CANCELLED, BETA_WORKER, CANCEL)
            .move(BETA_COPIED, CANCELLED, CONTROLLER, "cancel")
            .move(BETA_COPY_FAILED, CANCELLED, CONTROLLER, "cancel where nothing can be published on beta any more")
            .move(PRODUCTION_REQUESTED, CANCELLED, PROD_COORDINATOR, CANCEL)
            .move(PRODUCTION_BACKING_UP, CANCELLED, PROD_COORDINATOR, CANCEL)
            .move(PRODUCTION_COPYING, CANCELLED, PROD_COORDINATOR, CANCEL)
            .move(PRODUCTION_FAILED, CANCELLED, PROD_COORDINATOR, CANCEL)
            .endsIn(COMPLETED, CANCELLED)
            .build();

    private ReleaseLifecycle() {}
}
