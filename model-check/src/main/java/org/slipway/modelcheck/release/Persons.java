package org.slipway.modelcheck.release;

import static org.slipway.model.ReleaseState.BETA_COPIED;
import static org.slipway.model.ReleaseState.BETA_COPYING;
import static org.slipway.model.ReleaseState.BETA_COPY_FAILED;
import static org.slipway.model.ReleaseState.CANCELLED;
import static org.slipway.model.ReleaseState.CREATED;
import static org.slipway.model.ReleaseState.PRODUCTION_FAILED;
import static org.slipway.model.ReleaseState.PRODUCTION_REQUESTED;
import static org.slipway.model.Service.CONTROLLER;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slipway.model.ReleaseLifecycle;
import org.slipway.model.ReleaseState;
import org.slipway.modelcheck.search.Step;
import org.slipway.modelcheck.search.Steps;
import org.slipway.modelcheck.search.Violation;

/** What people ask of the controller: create, start, promote, retry, cancel. Each is one transaction, under the project's lock. */
final class Persons implements Rule {
    private static final Step CREATE = person("creates a release");
    private static final Step CREATE_AND_START = person("creates a release and starts it");
    private static final Step ACT = person("starts, promotes or retries the release");
    private static final Step CANCEL = person("cancels the release");
    private static final Step READ = person("asks for something; the controller has read the row");
    private static final Step WRITE = person("asked for something; the controller writes what it decided");

    private final Setting setting;
    private final Moves moves;

    Persons(Setting setting, Moves moves) {
        this.setting = setting;
        this.moves = moves;
    }

    @Override
    public void steps(World world, Steps<World> steps) {
        if (world.pending().isThere()) {
            steps.take(WRITE, () -> write(world.with(Pending.NOTHING), world.pending()));
        }
        create(world, steps);
        for (int number = 1; number <= setting.releases(); number++) {
            Release release = world.release(number);
            if (release.isUnfinished()) {
                act(world, number, release, steps);
            }
        }
    }

    private void create(World world, Steps<World> steps) {
        int number = next(world);
        if (number == 0 || isUnfinished(world)) {
            return;
        }
        steps.take(CREATE, () -> moves.release(world, number, CREATED, CONTROLLER));
        steps.take(
                CREATE_AND_START,
                () -> moves.release(
                        moves.release(world, number, CREATED, CONTROLLER), number, BETA_COPYING, CONTROLLER));
        readFirst(world, number, Release.NONE, CREATED, steps);
    }

    private void act(World world, int number, Release release, Steps<World> steps) {
        ReleaseState to = onward(release);
        if (to != null) {
            steps.take(ACT, () -> moves.release(world, number, to, CONTROLLER));
            readFirst(world, number, release, to, steps);
        }
        if (release.cancel()) {
            return;
        }
        ReleaseState state = Objects.requireNonNull(release.state());
        boolean own =
                ReleaseLifecycle.TABLE.move(state, CANCELLED).orElseThrow().owner() == CONTROLLER;
        if (own && isUnfenced(world)) {
            steps.take(
                    CANCEL,
                    () -> moves.release(world.with(number, release.toBeCancelled()), number, BETA_COPYING, CONTROLLER));
        } else if (own) {
            steps.take(CANCEL, () -> moves.release(world, number, CANCELLED, CONTROLLER));
            readFirst(world, number, release, CANCELLED, steps);
        } else {
            steps.take(CANCEL, () -> world.with(number, release.toBeCancelled()));
        }
    }

    /** Where start, promote or retry leads; {@code null} where none of them is possible. */
    static @Nullable ReleaseState onward(Release release) {
        ReleaseState state = release.state();
        if (state == null || release.cancel()) {
            return null;
        }
        return switch (state) {
            case CREATED, BETA_COPY_FAILED -> BETA_COPYING;
            case BETA_COPIED, PRODUCTION_FAILED -> PRODUCTION_REQUESTED;
            case BETA_COPYING, PRODUCTION_REQUESTED, PRODUCTION_BACKING_UP, PRODUCTION_COPYING, COMPLETED, CANCELLED ->
                null;
        };
    }

    /** Without the lock there is a moment between what is read and what is written. */
    private void readFirst(World world, int number, Release read, ReleaseState to, Steps<World> steps) {
        if (!setting.has(Guard.ROW_LOCK) && !world.pending().isThere()) {
            steps.take(READ, () -> world.with(new Pending(number, read.state(), read.cancel(), to)));
        }
    }

    private World write(World world, Pending pending) {
        ReleaseState to = Objects.requireNonNull(pending.to());
        if (pending.from() == null) {
            int number = next(world);
            boolean refused = number == 0 || (setting.has(Guard.UNIQUE_INDEX) && isUnfinished(world));
            return refused ? world : moves.release(world, number, to, CONTROLLER);
        }
        Release release = world.release(pending.release());
        boolean asRead = release.state() == pending.from() && release.cancel() == pending.cancel();
        if (to == CANCELLED && isUnfenced(world)) {
            return world;
        }
        if (!asRead && setting.has(Guard.CONDITIONAL_UPDATE)) {
            return world;
        }
        if (release.state() != pending.from()) {
            throw new Violation("the log says that a release left %s for %s, and it was in %s"
                    .formatted(pending.from(), to, release.state()));
        }
        return moves.release(world, pending.release(), to, CONTROLLER);
    }

    private boolean isUnfenced(World world) {
        return world.isAnyUnfenced() && setting.has(Guard.FENCED_OFF);
    }

    /** The number of the next release; 0 where no more are made. */
    private static int next(World world) {
        for (int number = 1; number <= world.releases().size(); number++) {
            if (world.release(number).state() == null) {
                return number;
            }
        }
        return 0;
    }

    private static boolean isUnfinished(World world) {
        for (Release release : world.releases()) {
            if (release.isUnfinished()) {
                return true;
            }
        }
        return false;
    }

    private static Step person(String what) {
        return new Step(Step.Cause.PERSON, "person", what);
    }
}
