package org.slipway.modelcheck.sftp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slipway.modelcheck.search.Model;
import org.slipway.modelcheck.search.Step;
import org.slipway.modelcheck.search.Step.Cause;
import org.slipway.modelcheck.search.Steps;
import org.slipway.modelcheck.search.Violation;
import org.slipway.modelcheck.sftp.Writer.Next;

/**
 * Writers, one after the other as their leases are lost, on a target without a lock. Each request is a step, and between two of them
 * a writer may stand still for as long as it likes. What a later writer has published stays: that is what is looked for here.
 */
public final class SftpModel implements Model<Host> {
    private final int writers;
    private final Set<SftpGuard> without;

    /**
     * A model in which every guard holds but these.
     *
     * @param writers how many there are in all; at most 3
     */
    public SftpModel(int writers, Set<SftpGuard> without) {
        this.writers = writers;
        this.without = Set.copyOf(without);
    }

    @Override
    public Host start() {
        return new Host(
                0, 0, 0, Collections.nCopies(writers, Writer.UNBORN), Collections.nCopies(writers, Staging.NONE));
    }

    @Override
    public void steps(Host host, Steps<Host> steps) {
        for (int epoch = 1; epoch <= writers; epoch++) {
            Writer writer = host.writer(epoch);
            int it = epoch;
            if (writer.next() == Next.CLAIM) {
                if (epoch == 1 || host.writer(epoch - 1).next() != Next.CLAIM) {
                    steps.take(step(it, "claims the target"), () -> host.with(it, writer.then(Next.READ_FENCE)));
                }
            } else if (!writer.isOver()) {
                steps.take(step(it, what(writer)), () -> after(host, it, writer));
                steps.take(new Step(Cause.HAZARD, "writer " + it, "dies"), () -> host.with(it, writer.then(Next.VAIN)));
            }
        }
    }

    private Host after(Host host, int epoch, Writer writer) {
        return switch (writer.next()) {
            case CLAIM, DONE, VAIN -> throw new IllegalStateException("no step");
            case READ_FENCE -> {
                boolean refused = host.fence() > epoch && has(SftpGuard.FENCE_RAISED);
                boolean raises = host.fence() < epoch && has(SftpGuard.FENCE_RAISED);
                yield refused
                        ? vain(host, epoch)
                        : host.with(epoch, raises ? writer.then(Next.RAISE_FENCE) : writer.turningTo(1));
            }
            case RAISE_FENCE -> host.fence(epoch).with(epoch, writer.then(Next.CHECK_RAISED));
            case CHECK_RAISED -> host.fence() == epoch ? host.with(epoch, writer.turningTo(1)) : vain(host, epoch);
            case LOOK_FOR_MARK -> {
                if (writer.at() > writers) {
                    yield host.with(epoch, writer.then(Next.STAGE));
                }
                Staging staging = host.staging(writer.at());
                if (!staging.isThere() || !has(SftpGuard.TAKEN_OUT_OF_REACH)) {
                    yield host.with(epoch, writer.turningTo(writer.at() + 1));
                }
                yield host.with(epoch, writer.then(staging.marked() ? Next.TAKE_OVER : Next.TAKE_AWAY));
            }
            case TAKE_AWAY -> host.with(writer.at(), Staging.NONE).with(epoch, writer.turningTo(writer.at() + 1));
            case TAKE_OVER -> takeOver(host, epoch, writer);
            case CHECK_TAKEN ->
                fenceLets(host, epoch) || !has(SftpGuard.FENCE_BEHIND_TAKEOVER)
                        ? host.with(epoch, writer.then(Next.FINISH_FIRST))
                        : vain(host, epoch);
            case STAGE -> host.with(epoch, Staging.full(epoch)).with(epoch, writer.then(Next.LOOK_AT_LEASE));
            case LOOK_AT_LEASE ->
                host.isOvertaken(epoch) && has(SftpGuard.SELF_STOP)
                        ? vain(host, epoch)
                        : host.with(epoch, writer.then(Next.READ_FENCE_BEFORE_MARK));
            case READ_FENCE_BEFORE_MARK ->
                fenceLets(host, epoch) ? host.with(epoch, writer.then(Next.MARK)) : vain(host, epoch);
            case MARK ->
                host.staging(epoch).isThere()
                        ? host.with(epoch, host.staging(epoch).mark(true))
                                .with(epoch, writer.then(Next.READ_FENCE_BEHIND_MARK))
                        : vain(host, epoch);
            case READ_FENCE_BEHIND_MARK ->
                fenceLets(host, epoch) || !has(SftpGuard.FENCE_BEHIND_MARK)
                        ? host.with(epoch, writer.then(Next.PUBLISH_FIRST))
                        : vain(host.with(epoch, host.staging(epoch).mark(false)), epoch);
            case FINISH_FIRST -> publish(host, epoch, true, true, Next.FINISH_SECOND);
            case FINISH_SECOND -> emptied(publish(host, epoch, false, true, Next.READ_FENCE), epoch);
            case PUBLISH_FIRST -> publish(host, epoch, true, false, Next.PUBLISH_SECOND);
            case PUBLISH_SECOND -> emptied(publish(host, epoch, false, false, Next.DONE), epoch);
        };
    }

