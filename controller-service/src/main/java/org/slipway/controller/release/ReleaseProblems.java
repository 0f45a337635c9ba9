package org.slipway.controller.release;

import java.util.List;
import org.slipway.controller.problem.Problem;
import org.slipway.controller.problem.ProblemType;
import org.slipway.model.ReleaseState;
import org.slipway.persistence.release.Release;

/** How a release says that it is in the way. */
public final class ReleaseProblems {
    private ReleaseProblems() {}

    /** A release in the way, as a member of a problem. */
    public record InTheWay(int number, ReleaseState state, String location, List<String> actions) {
        public static InTheWay of(Release release) {
            ReleaseView view = ReleaseView.brief(release);
            return new InTheWay(view.number(), view.state(), view.location(), view.actions());
        }
    }

    /** The project's unfinished release is in the way of another one. */
    static Problem unfinished(Release release) {
        return Problem.of(
                        ProblemType.UNFINISHED_RELEASE,
                        "Release %d of project '%s' is unfinished (%s). %s"
                                .formatted(
                                        release.number(),
                                        release.project().name(),
                                        release.state(),
                                        whatToDo(InTheWay.of(release))))
                .with("unfinishedRelease", InTheWay.of(release));
    }

    /** Files of this release are being copied, so the inventory stays as it is. */
    public static Problem isCopying(Release release) {
        return Problem.of(
                        ProblemType.RELEASE_IS_COPYING,
                        "The inventory of project '%s' cannot change while release %d is in %s; wait until it is through, or cancel it."
                                .formatted(release.project().name(), release.number(), release.state()))
                .with("unfinishedRelease", InTheWay.of(release));
    }

    /** What a person can do about servers that a cancel waits for. */
    public static String cancelWaitsFor(Release release, List<String> servers) {
        return ("The cancel of release %d waits until it is made sure that nothing of it is published any more on: %s. Bring them back;"
                        + " or, where a machine is gone for good, say so: POST %s/cancel with {\"gone\": [\"%s\"]}.")
                .formatted(
                        release.number(),
                        String.join(", ", servers),
                        ReleaseView.location(release),
                        String.join("\", \"", servers));
    }

    static Problem notNow(Action action, Release release, String why) {
        return Problem.of(
                        ProblemType.NOT_NOW,
                        "Release %d cannot %s: %s."
                                .formatted(
                                        release.number(),
                                        switch (action) {
                                            case START -> "be started";
                                            case PROMOTE -> "be promoted";
                                            case RETRY -> "be retried";
                                            case CANCEL -> "be cancelled";
                                        },
                                        why))
                .with("release", InTheWay.of(release));
    }

    private static String whatToDo(InTheWay release) {
        List<String> calls = release.actions().stream()
                .map(action -> "POST %s/%s".formatted(release.location(), action))
                .toList();
        if (calls.isEmpty()) {
            return "It is being cancelled; try again once it is.";
        }
        return release.actions().equals(List.of("cancel"))
                ? "It is under way: wait for it, or give it up with %s.".formatted(calls.getFirst())
                : "Finish it first: %s.".formatted(String.join(" or ", calls));
    }
}
