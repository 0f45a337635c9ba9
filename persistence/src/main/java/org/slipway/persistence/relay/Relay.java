package org.slipway.persistence.relay;

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
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slipway.model.message.Event;
import org.slipway.model.message.EventCodec;
import org.slipway.persistence.transition.Transition;

/**
 * Publishes transition rows to Kafka and marks them. Every process of every service runs one; an advisory lock in PostgreSQL, held by
 * an unpooled connection, makes one of them the leader, and when it dies the lock is free at once.
 *
 * <p>Order per key: rows of one aggregate get their ids under its row lock; the leader sends in the order of ids, stops at the first
 * row that the producer does not take, and the producer never drops one. A crash between sending and marking sends again: at least once.
 */
@ApplicationScoped
class Relay {
    private static final Logger LOG = Logger.getLogger(Relay.class);
    private static final long LEADER_LOCK = 0x534C4950574159L;
    private static final int BATCH = 500;
    private static final Duration LEADER_LOOK = Duration.ofSeconds(1);

    private final KafkaConnection kafka;
    private final String jdbcUrl;
    private final String username;
    private final String password;
    private final boolean enabled;
    private final EventCodec codec = new EventCodec();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private @Nullable Thread thread;
    private boolean troubled;

    Relay(
            KafkaConnection kafka,
            @ConfigProperty(name = "quarkus.datasource.jdbc.url") String jdbcUrl,
            @ConfigProperty(name = "quarkus.datasource.username") String username,
            @ConfigProperty(name = "quarkus.datasource.password") String password,
            @ConfigProperty(name = "slipway.relay.enabled", defaultValue = "true") boolean enabled) {
        this.kafka = kafka;
        this.jdbcUrl = jdbcUrl;
        this.username = username;
        this.password = password;
        this.enabled = enabled;
    }

    void start(@Observes StartupEvent event) {
        if (enabled) {
            thread = Thread.ofPlatform().daemon().name("relay").start(this::run);
        }
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        stopping.countDown();
        if (thread != null) {
            thread.join(Duration.ofSeconds(5));
        }
    }

    private void run() {
        while (stopping.getCount() > 0) {
            try (Connection connection = connect()) {
                if (tryToLead(connection)) {
                    lead(connection);
                }
            } catch (SQLException e) {
                trouble("PostgreSQL", e);
            }
            if (rest(LEADER_LOOK)) {
                return;
            }
        }
    }

    private void lead(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("listen slipway_transition");
        }
        KafkaProducer<String, String> producer = null;
        try {
            while (stopping.getCount() > 0) {
                try {
                    if (producer == null) {
                        kafka.ensureTopics();
                        producer = kafka.producer("slipway-relay");
                    }
                    if (!publishNext(connection, producer)) {
                        recovered();
                        connection.unwrap(PGConnection.class).getNotifications(1_000);
                    }
                } catch (KafkaException | ExecutionException | TimeoutException e) {
                    trouble("Kafka", e);
                    if (producer != null) {
                        producer.close(Duration.ZERO);
                        producer = null;
                    }
                    rest(LEADER_LOOK);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (producer != null) {
                producer.close(Duration.ZERO);
            }
        }
    }

    /** Publishes and marks what is waiting, at most one batch; {@code false} when there was nothing. */
    private boolean publishNext(Connection connection, KafkaProducer<String, String> producer)
            throws SQLException, InterruptedException, ExecutionException, TimeoutException {
        List<Row> rows = waiting(connection);
        if (rows.isEmpty()) {
            return false;
        }
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        KafkaException refused = null;
        for (Row row : rows) {
            try {
                sent.add(producer.send(new ProducerRecord<>(
                        EventCodec.topic(row.event), EventCodec.key(row.event), codec.encode(row.event))));
            } catch (KafkaException e) {
                refused = e;
                break;
            }
        }
        int arrived = 0;
        try {
            for (Future<RecordMetadata> future : sent) {
                await(connection, future);
                arrived++;
            }
        } finally {
            mark(connection, rows.subList(0, arrived));
        }
        if (refused != null) {
            throw refused;
        }
        return true;
    }

    /** Waits for as long as it takes, but looks now and then whether this process still leads and whether the topics are there. */
    private void await(Connection connection, Future<RecordMetadata> future)
            throws SQLException, InterruptedException, ExecutionException, TimeoutException {
        while (true) {
            try {
                future.get(2, TimeUnit.SECONDS);
                return;
            } catch (TimeoutException e) {
                if (stopping.getCount() == 0) {
                    throw e;
                }
                trouble("Kafka", e);
                try (Statement statement = connection.createStatement()) {
                    statement.execute("select 1");
                }
                kafka.ensureTopics();
            }
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

    private Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", username);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", "slipway-relay");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("socketTimeout", "30");
        return DriverManager.getConnection(jdbcUrl, properties);
    }

    private static boolean tryToLead(Connection connection) throws SQLException {
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

    private void recovered() {
        if (troubled) {
            LOG.info("Every transition is published again.");
            troubled = false;
        }
    }

    private record Row(long id, Event event) {}
}
