package org.slipway.model.message;

import static org.slipway.model.message.Checks.requireAtLeast;
import static org.slipway.model.message.Checks.requireName;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slipway.model.ReleaseState;
import org.slipway.model.Service;

/**
 * A release moved from one state to the next.
 *
 * @param project the project's name, without a slash
 * @param release the release's number in its project, from 1
 * @param sequence counts the transitions of this release without a gap, from 1
 * @param from the state before, {@code null} for a release that was just created
 * @param to the state after
 * @param service who made the move
 * @param actor the person or process that asked for it
 * @param reason why, for people; may be empty
 * @param attempt which attempt of the release this belongs to, from 0
 * @param at when, by the database's clock
 */
public record ReleaseTransitioned(
        String project,
        int release,
        long sequence,
        @Nullable ReleaseState from,
        ReleaseState to,
        Service service,
        String actor,
        String reason,
        int attempt,
        Instant at)
        implements Event {

    /**
     * @throws IllegalArgumentException when a name is empty or has a slash in it, or a number is too small
     */
    public ReleaseTransitioned {
        requireName("project", project);
        requireAtLeast(1, "release", release);
        requireAtLeast(1, "sequence", sequence);
        requireAtLeast(0, "attempt", attempt);
    }
}
