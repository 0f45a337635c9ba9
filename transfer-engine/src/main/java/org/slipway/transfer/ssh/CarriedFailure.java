package org.slipway.transfer.ssh;

import java.io.IOException;
import org.slipway.transfer.TransferException;

/** A transfer's outcome on its way through code that may only throw {@link IOException}. */
final class CarriedFailure extends IOException {
    private static final long serialVersionUID = 1L;

    private final TransferException outcome;

    CarriedFailure(TransferException outcome) {
        super(outcome.getMessage(), outcome);
        this.outcome = outcome;
    }

    TransferException outcome() {
        return outcome;
    }
}
