package org.slipway.runtime;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.slipway.persistence.DatabaseTrouble;

/** Records the outcome of finished work, through a database that may be away for a moment. */
public final class Recording {
    private static final Logger LOG = Logger.getLogger(Recording.class);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);

    private Recording() {}

    /**
     * Runs a recording transaction until it commits, or until the lease can have run out: then the work is another one's, who finds
     * what is there already and only has to look. An outcome that the database refuses, however often it is tried, is recorded as an
     * error instead, so that it ends in the journal and not in a circle.
     *
     * @param held whether the lease holds
     * @param what for the log, such as {@code project=shop release=7}
     * @param transaction records the outcome if the lease still holds; safe to be run again, because a committed move ends the lease
     * @param instead records that the outcome could not be recorded
     */
    public static void whileHeld(
            BooleanSupplier held, String what, Runnable transaction, Consumer<RuntimeException> instead) {
        // The database driver and its pool refuse to work for an interrupted thread, and what was done is worth
        // recording.
        boolean interrupted = Thread.interrupted();
        try {
            tryWhileHeld(held, what, transaction).ifPresent(refused -> {
                LOG.errorf(refused, "%s: the outcome cannot be recorded; an error is recorded in its place", what);
                tryWhileHeld(held, what, () -> instead.accept(refused))
                        .ifPresent(again -> LOG.errorf(
                                again,
                                "%s: nothing can be recorded; the lease runs out and the work is taken again",
                                what));
            });
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What the database refuses for good; empty when it was recorded, or the lease is lost. */
    private static Optional<RuntimeException> tryWhileHeld(BooleanSupplier held, String what, Runnable transaction) {
        boolean told = false;
        while (true) {
            try {
                transaction.run();
                return Optional.empty();
            } catch (RuntimeException e) {
                if (!DatabaseTrouble.passes(e)) {
                    return Optional.of(e);
                }
                if (!held.getAsBoolean() || Thread.currentThread().isInterrupted()) {
                    LOG.warnf(
                            "%s: the outcome could not be recorded before the lease ran out; the next holder will find it: %s",
                            what, e.getMessage());
                    return Optional.empty();
                }
                if (!told) {
                    LOG.warnf(
                            "%s: the outcome cannot be recorded at the moment, trying again: %s", what, e.getMessage());
                    told = true;
                }
                LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
            }
        }
    }
}
