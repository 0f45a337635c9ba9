package org.slipway.modelcheck.release;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slipway.model.IllegalMoveException;
import org.slipway.model.Lifecycle;
import org.slipway.model.ReleaseLifecycle;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerLifecycle;
import org.slipway.model.ServerState;
import org.slipway.model.Service;
import org.slipway.modelcheck.search.Violation;

/**
 * The only place where a state of the model changes: each move is asked of the production lifecycles, {@link ReleaseLifecycle} and
 * {@link ServerLifecycle}, which are asked once for every pair of states and every service.
 */
final class Moves {
    private static final int SERVICES = Service.values().length;

    private final Table<ReleaseState> releases = new Table<>(ReleaseLifecycle.TABLE, ReleaseState.values());
    private final Table<ServerState> servers = new Table<>(ServerLifecycle.TABLE, ServerState.values());
    private final boolean hinting;

    /**
     * @param hinting whether hints are kept account of
     */
    Moves(boolean hinting) {
        this.hinting = hinting;
    }

    /** The moves that were made so far. */
    Set<Lifecycle.Move<?>> made() {
        Set<Lifecycle.Move<?>> made = new HashSet<>(releases.made());
        made.addAll(servers.made());
        return made;
    }

    /** Moves a release on; its lease ends with the move. */
    World release(World world, int number, ReleaseState to, Service mover) {
        Release release = world.release(number);
        releases.require(release.state(), to, mover);
        World moved = world.with(number, release.in(to));
        return hinting ? moved.hinting(moved.hints() | Hint.of(to)) : moved;
    }

    /** Moves a business server on, for this release; its lease ends with the move. */
    World server(World world, int place, ServerState to, int release, Service mover) {
        Server server = world.server(place);
        servers.require(server.state(), to, mover);
        World moved = world.with(place, server.in(to, release));
        return hinting ? moved.hinting(moved.hints() | Hint.of(to)) : moved;
    }

    /** How the first business servers began, before all else. */
    void serversBegan() {
        servers.require(null, ServerState.IDLE, Service.CONTROLLER);
    }

    /** One lifecycle, asked in advance: what is asked a million times is looked up. */
    private static final class Table<S extends Enum<S>> {
        private final int states;
        private final Answer<S>[] answers;
        private final BitSet asked = new BitSet();

        @SuppressWarnings({"unchecked", "rawtypes"})
        Table(Lifecycle<S> lifecycle, S[] states) {
            this.states = states.length;
            this.answers = new Answer[(states.length + 1) * states.length * SERVICES];
            for (int from = 0; from <= states.length; from++) {
                for (S to : states) {
                    for (Service mover : Service.values()) {
                        answers[index(from, to, mover)] =
                                Answer.of(lifecycle, from == 0 ? null : states[from - 1], to, mover);
                    }
                }
            }
        }

        void require(@Nullable S from, S to, Service mover) {
            int index = index(from == null ? 0 : from.ordinal() + 1, to, mover);
            String refused = answers[index].refused();
            if (refused != null) {
                throw new Violation(refused);
            }
            asked.set(index);
        }

        Set<Lifecycle.Move<?>> made() {
            return asked.stream()
                    .mapToObj(index -> answers[index].move())
                    .filter(Objects::nonNull)
                    .collect(Collectors.toSet());
        }

        private int index(int from, S to, Service mover) {
            return (from * states + to.ordinal()) * SERVICES + mover.ordinal();
        }
    }

    /** What a lifecycle says of a move: it is legal, or why not. */
    private record Answer<S extends Enum<S>>(
            Lifecycle.@Nullable Move<S> move, @Nullable String refused) {

        static <S extends Enum<S>> Answer<S> of(Lifecycle<S> lifecycle, @Nullable S from, S to, Service mover) {
            try {
                return new Answer<>(lifecycle.require(from, to, mover), null);
            } catch (IllegalMoveException e) {
                return new Answer<>(null, String.valueOf(e.getMessage()));
            }
        }
    }
}
