package org.slipway.modelcheck.release;

import java.util.EnumMap;
import java.util.Map;
import org.slipway.modelcheck.release.Work.Stage;
import org.slipway.modelcheck.search.Step;

/** How work ends, in words. */
final class Ends {
    /** Work that failed for the first time, or was stopped: nobody is asked, and it is taken again after a while. */
    static final Step TRIED_AGAIN =
            new Step(Step.Cause.WORK, "worker", "reports the end; it is to be tried again later");

    private static final Map<Stage, Step> REPORTED = new EnumMap<>(Map.of(
            Stage.DONE, new Step(Step.Cause.WORK, "worker", "reports success"),
            Stage.VAIN, new Step(Step.Cause.WORK, "worker", "reports failure")));
    /** Work that was stopped. */
    static final Step GIVEN_BACK = new Step(Step.Cause.WORK, "worker", "stopped, and gives it back");

    private static final Step REFUSED = new Step(
            Step.Cause.WORK, "worker", "reports the end; the lease is not its own any more, and nothing happens");

    static boolean isReady(Work work) {
        return work.stage().compareTo(Stage.DONE) >= 0;
    }

    static Step reported(Work work) {
        Step step = REPORTED.get(work.stage());
        if (step == null) {
            throw new IllegalStateException("not at its end");
        }
        return new Step(step.cause(), Names.of(work), step.what());
    }

    static Step refused(Work work) {
        return new Step(REFUSED.cause(), Names.of(work), REFUSED.what());
    }

    private Ends() {}
}
