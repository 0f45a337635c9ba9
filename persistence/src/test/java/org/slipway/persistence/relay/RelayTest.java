package org.slipway.persistence.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slipway.model.ReleaseState.BETA_COPIED;
import static org.slipway.model.ReleaseState.BETA_COPYING;
import static org.slipway.model.ReleaseState.BETA_COPY_FAILED;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;
import org.eclipse.microprofile.config.Config;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slipway.embedded.Await;
import org.slipway.model.message.EventCodec;
import org.slipway.model.message.ReleaseTransitioned;
import org.slipway.model.message.Topics;
import org.slipway.model.message.UnreadableEventException;
import org.slipway.persistence.Schema;
import org.slipway.persistence.ServiceIdentity;
import org.slipway.testing.Database;
import org.slipway.testing.GivenProject;
import org.slipway.testing.Log;
import org.slipway.testing.SlipwayInfrastructure;
import org.slipway.testing.Topic;

class RelayTest {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final String RELAYS =
            " from pg_stat_activity where application_name like 'slipway-relay %' and datname = current_database()";

    private final List<Relay> started = new ArrayList<>();
    private Database access;
    private DataSource database;
    private GivenProject project;

    @BeforeEach
    void aProject() {
        access = SlipwayInfrastructure.newDatabase();
        database = Schema.in(access);
        project = GivenProject.in(database);
    }

    @AfterEach
    void stopAll() throws InterruptedException {
        for (Relay relay : started) {
            relay.stop(new ShutdownEvent());
        }
    }

    @Test
    void publishesInOrderPerKeyAndMarksWhatArrived() throws Exception {
        GivenProject other = GivenProject.in(database);
        project.release("a.txt");
        start(new TestKafka());
        other.release("b").to(BETA_COPYING, BETA_COPY_FAILED, BETA_COPYING, BETA_COPIED);
        awaitAllMarked();

        assertThat(published(other, 5)).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(published(project, 1)).containsExactly(1L);
    }

