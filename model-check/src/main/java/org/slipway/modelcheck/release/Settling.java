package org.slipway.modelcheck.release;

import static org.slipway.model.ReleaseState.CANCELLED;
import static org.slipway.model.ReleaseState.COMPLETED;
import static org.slipway.model.ReleaseState.PRODUCTION_COPYING;
import static org.slipway.model.ReleaseState.PRODUCTION_FAILED;
import static org.slipway.model.Service.PROD_COORDINATOR;

import org.slipway.model.ServerState;
import org.slipway.modelcheck.search.Step;
import org.slipway.modelcheck.search.Steps;
import org.slipway.modelcheck.search.Violation;

/** How the prod-coordinator ends a way through production, as its {@code Settlement} decides and its {@code Productions} does. */
final class Settling implements Rule {
    private static final Step SETTLE = new Step(Step.Cause.WORK, "prod-coordinator", "settles the release");

    private final Setting setting;
    private final Moves moves;

    Settling(Setting setting, Moves moves) {
        this.setting = setting;
        this.moves = moves;
    }

    @Override
    public void steps(World world, Steps<World> steps) {
        if (!setting.has(Guard.SCAN) && (world.hints() & Hint.SETTLEMENTS.bit()) == 0) {
            return;
        }
        for (int number = 1; number <= setting.releases(); number++) {
            Release release = world.release(number);
            int it = number;
            if (release.state() == PRODUCTION_FAILED && release.cancel()) {
                steps.take(SETTLE, () -> settle(world, it, true));
            } else if (release.state() == PRODUCTION_COPYING && (release.cancel() || !isInFlight(world, it))) {
                steps.take(SETTLE, () -> settle(world, it, release.cancel()));
            }
        }
    }

    private World settle(World world, int number, boolean cancel) {
        if (cancel) {
            boolean waits = binds(world, number, ServerState.LOCKED) && setting.has(Guard.SETTLED_FIRST);
            return waits || isAnyUnfenced(world) ? letGo(world, number) : letGoAndCancel(world, number);
        }
        if (binds(world, number, ServerState.ERROR)) {
            return moves.release(world, number, PRODUCTION_FAILED, PROD_COORDINATOR);
        }
        if (world.isAnyUnfenced() && setting.has(Guard.SETTLED_FIRST)) {
            throw new Violation("a release is completed for which somebody may still publish");
        }
        return moves.release(world, number, COMPLETED, PROD_COORDINATOR);
    }

    private boolean isInFlight(World world, int number) {
        return setting.has(Guard.SETTLED_FIRST)
                && (binds(world, number, ServerState.COPYING) || binds(world, number, ServerState.LOCKED));
    }

    private static boolean binds(World world, int number, ServerState state) {
        for (Server server : world.servers()) {
            if (server.release() == number && server.state() == state) {
                return true;
            }
        }
        return false;
    }

    World letGoAndCancel(World world, int number) {
        return moves.release(letGo(world, number), number, CANCELLED, PROD_COORDINATOR);
    }

    /** Whether a cancel waits for somebody who may still publish. */
    boolean isAnyUnfenced(World world) {
        return world.isAnyUnfenced() && setting.has(Guard.FENCED_OFF);
    }

    /**
     * Waiting and failed servers have nothing to do with the release any more; one that is being copied is left to its worker, and one on
     * which somebody may still publish is fenced off first.
     */
    World letGo(World world, int number) {
        World next = world;
        for (int place = 1; place <= setting.servers(); place++) {
            Server server = next.server(place);
            boolean fenced = !next.target(place).unfenced() || !setting.has(Guard.FENCED_OFF);
            if (server.release() == number
                    && fenced
                    && (server.state() == ServerState.COPYING || server.state() == ServerState.ERROR)) {
                next = moves.server(next, place, ServerState.IDLE, number, PROD_COORDINATOR);
            }
        }
        return next;
    }
}
