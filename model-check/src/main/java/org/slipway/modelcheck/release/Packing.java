package org.slipway.modelcheck.release;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;

/**
 * Writes a world down in three longs, in the one way in which all worlds are written down that no step and no invariant tells apart:
 *
 * <ul>
 *   <li>Which replica does a piece of work does not matter, as any may take any: works are sorted.
 *   <li>Epochs are only ever compared, and only those that meet on one target: on each they are counted anew, from 1.
 *   <li>A fence below every epoch in flight, and one that was never raised, let the same ones pass: those in flight and those to come.
 *   <li>A lease of which the holder is gone is nobody's, under whatever epoch.
 *   <li>Work is over as soon as nothing can come of it: its lease is lost, and the fence, or its own look at the lease, keeps it from
 *       writing. It would only take up room that other work could have.
 *   <li>Whether one that holds nothing any more would leave the target unfenced is not asked.
 *   <li>Once no backup is taken any more, the two business servers are alike.
 *   <li>Of a finished release nobody asks who has it, or whether it was to be cancelled.
 * </ul>
 */
final class Packing {
    static final int WORDS = 3;
    private static final int WORK_BITS = 19;
    private static final ReleaseState[] RELEASE_STATES = ReleaseState.values();
    private static final ServerState[] SERVER_STATES = ServerState.values();
    private static final Work.Task[] TASKS = Work.Task.values();
    private static final Work.Stage[] STAGES = Work.Stage.values();
    private static final Work.Staged[] STAGED = Work.Staged.values();

    private final Setting setting;
    private final boolean reduces;
    private final long[] works;
    private final int[] epochs;
    private final long[] other = new long[WORDS];

    Packing(Setting setting) {
        this.setting = setting;
        this.reduces = setting.reduces();
        this.works = new long[setting.works()];
        this.epochs = new int[setting.works() + 1];
    }

    void pack(World full, long[] into) {
        World world = reduces ? withoutSpent(full) : full;
        packAsIs(world, into);
        if (serversAreAlike(world)) {
            packAsIs(swapped(world), other);
            if (Arrays.compare(other, into) < 0) {
                System.arraycopy(other, 0, into, 0, WORDS);
            }
        }
    }

    /** Whether the business server that is backed up is like the other one: no backup is being taken, and none will be any more. */
    private boolean serversAreAlike(World world) {
        if (setting.servers() != 2
                || !reduces
                || !world.release(setting.releases()).backup()) {
            return false;
        }
        for (Work work : world.works()) {
            if (work.task() == Work.Task.BACKUP) {
                return false;
            }
        }
        return true;
    }

    private static World withoutSpent(World world) {
        World left = world;
        for (int at = 0; at < world.works().size(); at++) {
            Work work = world.works().get(at);
            if (!work.isFree() && isSpent(world, work)) {
                left = left.with(at, Work.NONE);
            }
        }
        return left;
    }

    /** Whether all that a piece of work still can do is to end, and nobody will see it. What is lost of a lease never comes back. */
    private static boolean isSpent(World world, Work work) {
        boolean refused = world.target(work.place()).fence() > work.epoch();
        if (work.task() == Work.Task.FENCE) {
            return switch (work.stage()) {
                case CLAIMED -> refused || !Fencing.isWanted(world, work.place(), work.release());
                case DONE -> !Fencing.isWanted(world, work.place(), work.release());
                case FREE, RAISED, STAGING, STAGED, SENT, PUBLISHING, HALF, VAIN -> true;
            };
        }
        if (work.orphan()) {
            return refused && work.stage() == Work.Stage.SENT;
        }
        if (world.isHeld(work)) {
            return false;
        }
        return switch (work.stage()) {
            case CLAIMED, SENT -> refused;
            case RAISED, STAGING, DONE, VAIN -> true;
            case FREE, STAGED, PUBLISHING, HALF -> false;
        };
    }