    @Test
    void publishesNothingBehindARecordThatTheProducerRefused() {
        List<ProducerRecord<String, String>> taken = new CopyOnWriteArrayList<>();
        AtomicBoolean refuse = new AtomicBoolean(true);
        project.release("a.txt").to(BETA_COPYING, BETA_COPIED);
        start(new TestKafka() {
            @Override
            Producer<String, String> producer(String clientId) {
                return new FakeProducer(record -> {
                    if (refuse.getAndSet(false)) {
                        return CompletableFuture.failedFuture(new TimeoutException("no metadata"));
                    }
                    taken.add(record);
                    return arrived(record);
                });
            }
        });
        awaitAllMarked();

        assertThat(taken.stream()
                        .filter(record -> record.key().equals(project.name()))
                        .map(record -> sequence(record.value()))
                        .toList())
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void triesAnotherProducerWhereKafkaAnswersAndTakesNothing() throws Exception {
        AtomicBoolean stuck = new AtomicBoolean(true);
        project.release("a.txt").to(BETA_COPYING);
        try (Log log = Log.of(Relay.class)) {
            start(new TestKafka() {
                @Override
                Producer<String, String> producer(String clientId) {
                    return stuck.getAndSet(false)
                            ? new FakeProducer(record -> new CompletableFuture<>())
                            : super.producer(clientId);
                }

                @Override
                Duration patience() {
                    return Duration.ofSeconds(1);
                }
            });
            log.await("Kafka answers and did not take a transition for PT1S; it is sent again by another producer");
        }
        awaitAllMarked();

        assertThat(published(project, 2)).containsExactly(1L, 2L);
    }

    @Test
    void hasOneRequestUnderWayWhateverIsConfigured() {
        KafkaConnection kafka = new KafkaConnection(
                configured(Map.of(
                        "kafka.bootstrap.servers", "one:9092", "kafka.max.in.flight.requests.per.connection", "5")),
                3,
                (short) -1);

        assertThat(kafka.producerSettings("relay"))
                .containsEntry("bootstrap.servers", "one:9092")
                .containsEntry("max.in.flight.requests.per.connection", 1);
    }

    @Test
    void sendsAgainWhatItCouldNotMark() throws Exception {
        AtomicBoolean crash = new AtomicBoolean(true);
        project.release("a.txt").to(BETA_COPYING, BETA_COPIED);
        start(new TestKafka() {
            @Override
            Producer<String, String> producer(String clientId) {
                Producer<String, String> real = super.producer(clientId);
                return new FakeProducer(record -> {
                    Future<RecordMetadata> sent = real.send(record);
                    if (record.key().equals(project.name()) && crash.getAndSet(false)) {
                        real.flush();
                        endTheLeadersSession();
                    }
                    return sent;
                });
            }
        });
        awaitAllMarked();

        List<Long> sequences = published(project, 4);
        assertThat(sequences).startsWith(1L).endsWith(3L).contains(2L);
        assertThat(sequences.lastIndexOf(1L)).isPositive();
        assertThat(sequences.subList(sequences.lastIndexOf(1L), sequences.size()))
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void goesOnAfterAnErrorThatNothingForesaw() {
        AtomicBoolean broken = new AtomicBoolean(true);
        project.release("a.txt");
        Relay relay = start(new TestKafka() {
            @Override
            void ensureTopics() throws InterruptedException, ExecutionException, java.util.concurrent.TimeoutException {
                if (broken.getAndSet(false)) {
                    throw new NoClassDefFoundError("org/apache/kafka/Missing");
                }
                super.ensureTopics();
            }
        });
        awaitAllMarked();

        assertThat(relay.alive()).isTrue();
    }

    @Test
    void isNotAliveWithoutItsThread() {
        Relay relay = start(new TestKafka());
        awaitAllMarked();
        Thread thread = Thread.getAllStackTraces().keySet().stream()
                .filter(candidate -> candidate.getName().equals("relay"))
                .findFirst()
                .orElseThrow();
        thread.interrupt();

        Await.until(LONGEST_WAIT, "the relay to be found dead", () -> !relay.alive());
    }

    @Test
    void leadsWhenTheLeaderStops() throws Exception {
        Relay first = start(new TestKafka());
        project.release("a.txt");
        awaitAllMarked();
        start(new TestKafka());
        first.stop(new ShutdownEvent());
        GivenProject.in(database, "b1");

        awaitAllMarked();
    }

    @Test
    void asksForTheLeadOnOneConnection() {
        start(new TestKafka());
        awaitAllMarked();
        start(new TestKafka());
        Await.until(
                LONGEST_WAIT,
                "the second one to have asked for three seconds on the same connection",
                () -> texts("select pid" + RELAYS + " and state_change - backend_start > interval '3 seconds'"
                                        + " and query like '%pg_try_advisory_lock%'")
                                .size()
                        == 1);
    }

    @Test
    void takesTheLeadOfOneThatStandsStill() throws Exception {
        try (Connection paused = Relay.connect(access.jdbcUrl(), access.user(), access.password(), "paused")) {
            assertThat(Relay.tryToLead(paused)).isTrue();
            project.release("a.txt");
            start(new TestKafka());

            awaitAllMarked();
        }
    }

    @Test
    void keepsTheLeadWhileKafkaDoesNotAnswer() {
        CountDownLatch answer = new CountDownLatch(1);
        project.release("a.txt");
        start(new TestKafka() {
            @Override
            void ensureTopics() throws InterruptedException, ExecutionException, java.util.concurrent.TimeoutException {
                answer.await();
                super.ensureTopics();
            }
        });
        Await.until(LONGEST_WAIT, "the leader to use its connection for three seconds", () -> !texts(
                        "select pid" + RELAYS + " and query = 'select 1'"
                                + " and state_change - backend_start > interval '3 seconds'")
                .isEmpty());
        answer.countDown();

        awaitAllMarked();
    }

    @Test
    void makesTopicsThatAreGone() throws Exception {
        start(new TestKafka());
        project.release("a.txt").to(BETA_COPYING);
        awaitAllMarked();
        try (Admin admin =
                Admin.create(Map.<String, Object>of("bootstrap.servers", SlipwayInfrastructure.bootstrapServers()))) {
            admin.deleteTopics(List.of(Topics.RELEASE_TRANSITIONS, Topics.SERVER_TRANSITIONS))
                    .all()
                    .get();
        }
        GivenProject later = GivenProject.in(database);
        later.release("b").to(BETA_COPYING);
        awaitAllMarked();

        assertThat(published(later, 2)).endsWith(1L, 2L);
    }

    @Test
    void makesTopicsThatKeepTheHistoryForEver() throws Exception {
        List<ConfigResource> history = Stream.of(Topics.RELEASE_TRANSITIONS, Topics.SERVER_TRANSITIONS)
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .toList();
        try (Admin admin =
                Admin.create(Map.<String, Object>of("bootstrap.servers", SlipwayInfrastructure.bootstrapServers()))) {
            start(new TestKafka());
            project.release("a.txt").to(BETA_COPYING);
            awaitAllMarked();

            assertThat(admin.describeConfigs(history).all().get().values())
                    .hasSize(2)
                    .allSatisfy(topic -> {
                        assertThat(topic.get("retention.ms").value()).isEqualTo("-1");
                        assertThat(topic.get("cleanup.policy").value()).isEqualTo("delete");
                    });
        }
    }

    private Relay start(KafkaConnection kafka) {
        Relay relay = new Relay(
                kafka,
                access.jdbcUrl(),
                access.user(),
                access.password(),
                true,
                new ServiceIdentity("beta-worker", Optional.of("relay-" + started.size())));
        relay.start(new StartupEvent());
        started.add(relay);
        return relay;
    }

    private void awaitAllMarked() {
        Await.until(LONGEST_WAIT, "every transition to be marked", () -> texts(
                        "select id from transition where published_at is null")
                .isEmpty());
    }

    private void endTheLeadersSession() {
        texts("select pg_terminate_backend(pid)" + RELAYS);
        Await.until(LONGEST_WAIT, "the session to end", () -> texts("select pid" + RELAYS)
                .isEmpty());
    }

    private List<String> texts(String sql) {
        List<String> texts = new ArrayList<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return texts;
    }

    private static List<Long> published(GivenProject project, int atLeast) {
        try (Topic topic = new Topic(SlipwayInfrastructure.bootstrapServers(), Topics.RELEASE_TRANSITIONS)) {
            return topic.of(project.name(), atLeast).stream()
                    .map(RelayTest::sequence)
                    .toList();
        }
    }

    private static long sequence(String record) {
        try {
            return ((ReleaseTransitioned) new EventCodec().decode(record)).sequence();
        } catch (UnreadableEventException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Future<RecordMetadata> arrived(ProducerRecord<String, String> record) {
        return CompletableFuture.completedFuture(
                new RecordMetadata(new TopicPartition(record.topic(), 0), 0, 0, 0, 0, 0));
    }

    private static Config configured(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .build();
    }

    /** The broker of this JVM. */
    private static class TestKafka extends KafkaConnection {
        TestKafka() {
            super(configured(Map.of("kafka.bootstrap.servers", SlipwayInfrastructure.bootstrapServers())), 3, (short)
                    -1);
        }
    }

    /** Sends as the test says. */
    private static final class FakeProducer extends MockProducer<String, String> {
        private final Function<ProducerRecord<String, String>, Future<RecordMetadata>> sends;

        FakeProducer(Function<ProducerRecord<String, String>, Future<RecordMetadata>> sends) {
            this.sends = sends;
        }

        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<String, String> record) {
            return sends.apply(record);
        }
    }
}
