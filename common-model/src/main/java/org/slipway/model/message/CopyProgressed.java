package org.slipway.model.message;

import static org.slipway.model.message.Checks.requireAtLeast;
import static org.slipway.model.message.Checks.requireName;

import java.time.Instant;
import org.slipway.model.Service;

/**
 * How far the copy of a release to one server is. Told a few times a second at most, and not kept.
 *
 * @param project the project's name, without a slash
 * @param server the server's name, without a slash
 * @param release the release's number in its project, from 1
 * @param filesDone files that were sent; what the server had already is not counted
 * @param filesToDo files that are still to be sent
 * @param bytesDone bytes that were sent
 * @param bytesToDo bytes that are still to be sent
 * @param service who copies
 * @param attempt which attempt of the release this belongs to, from 0
 * @param at when, by the worker's clock
 */
public record CopyProgressed(
        String project,
        String server,
        int release,
        long filesDone,
        long filesToDo,
        long bytesDone,
        long bytesToDo,
        Service service,
        int attempt,
        Instant at)
        implements Event {

    /**
     * @throws IllegalArgumentException when a name is empty or has a slash in it, or a number is too small
     */
    public CopyProgressed {
        requireName("project", project);
        requireName("server", server);
        requireAtLeast(1, "release", release);
        requireAtLeast(0, "filesDone", filesDone);
        requireAtLeast(0, "filesToDo", filesToDo);
        requireAtLeast(0, "bytesDone", bytesDone);
        requireAtLeast(0, "bytesToDo", bytesToDo);
        requireAtLeast(0, "attempt", attempt);
    }
}
