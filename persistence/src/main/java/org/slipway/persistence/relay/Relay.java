package org.slipway.persistence.relay;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slipway.model.failpoint.Failpoint;
import org.slipway.model.message.Event;
import org.slipway.model.message.EventCodec;
import org.slipway.persistence.ServiceIdentity;
import org.slipway.persistence.transition.Transition;

/**
 * Publishes transition rows to Kafka and marks them. Every process of every service runs one; an advisory lock in PostgreSQL, held by
 * an unpooled connection, makes one of them the leader. When it dies the lock is free at once; when it is paused or cut off, after 15 s.
 *
 * <p>Order per key: rows of one aggregate get their ids under its row lock; the leader sends in the order of ids, stops at the first
 * row that the producer does not take, and the producer never drops one. A crash between sending and marking sends again: at least once.
 */
@ApplicationScoped
class Relay {
    private static final Logger LOG = Logger.getLogger(Relay.class);
    static final long LEADER_LOCK = 0x534C4950574159L;

    /** What the names of the sessions of all relays begin with; the instance follows. */
    static final String SESSION_NAME = "slipway-relay ";

    private static final int LONGEST_SESSION_NAME = 63;
    private static final int BATCH = 500;
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration KAFKA_IS_SLOW = Duration.ofSeconds(2);

    /**
     * A leader that is paused or cut off keeps its session, and with it the lock, for as long as PostgreSQL does not know: so PostgreSQL
     * ends a session that has said nothing for 15 s, and asks the network after 5.
     */
    private static final String SESSION = "-c idle_session_timeout=15s -c tcp_keepalives_idle=5"
            + " -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3";

    private final KafkaConnection kafka;
    private final String jdbcUrl;
    private final String username;
    private final String password;
    private final boolean enabled;
    private final String instance;
    private final EventCodec codec = new EventCodec();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile @Nullable Thread thread;
    private boolean troubled;
    private @Nullable String lastBug;

    Relay(
            KafkaConnection kafka,
            @ConfigProperty(name = "quarkus.datasource.jdbc.url") String jdbcUrl,
            @ConfigProperty(name = "quarkus.datasource.username") String username,
            @ConfigProperty(name = "quarkus.datasource.password") String password,
            @ConfigProperty(name = "slipway.relay.enabled", defaultValue = "true") boolean enabled,
            ServiceIdentity self) {
        this.kafka = kafka;
        this.jdbcUrl = jdbcUrl;
        this.username = username;
        this.password = password;
        this.enabled = enabled;
        this.instance = self.instance();
    }

    void start(@Observes StartupEvent event) {
        if (enabled) {
            thread = Thread.ofPlatform().daemon().name("relay").start(this::run);
        }
    }

    /** The next leader need not wait until everything else here has ended. */
    void giveUpTheLead(@Observes ShutdownDelayInitiatedEvent event) {
        stopping.countDown();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        stopping.countDown();
        Thread current = thread;
        if (current != null) {
            current.join(Duration.ofSeconds(5));
        }
    }

    /** Whether the thread that publishes is there, as far as it is to be. */
    boolean alive() {
        Thread current = thread;
        return current == null || current.isAlive() || stopping.getCount() == 0;
    }

