package org.slipway.production;

import java.util.Collection;
import org.slipway.model.ServerState;

/** What becomes of a release in {@code PRODUCTION_COPYING}, from nothing but the states of the servers that still have to do with it. */
sealed interface Settlement {
    /** Some server is waiting or being copied. */
    record Wait() implements Settlement {}

    /**
     * Somebody asked to cancel: waiting and failed servers are let go now, but for those on which somebody may still publish.
     *
     * @param ends whether the release ends with that, because none is being copied and nobody can publish any more
     */
    record LetGo(boolean ends) implements Settlement {}

    /** Nothing is in flight, and some servers failed. */
    record Fail() implements Settlement {}

    /** Nothing is in flight, and none failed. */
    record Complete() implements Settlement {}

    /**
     * Decides.
     *
     * @param cancelRequested whether a person asked to cancel
     * @param unfenced whether there is a server on which somebody may still publish of whom nobody can say that he has come to his end
     * @param states the states of the servers that are bound to the release; a server that has it is bound no more
     */
    static Settlement of(boolean cancelRequested, boolean unfenced, Collection<ServerState> states) {
        if (cancelRequested) {
            return new LetGo(!unfenced && !states.contains(ServerState.LOCKED));
        }
        if (states.contains(ServerState.COPYING) || states.contains(ServerState.LOCKED)) {
            return new Wait();
        }
        return states.contains(ServerState.ERROR) ? new Fail() : new Complete();
    }
}
