package org.slipway.modelcheck.release;

import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;
import org.slipway.modelcheck.release.Work.Stage;
import org.slipway.modelcheck.release.Work.Task;
import org.slipway.modelcheck.search.Step;
import org.slipway.modelcheck.search.Steps;

/**
 * The transactions around a target that is fenced off before its release is cancelled, as {@code FenceOffs} has them. There is no lease:
 * several may do it at once. What is done on the target is {@code prepare.sh}, as at the beginning of a copy.
 */
final class Fencing implements Rule {
    private static final Step CLAIM =
            new Step(Step.Cause.WORK, "fencing off", "takes a target of a release to be cancelled");
    private static final Step NOT_YET = new Step(Step.Cause.WORK, "fencing off", "failed, and is tried again");

    private final Setting setting;

    Fencing(Setting setting) {
        this.setting = setting;
    }

    @Override
    public void steps(World world, Steps<World> steps) {
        if (setting.has(Guard.SCAN) || world.hints() != 0) {
            for (int number = 1; number <= setting.releases(); number++) {
                for (int place = 0; place <= setting.servers(); place++) {
                    claim(world, number, place, steps);
                }
            }
        }
        for (int at = 0; at < world.works().size(); at++) {
            Work work = world.works().get(at);
            if (work.task() == Task.FENCE && Ends.isReady(work)) {
                report(world, at, work, steps);
            }
        }
    }

    private static void claim(World world, int number, int place, Steps<World> steps) {
        int free = world.freeWork();
        if (free >= 0
                && isWanted(world, place, number)
                && !world.release(number).lease().running()) {
            int epoch = world.nextEpoch(place);
            steps.take(CLAIM, () -> world.with(free, Work.begun(Task.FENCE, place, number, epoch, true)));
        }
    }

    private static void report(World world, int at, Work work, Steps<World> steps) {
        World over = world.with(at, Work.NONE);
        if (work.stage() == Stage.DONE && isWanted(world, work.place(), work.release())) {
            steps.take(Ends.reported(work), () -> over.unfenced(work.place(), false));
        } else {
            steps.take(NOT_YET, () -> over);
        }
    }

    /** Whether a target is to be fenced off for a release: it is to be cancelled, and nobody holds the target who may publish there. */
    static boolean isWanted(World world, int place, int number) {
        Release release = world.release(number);
        if (!release.cancel() || !release.isUnfinished() || !world.target(place).unfenced()) {
            return false;
        }
        return place == World.BETA
                ? release.state() == ReleaseState.BETA_COPYING
                : release.state() != ReleaseState.BETA_COPYING
                        && world.server(place).state() != ServerState.LOCKED;
    }
}
