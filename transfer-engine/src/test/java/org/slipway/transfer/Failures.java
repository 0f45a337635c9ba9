package org.slipway.transfer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Calls that are to fail. */
final class Failures {

    private Failures() {}

    /** Something that may be thrown out of. */
    interface Call {
        void run() throws Exception;
    }

    /** What the call met; it is an error when it met nothing. */
    static Failure of(Call call) {
        AtomicReference<@Nullable Failure> failure = new AtomicReference<>();
        assertThatThrownBy(call::run).isInstanceOfSatisfying(TransferException.class, e -> failure.set(e.failure()));
        return Objects.requireNonNull(failure.get());
    }
}
