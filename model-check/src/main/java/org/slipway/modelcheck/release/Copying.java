package org.slipway.modelcheck.release;

import org.slipway.model.ReleaseState;
import org.slipway.modelcheck.release.Work.Stage;
import org.slipway.modelcheck.release.Work.Staged;
import org.slipway.modelcheck.release.Work.Task;
import org.slipway.modelcheck.search.Step;
import org.slipway.modelcheck.search.Step.Cause;
import org.slipway.modelcheck.search.Steps;
import org.slipway.modelcheck.search.Violation;

/**
 * A copy to beta or to a business server, between its claim and its report, as the transfer engine's {@code ShellCopy} and its scripts do
 * it: {@code prepare.sh}, {@code stage.sh}, {@code publish.sh}.
 */
final class Copying implements Rule {
    private final Setting setting;

    Copying(Setting setting) {
        this.setting = setting;
    }

    @Override
    public void steps(World world, Steps<World> steps) {
        for (int at = 0; at < world.works().size(); at++) {
            Work work = world.works().get(at);
            if (!work.isFree() && work.task() != Task.BACKUP && Pauses.mayGoOn(world, work, setting)) {
                go(world, at, work, steps);
            }
        }
    }

    private void go(World world, int at, Work work, Steps<World> steps) {
        switch (work.stage()) {
            case FREE, DONE, VAIN -> {}
            case CLAIMED -> {
                if (mayLock(world, work)) {
                    prepare(world, at, work, steps);
                }
            }
            case RAISED -> {
                if (work.differing() == 0) {
                    steps.take(step(work, "finds that nothing differs"), () -> world.with(at, work.ending(Stage.DONE)));
                } else {
                    stage(world, at, work, steps);
                }
            }
            case STAGING ->
                steps.take(step(work, "stages the rest"), () -> {
                    Target target = world.target(work.place());
                    return world.with(work.place(), target.sharing(work.release()))
                            .with(at, work.at(Stage.STAGED, Staged.WHOLE));
                });
            case STAGED ->
                send(
                        world,
                        at,
                        work,
                        world.target(work.place()).shared() == work.release() ? Staged.WHOLE : Staged.TORN,
                        steps);
            case SENT -> {
                if (mayLock(world, work)) {
                    begin(world, at, work, steps);
                }
            }
            case PUBLISHING ->
                steps.take(step(work, "publishes the first file"), () -> publish(world, work, 1)
                        .with(at, work.at(Stage.HALF)));
            case HALF ->
                steps.take(step(work, "publishes the second file, and ends"), () -> {
                    World published = publish(world, work, 2);
                    int wrong = Files.of(work.release())
                            .differingFrom(published.target(work.place()).files());
                    return published.with(at, work.ending((wrong & work.differing()) == 0 ? Stage.DONE : Stage.VAIN));
                });
        }
    }

    /**
     * {@code prepare.sh}: raises the fence, takes away what earlier ones staged, and looks. A publication that was cut off is finished
     * first, for which the lock is given back and taken again: nobody can come in between but one who raises the fence higher.
     */
    private void prepare(World world, int at, Work work, Steps<World> steps) {
        Target target = world.target(work.place());
        boolean first = setting.has(Guard.FENCE_BEFORE_LOOK) || work.task() == Task.FENCE;
        boolean raises = setting.has(Guard.FENCE_RAISED) && first;
        boolean refused = target.fence() > work.epoch() && (raises || target.cutOff() != 0);
        if (refused && setting.has(Guard.FENCE_RAISED)) {
            steps.take(step(work, "is refused by the fence"), () -> world.with(at, work.ending(Stage.VAIN)));
            return;
        }
        String what = target.cutOff() == 0
                ? "raises the fence and looks"
                : "raises the fence, finishes the publication that was cut off, and looks";
        steps.take(step(work, raises ? what : "looks"), () -> {
            if (target.cutOff() != 0) {
                requireRight(world, work, target.cutOff());
                requireNotCancelled(world, work.place(), target.cutOff());
            }
            Target raised = first ? target.raisedTo(Math.max(target.fence(), work.epoch())) : target;
            Target found = (target.cutOff() == 0 ? raised : raised.raisedTo(Math.max(target.fence(), work.epoch())))
                    .finished();
            boolean sweeps = setting.has(Guard.SWEEP);
            return (sweeps ? sweep(world, at, work) : world)
                    .with(work.place(), sweeps ? found.sharing(0) : found)
                    .with(
                            at,
                            work.task() == Task.FENCE
                                    ? work.ending(Stage.DONE)
                                    : work.finding(Files.of(work.release()).differingFrom(found.files())));
        });
        if (setting.has(Hazard.TARGET_TROUBLE) && raises) {
            steps.take(new Step(Cause.HAZARD, Names.of(work), "raises the fence, and fails"), () -> world.with(
                            work.place(), target.raisedTo(work.epoch()))
                    .with(at, work.ending(Stage.VAIN)));
        }
        if (setting.has(Hazard.CUT_PUBLICATION) && raises && target.left() == 3) {
            steps.take(
                    new Step(
                            Cause.HAZARD,
                            Names.of(work),
                            "raises the fence, and is cut off in the middle of what was cut off"),
                    () -> world.with(work.place(), target.raisedTo(work.epoch()).finishedUpTo(1))
                            .with(at, work.telling().ending(Stage.VAIN)));
        }
    }

