package org.slipway.controller.problem;

/**
 * One thing that is wrong with what the caller sent.
 *
 * @param field where, such as {@code servers[2].port}; empty for the document as a whole
 * @param message what is wrong and what to do
 */
public record FieldError(String field, String message) {
    @Override
    public String toString() {
        return field.isEmpty() ? message : field + " " + message;
    }
}
