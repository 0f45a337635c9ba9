package org.slipway.controller.release;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.slipway.model.ReleaseLifecycle;
import org.slipway.model.ReleaseState;
import org.slipway.model.Service;

/** What a person can do with a release. Pure: says what an action comes to in a state, and does nothing. */
public enum Action {
    START,
    PROMOTE,
    RETRY,
    CANCEL;

    /** What an action comes to. */
    sealed interface Decision {
        /** The controller makes this move now; {@code retries} counts one more attempt. */
        record Move(ReleaseState to, boolean retries) implements Decision {}

        /** The owner of the state cancels it once nothing is being written. */
        record AskOwner() implements Decision {}

        /** It is as the caller wishes already. */
        record NothingToDo() implements Decision {}

        /** Not now. */
        record Refused(String why) implements Decision {}
    }

    /** What this action comes to for a release in this state. */
    Decision on(ReleaseState state, boolean cancelRequested) {
        if (this == CANCEL) {
            return cancel(state, cancelRequested);
        }
        if (ReleaseLifecycle.TABLE.isFinal(state)) {
            return new Decision.Refused("it is finished (%s)".formatted(state));
        }
        if (cancelRequested) {
            return new Decision.Refused("it is being cancelled");
        }
        return switch (this) {
            case START ->
                state == ReleaseState.CREATED
                        ? new Decision.Move(ReleaseState.BETA_COPYING, false)
                        : new Decision.Refused("it was started already and is in " + state);
            case PROMOTE ->
                switch (state) {
                    case BETA_COPIED -> new Decision.Move(ReleaseState.PRODUCTION_REQUESTED, false);
                    case CREATED -> new Decision.Refused("it is not on beta yet; start it first");
                    case BETA_COPYING ->
                        new Decision.Refused("it is still being copied to beta; promote it once it is in BETA_COPIED");
                    case BETA_COPY_FAILED -> new Decision.Refused("its copy to beta failed; retry that first");
                    case PRODUCTION_REQUESTED, PRODUCTION_BACKING_UP, PRODUCTION_COPYING ->
                        new Decision.Refused("it is on its way to production already (%s)".formatted(state));
                    case PRODUCTION_FAILED ->
                        new Decision.Refused("it was promoted already and failed in production; retry it");
                    case COMPLETED, CANCELLED -> throw new IllegalStateException("final states are refused above");
                };
            case RETRY ->
                switch (state) {
                    case BETA_COPY_FAILED -> new Decision.Move(ReleaseState.BETA_COPYING, true);
                    case PRODUCTION_FAILED -> new Decision.Move(ReleaseState.PRODUCTION_REQUESTED, true);
                    case CREATED,
                            BETA_COPYING,
                            BETA_COPIED,
                            PRODUCTION_REQUESTED,
                            PRODUCTION_BACKING_UP,
                            PRODUCTION_COPYING ->
                        new Decision.Refused("nothing of it has failed (%s)".formatted(state));
                    case COMPLETED, CANCELLED -> throw new IllegalStateException("final states are refused above");
                };
            case CANCEL -> throw new IllegalStateException("cancel is decided above");
        };
    }

    /** What can be done with a release in this state now. */
    static List<Action> possible(ReleaseState state, boolean cancelRequested) {
        return Arrays.stream(values())
                .filter(action -> switch (action.on(state, cancelRequested)) {
                    case Decision.Move _, Decision.AskOwner _ -> true;
                    case Decision.NothingToDo _, Decision.Refused _ -> false;
                })
                .toList();
    }

    /** The word in paths and answers. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static Decision cancel(ReleaseState state, boolean cancelRequested) {
        if (cancelRequested || state == ReleaseState.CANCELLED) {
            return new Decision.NothingToDo();
        }
        if (state == ReleaseState.COMPLETED) {
            return new Decision.Refused("every business server has it; make a release with the former files instead");
        }
        Service owner = ReleaseLifecycle.TABLE
                .move(state, ReleaseState.CANCELLED)
                .orElseThrow()
                .owner();
        return owner == Service.CONTROLLER ? new Decision.Move(ReleaseState.CANCELLED, false) : new Decision.AskOwner();
    }
}
