package org.slipway.modelcheck.search;

import org.jspecify.annotations.Nullable;

/**
 * Something that moves from state to state in steps, as pure functions.
 *
 * @param <S> the states: values, never changed
 */
public interface Model<S> {

    /** Where it begins. */
    S start();

    /** Hands over every step that can be taken from a state. */
    void steps(S from, Steps<S> steps);

    /** What is wrong with a state, in words; {@code null} when every invariant holds in it. */
    @Nullable String broken(S state);

    /** Whether it may stay in this state for ever: all is done, or a person is asked. */
    boolean settled(S state);

    /** How many longs {@link #pack} fills. */
    int words();

    /** Writes a state down. Two states that no step and no invariant can tell apart should come to the same longs. */
    void pack(S state, long[] into);

    /** The state that was written down. */
    S unpack(long[] packed);

    /** A state for people, in one line. */
    String show(S state);
}
