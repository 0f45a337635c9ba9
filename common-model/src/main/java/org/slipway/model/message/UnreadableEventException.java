package org.slipway.model.message;

/** A record that is not an event of Slipway, or one of a version that this one does not know. The message says which. */
public final class UnreadableEventException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableEventException(String message) {
        super(message);
    }
}
