package org.slipway.simulation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * A connection as a service sees it. The database behind it is real; what is between may fail. A transaction is one step of the schedule:
 * others run before it begins, and after it has ended, and so it meets no lock. What comes of meeting one is thrown as a fault.
 */
final class Session {
    private static final Map<Connection, PreparedStatement> CLOCKS = new WeakHashMap<>();
    private static final AtomicInteger POOLED = new AtomicInteger();

    private final Connection real;
    private final @Nullable Process owner;
    private final Connection proxy;
    private boolean inTransaction;
    private boolean writes;
    private boolean aborted;
    private boolean broken;
    private boolean closed;
    private long clock = -1;
    private long lastUsed;
    private long seenWrites;

    /**
     * @param opener who opened it; one that a process opens for itself alone ends with the process
     */
    Session(Connection real, @Nullable Task opener) {
        this.real = real;
        this.owner = opener != null && opener.name().equals("relay") ? opener.process() : null;
        this.lastUsed = opener == null ? 0 : opener.world().now();
        this.proxy = (Connection) proxyOf(Connection.class, this::onConnection);
        if (owner == null) {
            POOLED.incrementAndGet();
        }
    }

    /** How many are open that a pool keeps. */
    static int pooled() {
        return POOLED.get();
    }

    Connection proxy() {
        return proxy;
    }

    boolean isOwnOf(Process process) {
        return owner == process;
    }

    long lastUsed() {
        return lastUsed;
    }

    /** The connection breaks: what was not committed is gone, and so is every lock. */
    void cut() {
        broken = true;
        try {
            forget();
        } catch (SQLException cannot) {
            throw new IllegalStateException(cannot);
        }
    }

    private interface Calls {
        @Nullable Object call(Method method, Object[] arguments) throws Throwable;
    }

