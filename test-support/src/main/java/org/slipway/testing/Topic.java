package org.slipway.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slipway.embedded.Await;

/** One topic, read from its beginning and written to by a test. */
public final class Topic implements AutoCloseable {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private final String name;
    private final KafkaProducer<String, String> producer;
    private final KafkaConsumer<String, String> consumer;
    private final List<ConsumerRecord<String, String>> seen = new ArrayList<>();

    public Topic(String bootstrapServers, String name) {
        this.name = name;
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers);
        this.producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "group.id", "test-" + UUID.randomUUID(),
                        "auto.offset.reset", "earliest",
                        "enable.auto.commit", "false",
                        "metadata.max.age.ms", "1000"),
                new StringDeserializer(),
                new StringDeserializer());
        consumer.subscribe(List.of(name));
    }

    /** Writes one record and waits until the broker has it. */
    public void send(String key, @Nullable String value) {
        try {
            producer.send(new ProducerRecord<>(name, key, value)).get(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("cannot write to " + name, e);
        }
    }

    /** Writes the same record again and again, for as long as the condition does not hold. */
    public void sendUntil(BooleanSupplier condition, String key, String value) {
        Await.until(LONGEST_WAIT, "something to come of a record in " + name, () -> {
            send(key, value);
            return condition.getAsBoolean();
        });
    }

    /** The latest record with that key; waits until there is one. */
    public String latestOf(String key) {
        return Await.untilPresent(LONGEST_WAIT, "a record of " + key + " in " + name, () -> {
            poll();
            return seen.reversed().stream()
                    .filter(record -> key.equals(record.key()))
                    .map(ConsumerRecord::value)
                    .findFirst();
        });
    }

    /** Waits until there are that many records with that key. */
    public void awaitOf(String key, int atLeast) {
        Await.until(LONGEST_WAIT, atLeast + " records of " + key + " in " + name, () -> {
            poll();
            return seen.stream().filter(record -> key.equals(record.key())).count() >= atLeast;
        });
    }

    /** Every record with that key, in order; waits until there are that many. */
    public List<String> of(String key, int atLeast) {
        awaitOf(key, atLeast);
        return seen.stream()
                .filter(record -> key.equals(record.key()))
                .map(ConsumerRecord::value)
                .toList();
    }

    /** Waits until there are that many records, and gives back their values. A record without a value counts as {@code ""}. */
    public List<String> await(int atLeast) {
        Await.until(LONGEST_WAIT, atLeast + " records in " + name, () -> {
            poll();
            return seen.size() >= atLeast;
        });
        return seen.stream()
                .map(record -> Optional.ofNullable(record.value()).orElse(""))
                .toList();
    }

    private void poll() {
        consumer.poll(Duration.ofMillis(100)).forEach(seen::add);
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        consumer.close();
    }
}