    private void run() {
        while (stopping.getCount() > 0) {
            try (Connection connection = connect(jdbcUrl, username, password, instance)) {
                lookAndLead(connection);
            } catch (SQLException e) {
                trouble("PostgreSQL", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException | Error e) {
                // Whatever it is, the transitions of every service wait for it: nothing ends this thread but the
                // process.
                bug(e);
            }
            if (rest(LOOK)) {
                return;
            }
        }
    }

    /** Asks for the lead on one connection for as long as that lasts: somebody else's death is seen at the next look. */
    private void lookAndLead(Connection connection) throws SQLException, InterruptedException {
        while (!tryToLead(connection)) {
            if (rest(LOOK)) {
                return;
            }
        }
        try (Lead lead = new Lead(connection)) {
            lead.publishUntilStopped();
        }
    }

    /** The one process that publishes, for as long as its connection lasts. */
    private final class Lead implements AutoCloseable {
        private final Connection connection;
        /** Kafka's calls block for seconds; meanwhile the connection is to be used, or PostgreSQL ends it. */
        private final ExecutorService besides = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("relay-kafka").factory());

        private @Nullable Producer<String, String> producer;

        private Lead(Connection connection) {
            this.connection = connection;
        }

        void publishUntilStopped() throws SQLException, InterruptedException {
            try (Statement statement = connection.createStatement()) {
                statement.execute("listen slipway_transition");
            }
            while (stopping.getCount() > 0) {
                try {
                    if (!publishNext()) {
                        recovered();
                        connection.unwrap(PGConnection.class).getNotifications((int) LOOK.toMillis());
                    }
                } catch (KafkaException | ExecutionException e) {
                    trouble("Kafka", e);
                    closeProducer();
                    rest(LOOK);
                }
            }
        }

        /** Publishes and marks what is waiting, at most one batch; {@code false} when there was nothing. */
        private boolean publishNext() throws SQLException, InterruptedException, ExecutionException {
            Producer<String, String> open = producer;
            if (open == null) {
                open = await(besides.submit(() -> {
                    kafka.ensureTopics();
                    return kafka.producer("slipway-relay");
                }));
                producer = open;
            }
            List<Row> rows = waiting(connection);
            if (rows.isEmpty()) {
                return false;
            }
            Failpoint.RELAY_READ.passed();
            Producer<String, String> sender = open;
            List<Future<RecordMetadata>> sent = await(besides.submit(() -> send(sender, rows)));
            int arrived = 0;
            try {
                for (Future<RecordMetadata> future : sent) {
                    awaitRecord(future);
                    arrived++;
                }
                Failpoint.RELAY_SENT.passed();
            } finally {
                mark(connection, rows.subList(0, arrived));
            }
            Failpoint.RELAY_MARKED.passed();
            return true;
        }

        /** Sends in order, and nothing behind the first one that is refused: it would come before it. */
        private List<Future<RecordMetadata>> send(Producer<String, String> sender, List<Row> rows) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (Row row : rows) {
                if (stopping.getCount() == 0) {
                    break;
                }
                Future<RecordMetadata> future = sender.send(new ProducerRecord<>(
                        EventCodec.topic(row.event), EventCodec.key(row.event), codec.encode(row.event)));
                sent.add(future);
                // The producer does not throw what Kafka refuses or does not answer; it hands back a future that has
                // failed.
                if (future.state() == Future.State.FAILED) {
                    break;
                }
            }
            return sent;
        }

        /**
         * Waits for an answer, and makes the topics anew in case they are gone.
         *
         * @throws ExecutionException when Kafka does not answer at all
         * @throws KafkaException when it answers and does not take the record all the same: another producer may fare better
         */
        private void awaitRecord(Future<RecordMetadata> future)
                throws SQLException, InterruptedException, ExecutionException {
            long began = System.nanoTime();
            while (!isDoneWithin(future, KAFKA_IS_SLOW)) {
                trouble("Kafka", new TimeoutException("no answer within " + KAFKA_IS_SLOW));
                await(besides.submit(() -> {
                    kafka.ensureTopics();
                    return true;
                }));
                if (!future.isDone()
                        && System.nanoTime() - began > kafka.patience().toNanos()) {
                    LOG.warnf(
                            "Kafka answers and did not take a transition for %s; it is sent again by another producer",
                            kafka.patience());
                    throw new KafkaException("it did not take a transition for " + kafka.patience());
                }
            }
            future.get();
        }

