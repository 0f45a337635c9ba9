package org.slipway.controller.idempotency;

import java.util.Optional;

/**
 * What a POST is answered with when it succeeds.
 *
 * @param status HTTP status, 2xx
 * @param location path of what was made, if something was
 * @param body becomes JSON
 */
public record Answer(int status, Optional<String> location, Object body) {

    /** Done, and here it is. */
    public static Answer ok(Object body) {
        return new Answer(200, Optional.empty(), body);
    }

    /** Made at that path. */
    public static Answer created(String location, Object body) {
        return new Answer(201, Optional.of(location), body);
    }

    /** Recorded; others carry it out. */
    public static Answer accepted(Object body) {
        return new Answer(202, Optional.empty(), body);
    }
}
