package org.slipway.modelcheck.release;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.slipway.model.Lifecycle;
import org.slipway.modelcheck.search.Model;
import org.slipway.modelcheck.search.Steps;

/** One project with its releases. */
public final class Slipway implements Model<World> {
    private final Setting setting;
    private final Moves moves;
    private final Packing packing;
    private final List<Rule> rules;

    public Slipway(Setting setting) {
        this.setting = setting;
        this.moves = new Moves(!setting.has(Guard.SCAN));
        this.packing = new Packing(setting);
        Reports reports = new Reports(setting);
        Settling settling = new Settling(setting, moves);
        this.rules = List.of(
                new Persons(setting, moves),
                new BetaCopies(setting, moves, reports),
                new Backups(setting, moves, reports, settling),
                settling,
                new ServerCopies(setting, moves, reports),
                new Fencing(setting),
                new Copying(setting),
                new Archiving(setting),
                new Clock(setting),
                new Mishaps(setting));
    }

    /** The moves that were made so far: those of the production lifecycles. */
    public Set<Lifecycle.Move<?>> movesMade() {
        return moves.made();
    }

    @Override
    public World start() {
        moves.serversBegan();
        return new World(
                Collections.nCopies(setting.releases(), Release.NONE),
                Collections.nCopies(setting.servers(), Server.IDLE),
                Collections.nCopies(setting.servers() + 1, Target.NEW),
                Collections.nCopies(setting.works(), Work.NONE),
                Pending.NOTHING,
                0);
    }

    @Override
    public void steps(World from, Steps<World> steps) {
        for (Rule rule : rules) {
            rule.steps(from, steps);
        }
    }

    @Override
    public @Nullable String broken(World state) {
        return Invariants.broken(state);
    }

    /** All is done, or a person can say how it goes on. */
    @Override
    public boolean settled(World state) {
        for (Release release : state.releases()) {
            if (release.isUnfinished() && Persons.onward(release) == null) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int words() {
        return Packing.WORDS;
    }

    @Override
    public void pack(World state, long[] into) {
        packing.pack(state, into);
    }

    @Override
    public World unpack(long[] packed) {
        return packing.unpack(packed);
    }

    @Override
    public String show(World state) {
        StringJoiner text = new StringJoiner(" · ");
        for (int number = 1; number <= setting.releases(); number++) {
            Release release = state.release(number);
            if (release.state() != null) {
                text.add("release %d %s%s%s"
                        .formatted(
                                number,
                                release.state(),
                                release.cancel() ? " to be cancelled" : "",
                                show(release.lease())));
            }
        }
        for (int place = 1; place <= setting.servers(); place++) {
            Server server = state.server(place);
            text.add("%s %s%s".formatted(Names.of(place), server.state(), show(server.lease())));
        }
        for (int place = 0; place <= setting.servers(); place++) {
            Target target = state.target(place);
            text.add("%s has %d%d%s"
                    .formatted(
                            Names.of(place),
                            target.files().x(),
                            target.files().y(),
                            target.fence() == 0 ? "" : " fence " + target.fence()));
        }
        return text.toString();
    }

    private static String show(Lease lease) {
        if (!lease.isThere()) {
            return "";
        }
        return " (%s%s)"
                .formatted(
                        lease.epoch() == Lease.NOBODYS ? "of a dead holder" : "epoch " + lease.epoch(),
                        lease.running() ? "" : ", ran out");
    }
}
