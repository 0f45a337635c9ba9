package org.slipway.modelcheck.release;

import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;
import org.slipway.modelcheck.release.Work.Task;
import org.slipway.modelcheck.search.Step;
import org.slipway.modelcheck.search.Step.Cause;
import org.slipway.modelcheck.search.Steps;

/** The database's clock. How fast it goes is open: a lease may run out at any time after it was taken, or never. */
final class Clock implements Rule {
    private static final Step RUNS_OUT = new Step(Cause.TIME, "database", "the lease of the release runs out");
    private static final Step SERVER_RUNS_OUT =
            new Step(Cause.TIME, "database", "the lease of a business server runs out");
    private static final Step RESTED = new Step(Cause.TIME, "database", "the next try is due");
    private static final Step REVIVES = new Step(Cause.WORK, "worker", "renews a lease that ran out");

    private final Setting setting;

    Clock(Setting setting) {
        this.setting = setting;
    }

    @Override
    public void steps(World world, Steps<World> steps) {
        for (int number = 1; number <= setting.releases(); number++) {
            release(world, number, world.release(number), steps);
        }
        for (int place = 1; place <= setting.servers(); place++) {
            server(world, place, world.server(place), steps);
        }
    }

    private void release(World world, int number, Release release, Steps<World> steps) {
        Lease lease = release.lease();
        boolean beta = release.state() == ReleaseState.BETA_COPYING;
        Task task = beta ? Task.COPY : Task.BACKUP;
        int place = beta ? World.BETA : World.CHOSEN;
        if (Pauses.mayRunOut(world, lease, task, place, setting)) {
            steps.take(RUNS_OUT, () -> world.with(number, release.under(lease.runOut())));
        }
        if (release.resting()) {
            steps.take(RESTED, () -> world.with(number, release.givenBack(false)));
        }
        if (canRevive(world, lease, task, place)) {
            steps.take(REVIVES, () -> world.with(number, release.under(new Lease(lease.epoch(), true))));
        }
    }

    private void server(World world, int place, Server server, Steps<World> steps) {
        Lease lease = server.lease();
        if (server.state() == ServerState.LOCKED && Pauses.mayRunOut(world, lease, Task.COPY, place, setting)) {
            steps.take(SERVER_RUNS_OUT, () -> world.with(place, server.under(lease.runOut())));
        }
        if (server.resting()) {
            steps.take(RESTED, () -> world.with(place, server.resting(false)));
        }
        if (canRevive(world, lease, Task.COPY, place)) {
            steps.take(REVIVES, () -> world.with(place, server.under(new Lease(lease.epoch(), true))));
        }
    }

    /** A renewal before the end changes nothing here: the end may come at any time after it, as before. */
    private boolean canRevive(World world, Lease lease, Task task, int place) {
        return !setting.has(Guard.LEASE_UNTIL)
                && lease.isThere()
                && !lease.running()
                && world.works().stream()
                        .anyMatch(work -> !work.isFree()
                                && !work.orphan()
                                && work.task() == task
                                && work.place() == place
                                && work.epoch() == lease.epoch());
    }
}
