package org.slipway.model.message;

import static org.slipway.model.message.Checks.requireAtLeast;
import static org.slipway.model.message.Checks.requireName;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slipway.model.ServerState;
import org.slipway.model.Service;

/**
 * A business server moved from one state to the next.
 *
 * @param project the project's name, without a slash
 * @param server the server's name, without a slash
 * @param release the number of the release that it is about, {@code null} where it is about none
 * @param sequence counts the transitions of this server without a gap, from 1
 * @param from the state before, {@code null} for a server that was just registered
 * @param to the state after
 * @param service who made the move
 * @param actor the person or process that asked for it
 * @param reason why, for people; may be empty
 * @param attempt which attempt of the release on this server this belongs to, from 0
 * @param at when, by the database's clock
 */
public record ServerTransitioned(
        String project,
        String server,
        @Nullable Integer release,
        long sequence,
        @Nullable ServerState from,
        ServerState to,
        Service service,
        String actor,
        String reason,
        int attempt,
        Instant at)
        implements Event {

    /**
     * @throws IllegalArgumentException when a name is empty or has a slash in it, or a number is too small
     */
    public ServerTransitioned {
        requireName("project", project);
        requireName("server", server);
        if (release != null) {
            requireAtLeast(1, "release", release);
        }
        requireAtLeast(1, "sequence", sequence);
        requireAtLeast(0, "attempt", attempt);
    }
}
