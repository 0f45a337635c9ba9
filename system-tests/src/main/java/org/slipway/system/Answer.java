package org.slipway.system;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What the REST interface said.
 *
 * @param status of HTTP
 * @param location header, empty where there is none
 * @param body JSON; a missing node where there is none
 */
public record Answer(int status, String location, JsonNode body) {

    /**
     * The answer itself, if it is what was to be expected.
     *
     * @throws UnexpectedAnswerException otherwise
     */
    public Answer expecting(int expected) {
        if (status != expected) {
            throw new UnexpectedAnswerException("the answer was %d, not %d: %s".formatted(status, expected, body));
        }
        return this;
    }

    /** The interface refused what it should have taken, or took what it should have refused. */
    public static final class UnexpectedAnswerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnexpectedAnswerException(String message) {
            super(message);
        }
    }
}
