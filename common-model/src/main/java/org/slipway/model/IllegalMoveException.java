package org.slipway.model;

/** Somebody asked for a move that is not in the lifecycle's table, or that another service owns: a bug in the caller. */
public final class IllegalMoveException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    IllegalMoveException(String message) {
        super(message);
    }
}