    private static World sweep(World world, int self, Work sweeper) {
        World swept = world;
        for (int at = 0; at < world.works().size(); at++) {
            Work work = world.works().get(at);
            boolean staged = work.task() == Task.COPY
                    && work.place() == sweeper.place()
                    && work.staged() != Staged.NOTHING
                    && !work.isPublishing();
            if (at != self && staged) {
                swept = swept.with(at, work.robbed());
            }
        }
        return swept;
    }

    /** What goes to a business server is read from beta, which somebody may have changed. */
    private void stage(World world, int at, Work work, Steps<World> steps) {
        if (!setting.has(Guard.STAGING_PER_EPOCH)) {
            steps.take(step(work, "begins to stage"), () -> world.with(
                            work.place(), world.target(work.place()).sharing(Files.TORN))
                    .with(at, work.at(Stage.STAGING, Staged.TORN)));
            return;
        }
        boolean whole =
                work.place() == World.BETA || world.target(World.BETA).files().equals(Files.of(work.release()));
        send(world, at, work, whole ? Staged.WHOLE : Staged.TORN, steps);
        if (setting.has(Hazard.TARGET_TROUBLE) && !setting.has(Guard.STAGED_VERIFIED)) {
            send(world, at, work, Staged.TORN, steps);
        }
    }

    /** The hashes of what is staged, a last look at the own lease, and the word to publish. */
    private void send(World world, int at, Work work, Staged staged, Steps<World> steps) {
        if (staged == Staged.TORN && setting.has(Guard.STAGED_VERIFIED)) {
            steps.take(
                    step(work, "stages the files, and finds them wrong"),
                    () -> world.with(at, work.ending(Stage.VAIN)));
        } else if (!setting.has(Guard.SELF_STOP) || world.isHeld(work)) {
            String what = staged == Staged.TORN ? "stages damaged files" : "stages and verifies the files";
            steps.take(
                    step(work, what + ", sees that its lease holds, and sends the word to publish"),
                    () -> world.with(at, work.telling().at(Stage.SENT, staged)));
        }
    }

    /** {@code publish.sh} up to its mark. */
    private void begin(World world, int at, Work work, Steps<World> steps) {
        Target target = world.target(work.place());
        boolean gone = setting.has(Guard.STAGING_PER_EPOCH) ? work.staged() == Staged.GONE : target.shared() == 0;
        if (!fenceLets(work, target) || gone) {
            steps.take(
                    step(work, "may not publish: the fence is higher, or what it staged is gone"),
                    () -> world.with(at, work.ending(Stage.VAIN)));
            return;
        }
        steps.take(step(work, "sees that the fence is its own, and publishes the first file"), () -> {
            if (world.isLocked(work.place())) {
                throw new Violation("two publications on %s at once".formatted(Names.of(work.place())));
            }
            World begun = world.with(work.place(), target.raisedTo(Math.max(target.fence(), work.epoch())));
            return setting.has(Guard.TARGET_LOCK)
                    ? publish(begun, work, 1).with(at, work.at(Stage.HALF))
                    : begun.with(at, work.at(Stage.PUBLISHING));
        });
        if (setting.has(Hazard.CUT_PUBLICATION) && target.cutOff() == 0) {
            steps.take(
                    new Step(Cause.HAZARD, Names.of(work), "sets its mark, and the target goes down"),
                    () -> world.with(work.place(), target.cutOffIn(work.release(), work.differing()))
                            .with(at, work.ending(Stage.VAIN)));
        }
    }

    private World publish(World world, Work work, int file) {
        if ((work.differing() & file) == 0) {
            return world;
        }
        requireRight(world, work, work.release());
        requireNotCancelled(world, work.place(), work.release());
        Target target = world.target(work.place());
        Files content = content(work, target);
        Files now =
                file == 1 ? target.files().withX(content.x()) : target.files().withY(content.y());
        return world.with(work.place(), target.with(now));
    }

    private Files content(Work work, Target target) {
        boolean whole;
        int release = work.release();
        if (setting.has(Guard.STAGING_PER_EPOCH)) {
            whole = work.staged() == Staged.WHOLE;
        } else {
            whole = target.shared() != 0 && target.shared() != Files.TORN;
            release = target.shared();
        }
        return whole ? Files.of(release) : new Files(Files.TORN, Files.TORN);
    }

    private static void requireNotCancelled(World world, int place, int release) {
        if (world.release(release).state() == ReleaseState.CANCELLED) {
            throw new Violation("%s is written to for a release that is cancelled".formatted(Names.of(place)));
        }
    }

    private static void requireRight(World world, Work work, int release) {
        if (world.target(work.place()).fence() > work.epoch()) {
            throw new Violation("%s is written to by one who was overtaken there".formatted(Names.of(work.place())));
        }
        if (work.place() != World.BETA && !world.release(release).backup()) {
            throw new Violation("%s is written to before there is a verified backup".formatted(Names.of(work.place())));
        }
    }

    /** The look at the fence right before a publication. */
    private boolean fenceLets(Work work, Target target) {
        if (!setting.has(Guard.FENCE_AT_PUBLICATION) || !setting.has(Guard.FENCE_RAISED)) {
            return true;
        }
        return setting.has(Guard.FENCE_BEFORE_LOOK) ? target.fence() == work.epoch() : target.fence() <= work.epoch();
    }

    private boolean mayLock(World world, Work work) {
        return !setting.has(Guard.TARGET_LOCK) || !world.isLocked(work.place());
    }

    private static Step step(Work work, String what) {
        return new Step(Cause.WORK, Names.of(work), what);
    }
}
