package org.slipway.modelcheck.release;

/** What it means that nothing is paused: no holder, and no script that it began, is slower than its lease. */
final class Pauses {

    /** Whether the process of this work would go on by itself: one that is not paused has stopped before its lease can run out. */
    static boolean mayGoOn(World world, Work work, Setting setting) {
        boolean stops = setting.has(Guard.SELF_STOP) && !setting.has(Hazard.PAUSE);
        if (stops && work.task() == Work.Task.FENCE) {
            return Fencing.isWanted(world, work.place(), work.release());
        }
        return !stops || work.isOnTarget() || world.isHeld(work);
    }

    /** Whether this lease can run out now: not while its holder, having seen that it holds, is about to publish. */
    static boolean mayRunOut(World world, Lease lease, Work.Task task, int place, Setting setting) {
        if (!lease.running()) {
            return false;
        }
        if (setting.has(Hazard.PAUSE) || !setting.has(Guard.SELF_STOP)) {
            return true;
        }
        for (Work work : world.works()) {
            if (work.isOnTarget() && work.task() == task && work.place() == place && work.epoch() == lease.epoch()) {
                return false;
            }
        }
        return true;
    }

    private Pauses() {}
}
