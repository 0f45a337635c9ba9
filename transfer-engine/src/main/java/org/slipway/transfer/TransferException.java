package org.slipway.transfer;

/** An outcome that ends a transfer, with what happened as a value. */
public final class TransferException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    public TransferException(Failure failure) {
        super(failure.message());
        this.failure = failure;
    }

    public TransferException(Failure failure, Throwable cause) {
        super(failure.message(), cause);
        this.failure = failure;
    }

    /** What happened. */
    public Failure failure() {
        return failure;
    }
}
