package org.slipway.modelcheck.release;

import java.util.List;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;

/**
 * All that is, at one moment: the rows of the database, the targets, the work in flight.
 *
 * @param releases the releases by their number, from 1
 * @param servers the business servers by their place, from 1
 * @param targets beta at place 0, then the business servers
 * @param works those in flight, and {@link Work#NONE} for each that could be
 * @param hints which services have a hint to look at; only where they do not look by themselves
 */
record World(
        List<Release> releases,
        List<Server> servers,
        List<Target> targets,
        List<Work> works,
        Pending pending,
        int hints) {

    /** The place of beta. */
    static final int BETA = 0;

    /** The place of the business server that is backed up. */
    static final int CHOSEN = 1;

    Release release(int number) {
        return releases.get(number - 1);
    }

    Server server(int place) {
        return servers.get(place - 1);
    }

    Target target(int place) {
        return targets.get(place);
    }

    World with(int number, Release release) {
        return new World(set(releases, number - 1, release), servers, targets, works, pending, hints);
    }

    World with(int place, Server server) {
        return new World(releases, set(servers, place - 1, server), targets, works, pending, hints);
    }

    World with(int place, Target target) {
        return new World(releases, servers, set(targets, place, target), works, pending, hints);
    }

    World with(int at, Work work) {
        return new World(releases, servers, targets, set(works, at, work), pending, hints);
    }

    World with(Pending next) {
        return new World(releases, servers, targets, works, next, hints);
    }

    World hinting(int next) {
        return new World(releases, servers, targets, works, pending, next);
    }

    /** Where another piece of work can be taken up; -1 where all are busy. */
    int freeWork() {
        for (int at = 0; at < works.size(); at++) {
            if (works.get(at).isFree()) {
                return at;
            }
        }
        return -1;
    }

    /** Whether some script has the lock of a target. */
    boolean isLocked(int place) {
        for (Work work : works) {
            if (work.isPublishing() && work.place() == place) {
                return true;
            }
        }
        return false;
    }

    /** An epoch above every one that this target, or anyone who writes to it, has seen. */
    int nextEpoch(int place) {
        int highest = target(place).fence();
        for (Work work : works) {
            if (!work.isFree() && work.place() == place) {
                highest = Math.max(highest, work.epoch());
            }
        }
        return highest + 1;
    }

    /** Whether there is a target on which somebody may still publish of whom nobody can say that he has come to his end. */
    boolean isAnyUnfenced() {
        for (Target target : targets) {
            if (target.unfenced()) {
                return true;
            }
        }
        return false;
    }

    World unfenced(int place, boolean now) {
        return with(place, target(place).unfenced(now));
    }

    /** The lease that a piece of work was begun under, if the row still is in the state that it was taken in. */
    Lease leaseOf(Work work) {
        if (work.task() == Work.Task.COPY && work.place() != BETA) {
            Server server = server(work.place());
            return server.state() == ServerState.LOCKED ? server.lease() : Lease.NONE;
        }
        ReleaseState state =
                work.task() == Work.Task.COPY ? ReleaseState.BETA_COPYING : ReleaseState.PRODUCTION_BACKING_UP;
        Release release = release(work.release());
        return release.state() == state ? release.lease() : Lease.NONE;
    }

    /** Whether the lease of a piece of work is still its own, and still runs. */
    boolean isHeld(Work work) {
        Lease lease = leaseOf(work);
        return lease.epoch() == work.epoch() && lease.running();
    }

    @SuppressWarnings("unchecked")
    private static <T> List<T> set(List<T> list, int at, T value) {
        Object[] all = list.toArray();
        all[at] = value;
        return (List<T>) List.of(all);
    }
}