    /** A publication that was cut off is taken under the own name, so that whoever began it finds nothing of it. */
    private Host takeOver(Host host, int epoch, Writer writer) {
        Staging staging = host.staging(writer.at());
        return staging.isThere()
                ? host.with(writer.at(), Staging.NONE).with(epoch, staging).with(epoch, writer.then(Next.CHECK_TAKEN))
                : vain(host, epoch);
    }

    /** Moves a file from the own directory into the project, or passes over one that is not in it, where that may be. */
    private Host publish(Host host, int epoch, boolean firstFile, boolean mayBeGone, Next next) {
        Staging staging = host.staging(epoch);
        boolean there = staging.isThere() && (firstFile ? staging.first() : staging.second());
        if (!there) {
            return staging.isThere() && mayBeGone
                    ? host.with(epoch, host.writer(epoch).then(next))
                    : vain(host, epoch);
        }
        int before = firstFile ? host.first() : host.second();
        if (before > staging.whose()) {
            throw new Violation("writer %d puts the file of writer %d over that of writer %d"
                    .formatted(epoch, staging.whose(), before));
        }
        return host.having(firstFile, staging.whose())
                .with(epoch, staging.without(firstFile))
                .with(epoch, host.writer(epoch).then(next));
    }

    private static Host emptied(Host host, int epoch) {
        return host.writer(epoch).next() == Next.VAIN ? host : host.with(epoch, Staging.NONE);
    }

    private boolean fenceLets(Host host, int epoch) {
        return host.fence() == epoch || !has(SftpGuard.FENCE_RAISED);
    }

    private static Host vain(Host host, int epoch) {
        return host.with(epoch, host.writer(epoch).then(Next.VAIN));
    }

    /** Whoever is done has the target as it shall be, until a later one publishes. */
    @Override
    public @Nullable String broken(Host host) {
        for (int epoch = writers; epoch >= 1; epoch--) {
            if (host.writer(epoch).next() == Next.DONE && (host.first() < epoch || host.second() < epoch)) {
                return "writer %d is done, and the target has not what it published".formatted(epoch);
            }
        }
        return null;
    }

    @Override
    public boolean settled(Host host) {
        return host.writers().stream().allMatch(writer -> writer.isOver() || writer.next() == Next.CLAIM);
    }

    @Override
    public int words() {
        return 1;
    }

    @Override
    public void pack(Host host, long[] into) {
        long bits = (long) host.fence() << 4 | host.first() << 2 | host.second();
        for (int epoch = 1; epoch <= writers; epoch++) {
            Writer writer = host.writer(epoch);
            Staging staging = host.staging(epoch);
            bits = bits << 5 | writer.next().ordinal();
            bits = bits << 3 | (writer.isOver() ? 0 : writer.at());
            bits = bits << 5
                    | staging.whose() << 3
                    | (staging.marked() ? 4 : 0)
                    | (staging.first() ? 2 : 0)
                    | (staging.second() ? 1 : 0);
        }
        into[0] = bits;
    }

    @Override
    public Host unpack(long[] packed) {
        long bits = packed[0];
        List<Writer> all = new ArrayList<>();
        List<Staging> stagings = new ArrayList<>();
        for (int epoch = writers; epoch >= 1; epoch--) {
            int staging = (int) bits & 31;
            stagings.addFirst(new Staging(staging >> 3, (staging & 4) != 0, (staging & 2) != 0, (staging & 1) != 0));
            all.addFirst(new Writer(Next.values()[(int) (bits >> 8) & 31], (int) (bits >> 5) & 7));
            bits >>>= 13;
        }
        return new Host(
                (int) (bits >> 4), (int) (bits >> 2) & 3, (int) bits & 3, List.copyOf(all), List.copyOf(stagings));
    }

    @Override
    public String show(Host host) {
        return "fence %d, files of %d and %d".formatted(host.fence(), host.first(), host.second());
    }

    private boolean has(SftpGuard guard) {
        return !without.contains(guard);
    }

    private static String what(Writer writer) {
        return switch (writer.next()) {
            case LOOK_FOR_MARK, TAKE_AWAY, TAKE_OVER ->
                "%s of the directory of writer %d".formatted(writer.next(), writer.at());
            default -> writer.next().toString();
        };
    }

    private static Step step(int epoch, String what) {
        return new Step(Cause.WORK, "writer " + epoch, what);
    }
}
