package org.slipway.runtime;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.slipway.model.RelativePath;
import org.slipway.persistence.DatabaseTrouble;
import org.slipway.transfer.Failure;
import org.slipway.transfer.TransferException;

/**
 * What a journal entry says of a piece of work that failed.
 *
 * @param server the operator's name of the server where it happened
 * @param kind a stable name, such as {@code HOST_KEY_CHANGED}
 * @param message what happened and what to do
 * @param retryHelps whether the same again, with nothing done by a person, may succeed
 * @param paths the paths that it is about; empty where it is about the server as a whole
 * @param stopped whether the work ended because it was told to, not because it failed
 * @param besides what was found to be wrong at the same time, and is no less in the way
 */
public record Trouble(
        String server,
        String kind,
        String message,
        boolean retryHelps,
        List<RelativePath> paths,
        boolean stopped,
        List<Trouble> besides) {
    private static final Logger LOG = Logger.getLogger(Trouble.class);

    public Trouble {
        // A server's words may be in it, and the database takes no NUL.
        message = message.replaceAll("[\\p{Cntrl}&&[^\n\t]]", "?");
        paths = List.copyOf(paths);
        besides = List.copyOf(besides);
    }

    /** What the engine says. */
    public static Trouble of(Failure failure) {
        return of(failure, List.of());
    }

    /** The failure, and besides it those of the failures that are suppressed in it. */
    private static Trouble of(TransferException e) {
        return of(
                e.failure(),
                Stream.of(e.getSuppressed())
                        .filter(TransferException.class::isInstance)
                        .map(suppressed -> of(((TransferException) suppressed).failure()))
                        .toList());
    }

    private static Trouble of(Failure failure, List<Trouble> besides) {
        return new Trouble(
                failure.server(),
                failure.kind(),
                failure.message(),
                failure.retryHelps(),
                failure.paths(),
                failure instanceof Failure.Stopped,
                besides);
    }

    /** A bug: the journal gets a word, the log the details. */
    public static Trouble of(String server, Throwable bug) {
        LOG.errorf(bug, "work on %s ended with an error that nothing foresaw", server);
        return new Trouble(
                server,
                "INTERNAL_ERROR",
                "Slipway met an error that it did not foresee ("
                        + bug.getClass().getSimpleName()
                        + "); the log of the service has the details. Try again, and report it if it comes back.",
                true,
                List.of(),
                false,
                List.of());
    }

    /** The message for a journal about that server: where the trouble was on another one, it names it, once. */
    public String messageFor(String about) {
        boolean named = server.equals(about)
                || Pattern.compile("(?<![\\w.-])" + Pattern.quote(server) + "(?![\\w-])")
                        .matcher(message)
                        .find();
        return named ? message : "On %s: %s".formatted(server, message);
    }

    /** Work that ends in an outcome. */
    @FunctionalInterface
    public interface Work<T> {
        T run() throws TransferException;
    }

    /** How a piece of work ended. */
    public sealed interface Ended<T> {
        /** With its result. */
        record Well<T>(T result) implements Ended<T> {}

        /** Without. */
        record Badly<T>(Trouble trouble) implements Ended<T> {}
    }

    /**
     * Runs work, and makes a value of however it ends.
     *
     * @param server the operator's name of the server that the work is on
     * @param stopping whether this process was told to stop: what fails then may have failed for that, and is left to the next holder
     */
    public static <T> Ended<T> meet(String server, BooleanSupplier stopping, Work<T> work) {
        Trouble trouble;
        try {
            return new Ended.Well<>(work.run());
        } catch (TransferException e) {
            trouble = of(e);
        } catch (RuntimeException | Error e) {
            trouble = DatabaseTrouble.passes(e) ? databaseAway(server, e) : of(server, e);
        }
        return new Ended.Badly<>(stopping.getAsBoolean() ? trouble.asStopped() : trouble);
    }

    /** No fault of the work: whoever finds the database again begins it again. */
    private static Trouble databaseAway(String server, Throwable e) {
        LOG.warnf("work on %s was given up because the database did not answer: %s", server, e.getMessage());
        return new Trouble(server, "DATABASE_AWAY", "The database did not answer.", true, List.of(), true, List.of());
    }

    private Trouble asStopped() {
        return new Trouble(server, kind, message, retryHelps, paths, true, besides);
    }
}