    private static Object proxyOf(Class<?> type, Calls calls) {
        return Proxy.newProxyInstance(Session.class.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            Object[] arguments = given == null ? new Object[0] : given;
            return switch (method.getName()) {
                case "equals" -> self == arguments[0];
                case "hashCode" -> System.identityHashCode(self);
                case "toString" -> "simulated " + type.getSimpleName();
                default -> calls.call(method, arguments);
            };
        });
    }

    private static @Nullable Object pass(Object to, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(to, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getTargetException();
        }
    }

    private @Nullable Object onConnection(Method method, Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "close":
                close();
                return null;
            case "isClosed":
                return closed;
            case "isValid":
                return !broken;
            case "commit":
                commit();
                return null;
            case "rollback":
                rollback();
                return null;
            case "prepareStatement":
                return prepare(method, arguments);
            case "createStatement":
                return statement(Statement.class, (Statement) requireReal(method, arguments), "");
            case "prepareCall":
                return statement(CallableStatement.class, (Statement) requireReal(method, arguments), "");
            case "unwrap":
                return ((Class<?>) arguments[0]) == PGConnection.class
                        ? proxyOf(PGConnection.class, this::onPostgres)
                        : real.unwrap((Class<?>) arguments[0]);
            default:
                return broken ? ignoreOrRefuse(method) : pass(real, method, arguments);
        }
    }

    /** What a pool asks of a connection on its way out. */
    private static @Nullable Object ignoreOrRefuse(Method method) throws SQLException {
        if (method.getReturnType() == void.class) {
            return null;
        }
        throw new SQLException("This connection has been closed.", "08003");
    }

    private Object requireReal(Method method, Object[] arguments) throws Throwable {
        Object made = pass(real, method, arguments);
        if (made == null) {
            throw new IllegalStateException(method + " gave nothing");
        }
        return made;
    }

    private Object prepare(Method method, Object[] arguments) throws Throwable {
        Database database = Database.current();
        String sql = (String) arguments[0];
        arguments[0] = database == null ? sql : database.sabotaged(sql);
        return statement(PreparedStatement.class, (Statement) requireReal(method, arguments), sql);
    }

    private Object statement(Class<?> type, Statement statement, String prepared) {
        return proxyOf(type, (method, arguments) -> {
            String name = method.getName();
            if (name.startsWith("execute")) {
                before(arguments.length > 0 && arguments[0] instanceof String sql ? sql : prepared);
            } else if (name.equals("getConnection")) {
                return proxy;
            }
            return pass(statement, method, arguments);
        });
    }

    /** What comes between a service and the execution of a statement. */
    private void before(String sql) throws SQLException {
        Task task = Task.current();
        Database database = Database.current();
        if (task == null || database == null) {
            return;
        }
        if (!inTransaction) {
            step(database, task);
        }
        requireUsable(task);
        if (database.away()) {
            cut();
            throw new SQLException("An I/O error occurred while sending to the backend.", "08006");
        }
        if (database.faults().statementFails()) {
            refuse(database, task);
        }
        lastUsed = database.world().now();
        inTransaction = !real.getAutoCommit();
        writes |= isWrite(sql);
        setClock(database.world().now());
    }

    private static void step(Database database, Task task) throws SQLException {
        World world = database.world();
        long latency = world.between(Duration.ofNanos(200_000), Duration.ofMillis(3));
        if (database.faults().databaseIsSlow()) {
            latency = world.between(Duration.ofMillis(500), Duration.ofSeconds(12));
            world.happened(Fault.DATABASE_SLOW, task.toString(), "waits " + Trace.seconds(latency) + " for PostgreSQL");
        }
        try {
            Mishaps.step(task, latency);
        } catch (Task.Crashed crashed) {
            throw new SQLException("The process is gone.", "57P01", crashed);
        }
    }

    private void requireUsable(Task task) throws SQLException {
        if (task.dying()) {
            throw new SQLException("The process is gone.", "57P01");
        }
        if (broken) {
            throw new SQLException("This connection has been closed.", "08003");
        }
        if (aborted) {
            throw new SQLException("current transaction is aborted", "25P02");
        }
    }

    private void refuse(Database database, Task task) throws SQLException {
        String state = database.world().oneOf(List.of("40P01", "40001", "55P03", "53200", "57014"));
        database.world().happened(Fault.STATEMENT_FAILED, task.toString(), "a statement fails with " + state);
        if (!real.getAutoCommit()) {
            aborted = true;
        }
        throw new SQLException("simulated: SQL state " + state, state);
    }

    private static boolean isWrite(String sql) {
        String begin = sql.stripLeading().toLowerCase(Locale.ROOT);
        return (begin.startsWith("insert") || begin.startsWith("update") || begin.startsWith("delete"))
                && !begin.startsWith("update transition set published_at")
                && !begin.contains("idempotency_record");
    }

    private void setClock(long now) throws SQLException {
        if (clock != now) {
            Instant at = World.BEGIN.plusNanos(now);
            PreparedStatement set = clockOf(real);
            set.setString(1, at.toString());
            set.execute();
            clock = now;
        }
    }

    private static PreparedStatement clockOf(Connection real) throws SQLException {
        PreparedStatement set = CLOCKS.get(real);
        if (set == null) {
            set = real.prepareStatement("select set_config('simulation.now', ?, false)");
            CLOCKS.put(real, set);
        }
        return set;
    }

    private void commit() throws SQLException {
        Task task = Task.current();
        Database database = Database.current();
        if (task == null || database == null) {
            real.commit();
            return;
        }
        boolean wrote = writes;
        if (task.dying() || broken || aborted) {
            rollback();
            requireUsable(task);
            throw new SQLException("The transaction was rolled back.", aborted ? "25P02" : "08003");
        }
        if (wrote && database.faults().commitFails()) {
            boolean connectionLost = database.world().happens(0.5);
            database.world()
                    .happened(
                            Fault.COMMIT_FAILED,
                            task.toString(),
                            connectionLost ? "the connection breaks before the commit" : "the commit is refused");
            rollback();
            broken = connectionLost;
            throw connectionLost
                    ? new SQLException("An I/O error occurred while sending to the backend.", "08006")
                    : new SQLException("could not serialize access", "40001");
        }
        real.commit();
        inTransaction = false;
        writes = false;
        if (wrote) {
            database.committed(task);
            if (database.faults().answerIsLost()) {
                database.world().happened(Fault.COMMIT_ANSWER_LOST, task.toString(), "the answer to a commit is lost");
                cut();
                throw new SQLException("An I/O error occurred while reading from the backend.", "08006");
            }
            step(database, task);
        }
    }

    private void rollback() throws SQLException {
        inTransaction = false;
        writes = false;
        aborted = false;
        clock = -1;
        if (!real.getAutoCommit()) {
            real.rollback();
        }
    }

    private void close() throws SQLException {
        if (closed) {
            return;
        }
        closed = true;
        if (owner == null) {
            POOLED.decrementAndGet();
        }
        Database database = Database.current();
        if (database != null) {
            database.closed(this);
        }
        forget();
        real.setAutoCommit(true);
        Database.giveBack(real);
    }

    /** As if it had just been opened. */
    private void forget() throws SQLException {
        rollback();
        if (owner != null) {
            boolean automatic = real.getAutoCommit();
            real.setAutoCommit(true);
            try (Statement statement = real.createStatement()) {
                statement.execute("select pg_advisory_unlock_all()");
                statement.execute("unlisten *");
            }
            real.setAutoCommit(automatic);
        }
    }

    private @Nullable Object onPostgres(Method method, Object[] arguments) throws Throwable {
        Task task = Task.current();
        Database database = Database.current();
        if (task == null || database == null || !method.getName().equals("getNotifications")) {
            return pass(real.unwrap(PGConnection.class), method, arguments);
        }
        requireUsable(task);
        long nanos = Duration.ofMillis((Integer) arguments[0]).toNanos();
        try {
            task.pause(
                    () -> broken || database.writes() != seenWrites,
                    task.process().after(nanos));
        } catch (Task.Crashed crashed) {
            throw new SQLException("The process is gone.", "57P01", crashed);
        }
        requireUsable(task);
        lastUsed = database.world().now();
        seenWrites = database.writes();
        return new org.postgresql.PGNotification[0];
    }
}
