package org.slipway.modelcheck.search;

import java.util.function.Supplier;

/**
 * Takes the steps that lead out of a state.
 *
 * @param <S> the states
 */
@FunctionalInterface
public interface Steps<S> {

    /**
     * One step.
     *
     * @param to makes the state after it; throws {@link Violation} where the step itself is what must not happen
     */
    void take(Step step, Supplier<S> to);
}
