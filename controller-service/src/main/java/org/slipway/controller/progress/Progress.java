package org.slipway.controller.progress;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far one copy is.
 *
 * @param filesDone files that were sent
 * @param filesToDo files that are still to be sent
 * @param bytesPerSecond how fast it was in the last ten seconds; {@code null} where that is not known
 * @param secondsLeft how long the bytes to do take at that speed; {@code null} where that is not known
 * @param at when the worker told it, by its clock
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Progress(
        long filesDone,
        long filesToDo,
        long bytesDone,
        long bytesToDo,
        @Nullable Long bytesPerSecond,
        @Nullable Long secondsLeft,
        Instant at) {}