        /** The result of something that Kafka does. */
        private <T> T await(Future<T> future) throws SQLException, InterruptedException, ExecutionException {
            boolean done;
            do {
                done = isDoneWithin(future, LOOK);
            } while (!done);
            try {
                return future.get();
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case KafkaException _ -> throw e;
                    case RuntimeException bug -> throw bug;
                    case Error bug -> throw bug;
                    case null, default -> throw e;
                }
            }
        }

        /**
         * Waits, and uses the connection at every look: that tells whether this process still leads, and tells PostgreSQL that it lives.
         *
         * @throws InterruptedException when the process is stopping
         */
        private boolean isDoneWithin(Future<?> future, Duration time) throws SQLException, InterruptedException {
            long began = System.nanoTime();
            while (System.nanoTime() - began < time.toNanos()) {
                if (stopping.getCount() == 0 && !future.isDone()) {
                    throw new InterruptedException("stopping");
                }
                try {
                    future.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                    return true;
                } catch (ExecutionException e) {
                    return true;
                } catch (TimeoutException e) {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute("select 1");
                    }
                }
            }
            return future.isDone();
        }

        private void closeProducer() {
            if (producer != null) {
                producer.close(Duration.ZERO);
                producer = null;
            }
        }

        /** Nothing is sent any more when this returns: the next leader may begin. */
        @Override
        public void close() {
            besides.shutdownNow();
            closeProducer();
        }
    }

    private static List<Row> waiting(Connection connection) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                        select id, sequence, project, release_number, server, from_state, to_state, service, actor, reason, attempt, at
                        from transition where published_at is null order by id limit ?
                        """)) {
            select.setInt(1, BATCH);
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    rows.add(row(found));
                }
            }
        }
        return rows;
    }

    private static Row row(ResultSet found) throws SQLException {
        return new Row(
                found.getLong("id"),
                Transition.event(
                        found.getString("project"),
                        found.getObject("release_number", Integer.class),
                        found.getString("server"),
                        found.getLong("sequence"),
                        found.getString("from_state"),
                        found.getString("to_state"),
                        found.getString("service"),
                        found.getString("actor"),
                        found.getString("reason"),
                        found.getInt("attempt"),
                        found.getObject("at", OffsetDateTime.class).toInstant()));
    }

    private static void mark(Connection connection, List<Row> published) throws SQLException {
        if (published.isEmpty()) {
            return;
        }
        try (PreparedStatement update = connection.prepareStatement(
                "update transition set published_at = clock_timestamp() where id = any(?) and published_at is null")) {
            update.setArray(
                    1,
                    connection.createArrayOf(
                            "bigint", published.stream().map(Row::id).toArray()));
            update.executeUpdate();
        }
    }

    static Connection connect(String jdbcUrl, String username, String password, String instance) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", username);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", session(instance));
        properties.setProperty("options", SESSION);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("socketTimeout", "30");
        return DriverManager.getConnection(jdbcUrl, properties);
    }

    /** The name of the session of an instance, as long as PostgreSQL lets it be. */
    static String session(String instance) {
        String name = SESSION_NAME + instance;
        return name.substring(0, Math.min(name.length(), LONGEST_SESSION_NAME));
    }

    static boolean tryToLead(Connection connection) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement("select pg_try_advisory_lock(?)")) {
            lock.setLong(1, LEADER_LOCK);
            try (ResultSet answer = lock.executeQuery()) {
                return answer.next() && answer.getBoolean(1);
            }
        }
    }

    private boolean rest(Duration time) {
        try {
            return stopping.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void trouble(String what, Exception e) {
        if (!troubled) {
            LOG.warnf(
                    "%s does not take transitions at the moment; they wait in the database and follow when it is back: %s",
                    what, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
            troubled = true;
        }
    }

    /** A bug comes again every second until somebody mends it; it is told once. */
    private void bug(Throwable e) {
        if (!e.toString().equals(lastBug)) {
            LOG.error("Transitions are not published because of an error that nothing foresaw; trying again", e);
            lastBug = e.toString();
            troubled = true;
        }
    }

    private void recovered() {
        lastBug = null;
        if (troubled) {
            LOG.info("Every transition is published again.");
            troubled = false;
        }
    }

    private record Row(long id, Event event) {}
}
