package org.slipway.model.failpoint;

/** What a failpoint throws: to the code around it an error that nothing foresaw. */
public final class FailpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FailpointException(String message) {
        super(message);
    }
}
