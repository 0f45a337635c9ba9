package org.slipway.simulation;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Properties;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/** The way to the real PostgreSQL: who is connected, what fails on the way, and what is looked at after each commit. */
final class Database {
    private static final Deque<Connection> IDLE = new ArrayDeque<>();
    private static volatile @Nullable Database current;

    private final World world;
    private final Faults faults;
    private final Checker checker;
    private final UnaryOperator<String> sabotage;
    private final List<Session> sessions = new ArrayList<>();
    private boolean away;
    private long writes;

    /**
     * @param sabotage what becomes of each statement; the same again, unless a test breaks the services on purpose
     */
    Database(World world, Faults faults, Checker checker, UnaryOperator<String> sabotage) {
        this.world = world;
        this.faults = faults;
        this.checker = checker;
        this.sabotage = sabotage;
    }

    static void use(@Nullable Database database) {
        current = database;
    }

    /** The one of the schedule that runs; {@code null} between schedules. */
    static @Nullable Database current() {
        return current;
    }

    static Connection connect(String url, @Nullable Properties properties) throws SQLException {
        Task task = Task.current();
        Database database = current;
        if (task != null && database != null) {
            if (task.dying() || database.away) {
                throw new SQLException("Connection to the database refused.", "08001");
            }
        }
        Session session = new Session(idle(url, properties), task);
        if (database != null) {
            database.sessions.add(session);
        }
        return session.proxy();
    }

    private static Connection idle(String url, @Nullable Properties properties) throws SQLException {
        synchronized (IDLE) {
            Connection idle = IDLE.pollFirst();
            if (idle != null) {
                return idle;
            }
        }
        Properties own = new Properties();
        own.setProperty("user", String.valueOf(properties == null ? null : properties.getProperty("user")));
        own.setProperty("password", String.valueOf(properties == null ? null : properties.getProperty("password")));
        Connection connection = new Driver().connect(url, own);
        if (connection == null) {
            throw new SQLException("not a URL of PostgreSQL: " + url);
        }
        return connection;
    }

    static void giveBack(Connection connection) {
        synchronized (IDLE) {
            IDLE.addFirst(connection);
        }
    }

    World world() {
        return world;
    }

    Faults faults() {
        return faults;
    }

    String sabotaged(String sql) {
        return sabotage.apply(sql);
    }

    boolean away() {
        return away;
    }

    /** Counts commits that may have changed something. */
    long writes() {
        return writes;
    }

    void committed(Task task) {
        writes++;
        checker.committed(task);
    }

    void closed(Session session) {
        sessions.remove(session);
    }

    void goAway(long nanos) {
        away = true;
        world.happened(Fault.DATABASE_AWAY, "database", "away for " + Trace.seconds(nanos));
        List.copyOf(sessions).forEach(Session::cut);
        world.in(nanos, () -> away = false);
    }

    void heal() {
        away = false;
    }

    /** PostgreSQL ends what a process that is gone, or has said nothing for too long, has open of its own. */
    void endSilent(Process process, long silentSince) {
        for (Session session : List.copyOf(sessions)) {
            if (session.isOwnOf(process) && session.lastUsed() <= silentSince) {
                session.cut();
            }
        }
    }
}
