package org.slipway.modelcheck.release;

import static org.slipway.model.ReleaseState.PRODUCTION_BACKING_UP;
import static org.slipway.model.ReleaseState.PRODUCTION_COPYING;
import static org.slipway.model.ReleaseState.PRODUCTION_FAILED;
import static org.slipway.model.ReleaseState.PRODUCTION_REQUESTED;
import static org.slipway.model.ServerState.COPYING;
import static org.slipway.model.Service.PROD_COORDINATOR;

import org.slipway.modelcheck.release.Work.Stage;
import org.slipway.modelcheck.search.Step;
import org.slipway.modelcheck.search.Steps;

/** The transactions of the prod-coordinator around a backup, as its {@code Productions} has them. */
final class Backups implements Rule {
    private static final Step CANCEL = work("finds a release that is to be cancelled, and cancels it");
    private static final Step CLAIM = work("claims the release for its backup");
    private static final Step CLAIM_WITH_BACKUP = work("claims the release; its backup is there already");

    private final Setting setting;
    private final Moves moves;
    private final Reports reports;
    private final Settling settling;

    Backups(Setting setting, Moves moves, Reports reports, Settling settling) {
        this.setting = setting;
        this.moves = moves;
        this.reports = reports;
        this.settling = settling;
    }

    @Override
    public void steps(World world, Steps<World> steps) {
        if (setting.has(Guard.SCAN) || (world.hints() & Hint.BACKUPS.bit()) != 0) {
            for (int number = 1; number <= setting.releases(); number++) {
                claim(world, number, steps);
            }
        }
        for (int at = 0; at < world.works().size(); at++) {
            Work work = world.works().get(at);
            if (work.task() == Work.Task.BACKUP && Ends.isReady(work)) {
                report(world, at, work, steps);
            }
        }
    }

    private void claim(World world, int number, Steps<World> steps) {
        Release release = world.release(number);
        boolean waits = release.state() == PRODUCTION_REQUESTED || release.state() == PRODUCTION_BACKING_UP;
        if (!waits || !Claims.isClaimable(release, setting)) {
            return;
        }
        if (release.cancel()) {
            if (!settling.isAnyUnfenced(world)) {
                steps.take(CANCEL, () -> settling.letGoAndCancel(world, number));
            }
            return;
        }
        int free = world.freeWork();
        if (free < 0) {
            return;
        }
        int epoch = world.nextEpoch(World.CHOSEN);
        boolean unfenced = world.target(World.CHOSEN).unfenced();
        Work work = Work.begun(Work.Task.BACKUP, World.CHOSEN, number, epoch, unfenced);
        boolean nothingToTake =
                (release.backup() && setting.has(Guard.BACKUP_KEPT)) || !setting.has(Guard.BACKUP_FIRST);
        steps.take(nothingToTake ? CLAIM_WITH_BACKUP : CLAIM, () -> {
            World moved = release.state() == PRODUCTION_REQUESTED
                    ? moves.release(world, number, PRODUCTION_BACKING_UP, PROD_COORDINATOR)
                    : world;
            return moved.with(number, moved.release(number).under(new Lease(epoch, true)))
                    .unfenced(World.CHOSEN, unfenced || !nothingToTake)
                    .with(free, nothingToTake ? work.at(Stage.DONE) : work);
        });
    }

    private void report(World world, int at, Work work, Steps<World> steps) {
        World over = world.with(at, Work.NONE);
        int number = work.release();
        Release release = world.release(number);
        if (!reports.counts(world, at, work, release.lease(), steps)) {
            return;
        }
        boolean taken = work.stage() == Stage.DONE && work.staged() != Work.Staged.NOTHING;
        Release told = taken ? release.backedUp() : release;
        World recorded = over.with(number, told).unfenced(World.CHOSEN, work.leaves() && !taken);
        if (release.cancel() && setting.has(Guard.CANCEL_AT_REPORT)) {
            steps.take(
                    Ends.reported(work),
                    () -> settling.isAnyUnfenced(recorded)
                            ? settling.letGo(recorded.with(number, told.givenBack(false)), number)
                            : settling.letGoAndCancel(recorded, number));
            return;
        }
        switch (work.stage()) {
            case DONE -> steps.take(Ends.reported(work), () -> copying(recorded, number));
            default -> {
                steps.take(
                        Ends.reported(work),
                        () -> moves.release(recorded, number, PRODUCTION_FAILED, PROD_COORDINATOR));
                steps.take(Ends.TRIED_AGAIN, () -> recorded.with(number, told.givenBack(true)));
                steps.take(Ends.GIVEN_BACK, () -> recorded.with(number, told.givenBack(false)));
            }
        }
    }

    /** Every business server that still needs the release is to be copied. */
    private World copying(World world, int number) {
        World next = moves.release(world, number, PRODUCTION_COPYING, PROD_COORDINATOR);
        for (int place = 1; place <= setting.servers(); place++) {
            if (!next.server(place).has(number)) {
                next = moves.server(next, place, COPYING, number, PROD_COORDINATOR);
            }
        }
        return next;
    }

    private static Step work(String what) {
        return new Step(Step.Cause.WORK, "prod-coordinator", what);
    }
}
