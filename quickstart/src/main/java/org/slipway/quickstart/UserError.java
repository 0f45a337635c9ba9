package org.slipway.quickstart;

/** Something that the user can put right; the message says what and how, and is all that is shown. */
final class UserError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UserError(String message) {
        super(message);
    }
}
