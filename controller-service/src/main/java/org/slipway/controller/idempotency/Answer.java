package org.slipway.controller.idempotency;

import org.jspecify.annotations.Nullable;

/**
 * What a POST is answered with when it succeeds.
 *
 * @param status HTTP status, 2xx
 * @param location path of what was made, {@code null} where nothing was
 * @param body becomes JSON
 */
public record Answer(int status, @Nullable String location, Object body) {

    /** Done, and here it is. */
    public static Answer ok(Object body) {
        return new Answer(200, null, body);
    }

    /** Made at that path. */
    public static Answer created(String location, Object body) {
        return new Answer(201, location, body);
    }

    /** Recorded; others carry it out. */
    public static Answer accepted(Object body) {
        return new Answer(202, null, body);
    }
}
