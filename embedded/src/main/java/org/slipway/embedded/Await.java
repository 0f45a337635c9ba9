package org.slipway.embedded;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Waits for a condition instead of a time. */
public final class Await {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

    private Await() {}

    /** Asked again and again; an exception counts as "not yet" and is told when the time is up. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws Exception;
    }

    /**
     * Returns when the condition holds.
     *
     * @param what what is waited for, to follow "waited 5 s for": {@code "the broker to answer"}
     * @throws TimedOutException when it does not hold in time
     */
    public static void until(Duration atMost, String what, Condition condition) {
        untilPresent(atMost, what, () -> condition.holds() ? Optional.of(true) : Optional.empty());
    }

    /**
     * Returns the value as soon as there is one.
     *
     * @throws TimedOutException when there is none in time
     */
    public static <T> T untilPresent(Duration atMost, String what, Callable<Optional<T>> value) {
        long deadline = System.nanoTime() + atMost.toNanos();
        long pause = FIRST_PAUSE.toMillis();
        while (true) {
            Exception last = null;
            try {
                Optional<T> present = value.call();
                if (present.isPresent()) {
                    return present.get();
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new TimedOutException("interrupted while waiting for " + what, interrupted);
            } catch (StartFailedException hopeless) {
                throw hopeless;
            } catch (Exception notYet) {
                last = notYet;
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new TimedOutException("waited " + seconds(atMost) + " for " + what, last);
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new TimedOutException("interrupted while waiting for " + what, interrupted);
            }
            pause = Math.min(pause * 2, LONGEST_PAUSE.toMillis());
        }
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    /** What was waited for did not come. */
    public static final class TimedOutException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TimedOutException(String message, @Nullable Throwable cause) {
            super(cause == null ? message : message + " (" + cause + ")", cause);
        }
    }
}
