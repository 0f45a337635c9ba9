package org.slipway.transfer.ssh;

import java.io.IOException;

/** A host answered in time and in full, but what it said makes no sense. */
final class OddAnswer extends IOException {
    private static final long serialVersionUID = 1L;

    OddAnswer(String what) {
        super(what);
    }

    OddAnswer(String what, Throwable cause) {
        super(what, cause);
    }
}
