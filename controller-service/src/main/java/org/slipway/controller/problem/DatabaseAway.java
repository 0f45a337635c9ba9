package org.slipway.controller.problem;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.Optional;
import org.hibernate.exception.JDBCConnectionException;

/** Tells a database that is not there, which heals by itself, from every other failure, which does not. */
final class DatabaseAway {
    private static final int DEEPEST = 20;

    private DatabaseAway() {}

    static boolean isCauseOf(Throwable failure) {
        return find(failure).isPresent();
    }

    static String messageOf(Throwable failure) {
        return find(failure).map(Throwable::getMessage).orElse("");
    }

    private static Optional<Throwable> find(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof JDBCConnectionException || (cause instanceof SQLException sql && isAway(sql))) {
                return Optional.of(cause);
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }

    /** Connection exceptions (08), operator intervention (57P: shutdown, crash, starting up), too many connections (53300), and the pool's own. */
    private static boolean isAway(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        return state.startsWith("08")
                || state.startsWith("57P")
                || state.equals("53300")
                || e instanceof SQLTransientException
                || e.getCause() instanceof IOException
                || (state.isEmpty() && String.valueOf(e.getMessage()).contains("cquisition timeout"));
    }
}
