package org.slipway.model.message;

import static org.slipway.model.message.Checks.requireAtLeast;
import static org.slipway.model.message.Checks.requireName;

import java.time.Instant;

/**
 * How far the copy of a release to one server is. Told a few times a second at most, and not kept.
 *
 * @param project the project's name, without a slash
 * @param server the server's name, without a slash
 * @param release the release's number in its project, from 1
 * @param filesDone files that are on the server
 * @param filesToDo files that still have to get there
 * @param bytesDone bytes that are on the server
 * @param bytesToDo bytes that still have to get there
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
    }
}
