package org.slipway.modelcheck.release;

import org.slipway.modelcheck.release.Work.Stage;
import org.slipway.modelcheck.search.Step;
import org.slipway.modelcheck.search.Step.Cause;
import org.slipway.modelcheck.search.Steps;
import org.slipway.modelcheck.search.Violation;

/** What goes wrong: processes die, connections are cut, targets refuse or go down, hints are lost. And work that is told to stop. */
final class Mishaps implements Rule {
    private final Setting setting;

    Mishaps(Setting setting) {
        this.setting = setting;
    }

    @Override
    public void steps(World world, Steps<World> steps) {
        for (int at = 0; at < world.works().size(); at++) {
            Work work = world.works().get(at);
            if (work.isFree()) {
                continue;
            }
            if (!work.orphan()) {
                stop(world, at, work, steps);
                crash(world, at, work, steps);
                cutConnection(world, at, work, steps);
            }
            trouble(world, at, work, steps);
            cutPublication(world, at, work, steps);
        }
        if (setting.has(Hazard.LOST_HINT) && !setting.has(Guard.SCAN)) {
            for (Hint hint : Hint.values()) {
                if ((world.hints() & hint.bit()) != 0) {
                    steps.take(
                            new Step(Cause.HAZARD, "Kafka", "every hint of " + hint + " is lost"),
                            () -> world.hinting(world.hints() & ~hint.bit()));
                }
            }
        }
    }

    /** By its own clock, because somebody asked to cancel, or because its process is to end. */
    private static void stop(World world, int at, Work work, Steps<World> steps) {
        if (work.canStop()) {
            steps.take(step(Cause.WORK, work, "stops, or fails"), () -> world.with(at, work.ending(Stage.VAIN)));
        }
    }

    /** The script goes on, if the word to publish got to it. */
    private void crash(World world, int at, Work work, Steps<World> steps) {
        if (!setting.has(Hazard.CRASH)) {
            return;
        }
        if (work.isOnTarget()) {
            steps.take(step(Cause.HAZARD, work, "dies; its script goes on"), () -> world.with(at, work.orphaned()));
        }
        if (!work.isPublishing()) {
            steps.take(step(Cause.HAZARD, work, "dies"), () -> world.with(at, Work.NONE));
        }
    }

    private void cutConnection(World world, int at, Work work, Steps<World> steps) {
        int free = world.freeWork();
        if (setting.has(Hazard.CUT_CONNECTION) && work.isOnTarget() && free >= 0) {
            steps.take(
                    step(Cause.HAZARD, work, "loses its connection; its script goes on"),
                    () -> world.with(free, work.orphaned()).with(at, work.ending(Stage.VAIN)));
        }
    }

    private void trouble(World world, int at, Work work, Steps<World> steps) {
        if (setting.has(Hazard.TARGET_TROUBLE) && work.stage() == Stage.SENT) {
            steps.take(step(Cause.HAZARD, work, "fails on the target"), () -> world.with(at, work.ending(Stage.VAIN)));
        }
    }

    /** The target goes down before the second file, or where there is no lock before the first. */
    private void cutPublication(World world, int at, Work work, Steps<World> steps) {
        if (!setting.has(Hazard.CUT_PUBLICATION) || !work.isPublishing()) {
            return;
        }
        int left = work.stage() == Stage.PUBLISHING ? work.differing() : work.differing() & 2;
        steps.take(step(Cause.HAZARD, work, "is cut off in the middle of publishing"), () -> {
            Target target = world.target(work.place());
            if (target.cutOff() != 0) {
                throw new Violation("two publications on %s are cut off at once".formatted(Names.of(work.place())));
            }
            return world.with(work.place(), target.cutOffIn(work.release(), left))
                    .with(at, work.ending(Stage.VAIN));
        });
    }

    private static Step step(Cause cause, Work work, String what) {
        return new Step(cause, Names.of(work), what);
    }
}