    private static World swapped(World world) {
        List<Target> targets = world.targets();
        return new World(
                world.releases(),
                world.servers().reversed(),
                List.of(targets.get(0), targets.get(2), targets.get(1)),
                world.works().stream()
                        .map(work -> work.isFree() || work.place() == World.BETA ? work : work.on(3 - work.place()))
                        .toList(),
                world.pending(),
                world.hints());
    }

    private void packAsIs(World world, long[] into) {
        Bits rows = new Bits(0);
        int finished = 0;
        for (int number = 1; number <= setting.releases(); number++) {
            Release release = world.release(number);
            boolean over = release.state() != null && !release.isUnfinished();
            finished |= over ? Server.bit(number) : 0;
            int place = release.state() == ReleaseState.BETA_COPYING ? World.BETA : World.CHOSEN;
            rows.put(4, ordinal(release.state()));
            rows.put(1, release.cancel() && !over ? 1 : 0);
            rows.put(1, release.backup() ? 1 : 0);
            put(rows, world, place, release.lease());
            rows.put(1, release.resting() ? 1 : 0);
        }
        for (int place = 1; place <= setting.servers(); place++) {
            Server server = world.server(place);
            rows.put(2, server.state().ordinal());
            rows.put(2, server.release());
            put(rows, world, place, server.lease());
            rows.put(1, server.resting() ? 1 : 0);
            rows.put(2, server.done() & ~finished);
        }
        Pending pending = world.pending();
        rows.put(2, pending.release());
        rows.put(4, ordinal(pending.from()));
        rows.put(1, pending.cancel() ? 1 : 0);
        rows.put(4, ordinal(pending.to()));
        rows.put(Hint.values().length, world.hints());
        into[0] = rows.all();

        Bits targets = new Bits(0);
        for (int place = 0; place <= setting.servers(); place++) {
            Target target = world.target(place);
            targets.put(3, rankOfFence(world, place));
            targets.put(2, target.files().x());
            targets.put(2, target.files().y());
            targets.put(2, target.cutOff());
            targets.put(2, target.left());
            targets.put(2, target.shared());
            targets.put(1, target.unfenced() ? 1 : 0);
        }
        into[1] = targets.all();

        for (int at = 0; at < works.length; at++) {
            works[at] = packed(world, world.works().get(at));
        }
        Arrays.sort(works);
        into[2] = 0;
        for (long work : works) {
            into[2] = into[2] << WORK_BITS | work;
        }
    }

    World unpack(long[] packed) {
        Bits rows = new Bits(packed[0]);
        List<Release> releases = new ArrayList<>(setting.releases());
        for (int number = 1; number <= setting.releases(); number++) {
            releases.add(new Release(
                    releaseState(rows.take(4)),
                    rows.take(1) == 1,
                    rows.take(1) == 1,
                    new Lease(rows.take(3), rows.take(1) == 1),
                    rows.take(1) == 1));
        }
        List<Server> servers = new ArrayList<>(setting.servers());
        for (int place = 1; place <= setting.servers(); place++) {
            servers.add(new Server(
                    SERVER_STATES[rows.take(2)],
                    rows.take(2),
                    new Lease(rows.take(3), rows.take(1) == 1),
                    rows.take(1) == 1,
                    rows.take(2)));
        }
        Pending pending =
                new Pending(rows.take(2), releaseState(rows.take(4)), rows.take(1) == 1, releaseState(rows.take(4)));
        int hints = rows.take(Hint.values().length);

        Bits heard = new Bits(packed[1]);
        List<Target> targets = new ArrayList<>(setting.servers() + 1);
        for (int place = 0; place <= setting.servers(); place++) {
            targets.add(new Target(
                    heard.take(3),
                    new Files(heard.take(2), heard.take(2)),
                    heard.take(2),
                    heard.take(2),
                    heard.take(2),
                    heard.take(1) == 1));
        }

        List<Work> inFlight = new ArrayList<>(setting.works());
        for (int at = 0; at < setting.works(); at++) {
            Bits work = new Bits(packed[2] >>> (WORK_BITS * at) & (1 << WORK_BITS) - 1);
            inFlight.add(new Work(
                    TASKS[work.take(2)],
                    work.take(2),
                    work.take(2),
                    work.take(3),
                    STAGES[work.take(4)],
                    STAGED[work.take(2)],
                    work.take(2),
                    work.take(1) == 1,
                    work.take(1) == 1));
        }
        return new World(
                List.copyOf(releases),
                List.copyOf(servers),
                List.copyOf(targets),
                List.copyOf(inFlight),
                pending,
                hints);
    }

