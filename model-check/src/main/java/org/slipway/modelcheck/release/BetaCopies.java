package org.slipway.modelcheck.release;

import static org.slipway.model.ReleaseState.BETA_COPIED;
import static org.slipway.model.ReleaseState.BETA_COPYING;
import static org.slipway.model.ReleaseState.BETA_COPY_FAILED;
import static org.slipway.model.ReleaseState.CANCELLED;
import static org.slipway.model.Service.BETA_WORKER;

import org.slipway.modelcheck.search.Step;
import org.slipway.modelcheck.search.Steps;

/** The transactions of the beta-worker, as its {@code BetaCopies} has them. */
final class BetaCopies implements Rule {
    private static final Step CANCEL = work("finds a release that is to be cancelled, and cancels it");
    private static final Step CLAIM = work("claims the release");

    private final Setting setting;
    private final Moves moves;
    private final Reports reports;

    BetaCopies(Setting setting, Moves moves, Reports reports) {
        this.setting = setting;
        this.moves = moves;
        this.reports = reports;
    }

    @Override
    public void steps(World world, Steps<World> steps) {
        if (setting.has(Guard.SCAN) || (world.hints() & Hint.BETA_COPIES.bit()) != 0) {
            for (int number = 1; number <= setting.releases(); number++) {
                claim(world, number, steps);
            }
        }
        for (int at = 0; at < world.works().size(); at++) {
            Work work = world.works().get(at);
            if (work.task() == Work.Task.COPY && work.place() == World.BETA && Ends.isReady(work)) {
                report(world, at, work, steps);
            }
        }
    }

    private void claim(World world, int number, Steps<World> steps) {
        Release release = world.release(number);
        if (release.state() != BETA_COPYING || !Claims.isClaimable(release, setting)) {
            return;
        }
        if (release.cancel()) {
            if (!isUnfenced(world)) {
                steps.take(CANCEL, () -> moves.release(world, number, CANCELLED, BETA_WORKER));
            }
            return;
        }
        int free = world.freeWork();
        if (free >= 0) {
            int epoch = world.nextEpoch(World.BETA);
            boolean unfenced = world.target(World.BETA).unfenced();
            steps.take(CLAIM, () -> world.with(number, release.under(new Lease(epoch, true)))
                    .unfenced(World.BETA, true)
                    .with(free, Work.begun(Work.Task.COPY, World.BETA, number, epoch, unfenced)));
        }
    }

    private void report(World world, int at, Work work, Steps<World> steps) {
        World over = world.with(at, Work.NONE).unfenced(World.BETA, work.leaves() && work.stage() != Work.Stage.DONE);
        int number = work.release();
        Release release = world.release(number);
        if (!reports.counts(world, at, work, release.lease(), steps)) {
            return;
        }
        boolean cancels = release.cancel() && setting.has(Guard.CANCEL_AT_REPORT);
        if (cancels) {
            steps.take(
                    Ends.reported(work),
                    () -> isUnfenced(over)
                            ? over.with(number, release.givenBack(false))
                            : moves.release(over, number, CANCELLED, BETA_WORKER));
            return;
        }
        switch (work.stage()) {
            case DONE ->
                steps.take(Ends.reported(work), () -> {
                    Reports.requireTrue(world, work);
                    return moves.release(over, number, BETA_COPIED, BETA_WORKER);
                });
            default -> {
                steps.take(Ends.reported(work), () -> moves.release(over, number, BETA_COPY_FAILED, BETA_WORKER));
                steps.take(Ends.TRIED_AGAIN, () -> over.with(number, release.givenBack(true)));
                steps.take(Ends.GIVEN_BACK, () -> over.with(number, release.givenBack(false)));
            }
        }
    }

    private boolean isUnfenced(World world) {
        return world.target(World.BETA).unfenced() && setting.has(Guard.FENCED_OFF);
    }

    private static Step work(String what) {
        return new Step(Step.Cause.WORK, "beta-worker", what);
    }
}
