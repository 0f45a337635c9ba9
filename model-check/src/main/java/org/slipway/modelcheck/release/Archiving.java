package org.slipway.modelcheck.release;

import org.slipway.model.ReleaseState;
import org.slipway.modelcheck.release.Work.Stage;
import org.slipway.modelcheck.release.Work.Staged;
import org.slipway.modelcheck.release.Work.Task;
import org.slipway.modelcheck.search.Step;
import org.slipway.modelcheck.search.Step.Cause;
import org.slipway.modelcheck.search.Steps;
import org.slipway.modelcheck.search.Violation;

/** A backup of the chosen business server, between its claim and its report, as {@code archive.sh} does it. It reads without a lock. */
final class Archiving implements Rule {
    private final Setting setting;

    Archiving(Setting setting) {
        this.setting = setting;
    }

    @Override
    public void steps(World world, Steps<World> steps) {
        for (int at = 0; at < world.works().size(); at++) {
            Work work = world.works().get(at);
            if (!work.isFree() && work.task() == Task.BACKUP && Pauses.mayGoOn(world, work, setting)) {
                go(world, at, work, steps);
            }
        }
    }

    private void go(World world, int at, Work work, Steps<World> steps) {
        switch (work.stage()) {
            case CLAIMED -> {
                if (!world.isLocked(World.CHOSEN) || !setting.has(Guard.TARGET_LOCK)) {
                    raise(world, at, work, steps);
                }
            }
            case RAISED ->
                steps.take(
                        step(work, "archives the first file"),
                        () -> world.with(at, work.at(Stage.STAGING, archived(world, work, Staged.WHOLE))));
            case STAGING -> readBack(world, at, work, steps);
            case SENT -> {
                if (!world.isLocked(World.CHOSEN) || !setting.has(Guard.TARGET_LOCK)) {
                    putIntoPlace(world, at, work, steps);
                }
            }
            case FREE, STAGED, PUBLISHING, HALF, DONE, VAIN -> {}
        }
    }

    private void raise(World world, int at, Work work, Steps<World> steps) {
        Target target = world.target(World.CHOSEN);
        if (target.fence() > work.epoch() && setting.has(Guard.FENCE_RAISED)) {
            steps.take(step(work, "is refused by the fence"), () -> world.with(at, work.ending(Stage.VAIN)));
            return;
        }
        steps.take(step(work, "raises the fence and takes away other unfinished archives"), () -> {
            World swept = world;
            for (int other = 0;
                    setting.has(Guard.SWEEP) && other < world.works().size();
                    other++) {
                Work archive = world.works().get(other);
                if (archive.task() == Task.BACKUP && archive.staged() != Staged.NOTHING && !Ends.isReady(archive)) {
                    swept = swept.with(other, archive.robbed());
                }
            }
            return swept.with(World.CHOSEN, target.raisedTo(Math.max(target.fence(), work.epoch())))
                    .with(at, work.fenced().at(Stage.RAISED));
        });
    }

    private void readBack(World world, int at, Work work, Steps<World> steps) {
        Staged archived = archived(world, work, work.staged());
        if (archived == Staged.GONE) {
            steps.take(step(work, "finds its archive gone"), () -> world.with(at, work.ending(Stage.VAIN)));
            return;
        }
        if (!setting.has(Guard.SELF_STOP) || world.isHeld(work)) {
            steps.take(
                    step(
                            work,
                            "archives the second file, reads all of it back, and sends the word to put it into place"),
                    () -> world.with(at, work.telling().at(Stage.SENT, archived)));
        }
        if (setting.has(Hazard.TARGET_TROUBLE) && !setting.has(Guard.BACKUP_READ_BACK)) {
            steps.take(
                    new Step(Cause.HAZARD, Names.of(work), "archives the second file, and it is written damaged"),
                    () -> world.with(at, work.telling().at(Stage.SENT, Staged.TORN)));
        }
    }

    private void putIntoPlace(World world, int at, Work work, Steps<World> steps) {
        boolean overtaken = world.target(World.CHOSEN).fence() > work.epoch();
        boolean refused = overtaken && setting.has(Guard.FENCE_RAISED) && setting.has(Guard.BACKUP_FENCED);
        if (work.staged() == Staged.GONE || refused) {
            steps.take(
                    step(work, "may not put it into place: the fence is higher, or the archive is gone"),
                    () -> world.with(at, work.ending(Stage.VAIN)));
            return;
        }
        steps.take(step(work, "puts the backup into place"), () -> {
            if (world.release(work.release()).state() == ReleaseState.CANCELLED) {
                throw new Violation("a backup is put into place for a release that is cancelled");
            }
            if (work.staged() == Staged.TORN) {
                throw new Violation(
                        "the backup of a release is damaged, or holds files that the release itself brought");
            }
            for (int number = work.release(); number <= setting.releases(); number++) {
                if (overtaken && world.release(number).backup()) {
                    throw new Violation("a late backup takes the place of the one that is on record");
                }
            }
            return world.with(at, work.ending(Stage.DONE));
        });
    }

    /** What the archive is once another file was read. The first file is the first that a release changes, and every release does. */
    private static Staged archived(World world, Work work, Staged before) {
        boolean touched = world.target(World.CHOSEN).files().x() == work.release();
        return before == Staged.WHOLE && touched ? Staged.TORN : before;
    }

    private static Step step(Work work, String what) {
        return new Step(Cause.WORK, Names.of(work), what);
    }
}