    private long packed(World world, Work work) {
        if (work.isFree()) {
            return 0;
        }
        Bits bits = new Bits(0);
        bits.put(2, work.task().ordinal());
        bits.put(2, work.place());
        bits.put(2, work.release());
        bits.put(3, rank(world, work.place(), work.epoch()));
        bits.put(4, work.stage().ordinal());
        bits.put(2, refusedAnyway(world, work) ? 0 : work.staged().ordinal());
        bits.put(2, work.differing());
        bits.put(1, work.orphan() ? 1 : 0);
        bits.put(1, work.leaves() && (!reduces || world.isHeld(work)) ? 1 : 0);
        return bits.all();
    }

    /** A publication that the fence will refuse: whether what was staged for it is still there makes no difference. */
    private boolean refusedAnyway(World world, Work work) {
        return work.task() == Work.Task.COPY
                && work.stage() == Work.Stage.SENT
                && reduces
                && world.target(work.place()).fence() > work.epoch();
    }

    private void put(Bits bits, World world, int place, Lease lease) {
        bits.put(
                3,
                !lease.isThere()
                        ? 0
                        : isInFlight(world, place, lease.epoch()) ? rank(world, place, lease.epoch()) : Lease.NOBODYS);
        bits.put(1, lease.running() ? 1 : 0);
    }

    private int rankOfFence(World world, int place) {
        int fence = world.target(place).fence();
        for (Work work : world.works()) {
            if (!work.isFree() && work.place() == place && work.epoch() <= fence) {
                return rank(world, place, fence);
            }
        }
        return 0;
    }

    /** How many epochs that matter on this target are not above this one. */
    private int rank(World world, int place, int epoch) {
        int size = 0;
        boolean fenceMatters = false;
        int fence = world.target(place).fence();
        for (Work work : world.works()) {
            if (!work.isFree() && work.place() == place) {
                fenceMatters |= work.epoch() <= fence;
                size = addIfNew(size, work.epoch());
            }
        }
        if (fenceMatters) {
            size = addIfNew(size, fence);
        }
        int rank = 0;
        for (int i = 0; i < size; i++) {
            rank += epochs[i] <= epoch ? 1 : 0;
        }
        return rank;
    }

    private int addIfNew(int size, int epoch) {
        for (int i = 0; i < size; i++) {
            if (epochs[i] == epoch) {
                return size;
            }
        }
        epochs[size] = epoch;
        return size + 1;
    }

    private static boolean isInFlight(World world, int place, int epoch) {
        for (Work work : world.works()) {
            if (!work.isFree() && work.place() == place && work.epoch() == epoch) {
                return true;
            }
        }
        return false;
    }

    private static int ordinal(@Nullable ReleaseState state) {
        return state == null ? 0 : state.ordinal() + 1;
    }

    private static @Nullable ReleaseState releaseState(int ordinal) {
        return ordinal == 0 ? null : RELEASE_STATES[ordinal - 1];
    }

    /** A long, filled from its low end, or read from there. */
    private static final class Bits {
        private long bits;
        private int at;

        Bits(long bits) {
            this.bits = bits;
        }

        void put(int width, long value) {
            bits |= value << at;
            at += width;
        }

        int take(int width) {
            int value = (int) (bits >>> at & (1L << width) - 1);
            at += width;
            return value;
        }

        long all() {
            return bits;
        }
    }
}
