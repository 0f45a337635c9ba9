package org.slipway.persistence;

import jakarta.transaction.RollbackException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slipway.persistence.transition.TransitionLog.StaleStateException;

/** Tells a database that is away or busy, which passes, from a transaction that fails however often it is tried. */
public final class DatabaseTrouble {
    // Connection, rollback (deadlock, serialisation), resources, not in the needed state (lock timeout), operator,
    // system.
    private static final Set<String> PASSING_CLASSES = Set.of("08", "40", "53", "55", "57", "58");

    /** A transaction that stood still for too long: PostgreSQL ended it. */
    private static final String IDLE_IN_TRANSACTION = "25P03";

    private DatabaseTrouble() {}

    /** Whether the same transaction may succeed later, with nothing changed by a person. */
    public static boolean passes(Throwable thrown) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Throwable> toLookAt = new ArrayDeque<>();
        toLookAt.add(thrown);
        boolean mayPass = false;
        while (!toLookAt.isEmpty()) {
            Throwable next = toLookAt.removeFirst();
            if (!seen.add(next)) {
                continue;
            }
            switch (next) {
                case SQLException sql
                when sqlState(sql).isPresent() -> {
                    String state = sqlState(sql).orElseThrow();
                    return PASSING_CLASSES.contains(state.substring(0, 2)) || state.equals(IDLE_IN_TRANSACTION);
                }
                // Without a state it does not come from PostgreSQL but from the pool, which got no connection.
                case SQLException _, StaleStateException _, RollbackException _ -> mayPass = true;
                default -> {}
            }
            @Nullable Throwable cause = next.getCause();
            if (cause != null) {
                toLookAt.add(cause);
            }
            toLookAt.addAll(List.of(next.getSuppressed()));
        }
        return mayPass;
    }

    private static Optional<String> sqlState(SQLException e) {
        return Optional.ofNullable(e.getSQLState()).filter(state -> state.length() == 5);
    }
}
