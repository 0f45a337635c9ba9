package org.slipway.modelcheck.release;

import static org.slipway.model.ServerState.COPYING;
import static org.slipway.model.ServerState.ERROR;
import static org.slipway.model.ServerState.IDLE;
import static org.slipway.model.ServerState.LOCKED;
import static org.slipway.model.Service.SERVER_WORKER;

import org.slipway.modelcheck.search.Step;
import org.slipway.modelcheck.search.Steps;

/** The transactions of a server-worker, as its {@code ServerCopies} has them. */
final class ServerCopies implements Rule {
    private static final Step[] CLAIM = onEach("is claimed by a server-worker");
    private static final Step[] GIVE_BACK =
            onEach("is given back: its worker's lease ran out, and the release is being cancelled");

    private final Setting setting;
    private final Moves moves;
    private final Reports reports;

    ServerCopies(Setting setting, Moves moves, Reports reports) {
        this.setting = setting;
        this.moves = moves;
        this.reports = reports;
    }

    @Override
    public void steps(World world, Steps<World> steps) {
        if (setting.has(Guard.SCAN) || (world.hints() & Hint.SERVER_COPIES.bit()) != 0) {
            for (int place = 1; place <= setting.servers(); place++) {
                claim(world, place, steps);
            }
        }
        for (int at = 0; at < world.works().size(); at++) {
            Work work = world.works().get(at);
            if (work.task() == Work.Task.COPY && work.place() != World.BETA && Ends.isReady(work)) {
                report(world, at, work, steps);
            }
        }
    }

    private void claim(World world, int place, Steps<World> steps) {
        Server server = world.server(place);
        if (server.release() == 0) {
            return;
        }
        int number = server.release();
        Release release = world.release(number);
        if (!Claims.isClaimable(server, release, setting)) {
            return;
        }
        if (release.cancel()) {
            steps.take(GIVE_BACK[place], () -> moves.server(world, place, COPYING, number, SERVER_WORKER));
            return;
        }
        int free = world.freeWork();
        if (free < 0) {
            return;
        }
        int epoch = world.nextEpoch(place);
        steps.take(CLAIM[place], () -> {
            World waiting =
                    server.state() == LOCKED ? moves.server(world, place, COPYING, number, SERVER_WORKER) : world;
            World locked = moves.server(waiting, place, LOCKED, number, SERVER_WORKER);
            return locked.with(place, locked.server(place).under(new Lease(epoch, true)))
                    .unfenced(place, true)
                    .with(
                            free,
                            Work.begun(
                                    Work.Task.COPY,
                                    place,
                                    number,
                                    epoch,
                                    world.target(place).unfenced()));
        });
    }

    private void report(World world, int at, Work work, Steps<World> steps) {
        int place = work.place();
        World over = world.with(at, Work.NONE).unfenced(place, work.leaves() && work.stage() != Work.Stage.DONE);
        Server server = world.server(place);
        if (!reports.counts(world, at, work, server.lease(), steps)) {
            return;
        }
        int number = work.release();
        switch (work.stage()) {
            case DONE ->
                steps.take(Ends.reported(work), () -> {
                    Reports.requireTrue(world, work);
                    World moved = moves.server(over, place, IDLE, number, SERVER_WORKER);
                    return moved.with(place, moved.server(place).having(number));
                });
            default -> {
                boolean fenced = !over.target(place).unfenced() || !setting.has(Guard.FENCED_OFF);
                boolean letsGo = fenced && world.release(number).cancel() && setting.has(Guard.CANCEL_AT_REPORT);
                steps.take(Ends.reported(work), () -> moves.server(over, place, ERROR, number, SERVER_WORKER));
                steps.take(Ends.TRIED_AGAIN, () -> waiting(over, place, number, true));
                steps.take(
                        Ends.GIVEN_BACK,
                        () -> letsGo
                                ? moves.server(over, place, IDLE, number, SERVER_WORKER)
                                : waiting(over, place, number, false));
            }
        }
    }

    private World waiting(World world, int place, int number, boolean rests) {
        World moved = moves.server(world, place, COPYING, number, SERVER_WORKER);
        return moved.with(place, moved.server(place).resting(rests));
    }

    private static Step[] onEach(String what) {
        Step[] steps = new Step[4];
        for (int place = 0; place < steps.length; place++) {
            steps[place] = new Step(Step.Cause.WORK, Names.of(place), what);
        }
        return steps;
    }
}
