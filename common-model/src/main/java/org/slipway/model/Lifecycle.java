package org.slipway.model;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A table of legal moves between the states of one kind of thing, each owned by one service.
 *
 * <p>The table is complete: what is not in it is illegal. It refuses a move that stands in it twice, a way out of a final
 * state, and a state that cannot be reached from the beginning or left. The database holds the same table ({@code lifecycle_move}) and refuses the same moves.
 *
 * @param <S> the states
 */
public final class Lifecycle<S extends Enum<S>> {

    /**
     * One legal move.
     *
     * @param from the state before, {@code null} where the thing did not exist before
     * @param to the state after
     * @param owner the only service that may make the move
     * @param when what makes it happen, for people
     */
    public record Move<S extends Enum<S>>(@Nullable S from, S to, Service owner, String when) {}

    private final String kind;
    private final Class<S> states;
    private final Set<S> finalStates;
    private final List<Move<S>> moves;
    private final Map<S, List<Move<S>>> exits;

    private Lifecycle(String kind, Class<S> states, Set<S> finalStates, List<Move<S>> moves) {
        this.kind = kind;
        this.states = states;
        this.finalStates = Set.copyOf(finalStates);
        this.moves = List.copyOf(moves);
        this.exits = new EnumMap<>(states);
        for (S state : states.getEnumConstants()) {
            exits.put(state, moves.stream().filter(m -> m.from() == state).toList());
        }
    }

    /** Starts the table of one kind of thing, such as {@code release}. */
    public static <S extends Enum<S>> Builder<S> of(String kind, Class<S> states) {
        return new Builder<>(kind, states);
    }

    /** What moves through this lifecycle: {@code release} or {@code server}. */
    public String kind() {
        return kind;
    }

    /** Every legal move, in the order of the table. */
    public List<Move<S>> moves() {
        return moves;
    }

    /** The legal moves out of a state; empty for a final one. */
    public List<Move<S>> exitsOf(S state) {
        return exits.getOrDefault(state, List.of());
    }

    /** Whether nothing moves on from this state. */
    public boolean isFinal(S state) {
        return finalStates.contains(state);
    }

    /** The move between these states, if it is legal. */
    public Optional<Move<S>> move(@Nullable S from, S to) {
        return moves.stream().filter(m -> m.from() == from && m.to() == to).findFirst();
    }

    /**
     * The move between these states, made by this service.
     *
     * @throws IllegalMoveException when the move is not in the table or belongs to another service
     */
    public Move<S> require(@Nullable S from, S to, Service mover) {
        Move<S> move = move(from, to)
                .orElseThrow(() -> new IllegalMoveException(
                        "a %s does not go from %s to %s".formatted(kind, from == null ? "nothing" : from, to)));
        if (move.owner() != mover) {
            throw new IllegalMoveException("only %s moves a %s from %s to %s, not %s"
                    .formatted(move.owner().wireName(), kind, from == null ? "nothing" : from, to, mover.wireName()));
        }
        return move;
    }

    /** The table as a Mermaid state diagram. */
    public String diagram() {
        StringBuilder diagram = new StringBuilder("stateDiagram-v2\n");
        for (Move<S> move : moves) {
            diagram.append("    ")
                    .append(move.from() == null ? "[*]" : move.from())
                    .append(" --> ")
                    .append(move.to())
                    .append(": ")
                    .append(move.owner().wireName())
                    .append(" - ")
                    .append(move.when())
                    .append('\n');
        }
        for (S state : states.getEnumConstants()) {
            if (isFinal(state)) {
                diagram.append("    ").append(state).append(" --> [*]\n");
            }
        }
        return diagram.toString();
    }

    /** Collects the table and refuses one that does not hold together. */
    public static final class Builder<S extends Enum<S>> {
        private final String kind;
        private final Class<S> states;
        private final EnumSet<S> finalStates;
        private final List<Move<S>> moves = new ArrayList<>();

        private Builder(String kind, Class<S> states) {
            this.kind = kind;
            this.states = states;
            this.finalStates = EnumSet.noneOf(states);
        }

        /** Adds how a thing of this kind begins. */
        public Builder<S> beginsAs(S to, Service owner, String when) {
            return add(null, to, owner, when);
        }

        /** Adds one legal move. */
        public Builder<S> move(S from, S to, Service owner, String when) {
            return add(from, to, owner, when);
        }

        /** Names the states that nothing leaves. */
        @SafeVarargs
        public final Builder<S> endsIn(S... states) {
            for (S state : states) {
                finalStates.add(state);
            }
            return this;
        }

        /**
         * Closes the table.
         *
         * @throws IllegalStateException when a move leaves a final state, or a state cannot be reached or left
         */
        public Lifecycle<S> build() {
            Set<S> left = new HashSet<>();
            for (Move<S> move : moves) {
                S from = move.from();
                if (from != null) {
                    if (finalStates.contains(from)) {
                        throw new IllegalStateException(from + " is final, and still moves on to " + move.to());
                    }
                    left.add(from);
                }
            }
            Set<S> reached = reachable();
            for (S state : states.getEnumConstants()) {
                if (!reached.contains(state)) {
                    throw new IllegalStateException("nothing leads from the beginning to " + state);
                }
                if (!left.contains(state) && !finalStates.contains(state)) {
                    throw new IllegalStateException(state + " is not final, and nothing leads out of it");
                }
            }
            return new Lifecycle<>(kind, states, finalStates, moves);
        }

        private Set<S> reachable() {
            Set<S> reached = new HashSet<>();
            boolean grew = true;
            while (grew) {
                grew = false;
                for (Move<S> move : moves) {
                    if (move.from() == null || reached.contains(move.from())) {
                        grew |= reached.add(move.to());
                    }
                }
            }
            return reached;
        }

        private Builder<S> add(@Nullable S from, S to, Service owner, String when) {
            if (from == to) {
                throw new IllegalStateException(from + " to itself is no move");
            }
            for (Move<S> move : moves) {
                if (move.from() == from && move.to() == to) {
                    throw new IllegalStateException("the move from " + (from == null ? "nothing" : from) + " to " + to
                            + " stands in the table twice");
                }
            }
            moves.add(new Move<>(from, to, owner, when));
            return this;
        }
    }
}
