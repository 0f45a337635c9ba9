package org.slipway.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {

    private static final String TOPIC = "kept";

    private final Path directory;

    EmbeddedKafkaTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void keepsRecordsOverARestartAtAnotherPort() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            createTopic(kafka);
            send(kafka, "before");
        }
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            send(kafka, "after");
            assertThat(readAll(kafka, 2)).containsExactly("before", "after");
        }
    }

    @Test
    void keepsPortAndRecordsWhenItIsKilledAndStartedAgain() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            String servers = kafka.bootstrapServers();
            createTopic(kafka);
            send(kafka, "before");
            kafka.killHard();
            assertThat(kafka.isAlive()).isFalse();
            kafka.restart();
            assertThat(kafka.bootstrapServers()).isEqualTo(servers);
            send(kafka, "after");
            assertThat(readAll(kafka, 2)).containsExactly("before", "after");
        }
    }

    @Test
    void answersNobodyWhilePausedAndEveryoneAfter() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            createTopic(kafka);
            try (KafkaProducer<String, String> producer = producer(kafka)) {
                producer.send(new ProducerRecord<>(TOPIC, "quick")).get(30, TimeUnit.SECONDS);
                kafka.pause();
                var sent = producer.send(new ProducerRecord<>(TOPIC, "patient"));
                assertThatThrownBy(() -> sent.get(1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
                kafka.resume();
                sent.get(30, TimeUnit.SECONDS);
            }
            assertThat(readAll(kafka, 2)).containsExactly("quick", "patient");
        }
    }

    @Test
    void makesNoTopicThatNobodyAskedFor() {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory);
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            assertThatThrownBy(() -> admin.describeTopics(List.of("mistyped"))
                            .allTopicNames()
                            .get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    @Test
    void endsWithTheJvmThatStartedItAlsoWhenThatIsKilled() throws Exception {
        OtherJvm jvm = OtherJvm.start(directory, "kafka");
        long broker = Long.parseLong(jvm.said());
        assertThat(ProcessTable.startTicks(broker)).isPresent();
        jvm.killAndNobodyWatching();
        Await.until(Duration.ofSeconds(20), "the broker to end with its parent", () -> ProcessTable.startTicks(broker)
                .isEmpty());
    }

    @Test
    void startsWhereAKilledParentLeftABrokerThatCannotEnd() throws Exception {
        OtherJvm jvm = OtherJvm.start(directory, "kafka");
        long broker = Long.parseLong(jvm.said());
        Signal.STOP.send(broker);
        jvm.killAndNobodyWatching();
        assertThat(ProcessTable.startTicks(broker)).isPresent();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            assertThat(ProcessTable.startTicks(broker)).isEmpty();
            createTopic(kafka);
        }
    }

    private static void createTopic(EmbeddedKafka kafka) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
        }
    }

    private static KafkaProducer<String, String> producer(EmbeddedKafka kafka) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()), new StringSerializer(), new StringSerializer());
    }

    private static void send(EmbeddedKafka kafka, String value) throws Exception {
        try (KafkaProducer<String, String> producer = producer(kafka)) {
            producer.send(new ProducerRecord<>(TOPIC, value)).get(30, TimeUnit.SECONDS);
        }
    }

    private static List<String> readAll(EmbeddedKafka kafka, int count) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            List<TopicPartition> partitions = List.of(new TopicPartition(TOPIC, 0));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Await.until(Duration.ofSeconds(30), count + " records", () -> {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    values.add(record.value());
                }
                return values.size() >= count;
            });
        }
        return values;
    }
}
