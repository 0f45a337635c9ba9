package org.slipway.persistence.relay;

import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.slipway.model.message.Topics;
import org.slipway.persistence.Setting;

/** How this process reaches Kafka: every {@code kafka.*} setting, as the messaging connector takes them too. */
@Startup(Setting.FIRST)
@ApplicationScoped
class KafkaConnection {
    private static final String PREFIX = "kafka.";

    /** Longer than a broker waits for a replica that hangs. */
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final short BROKERS_CHOICE = -1;

    /** Transitions for ever, since they are the history; progress is worth nothing once a copy is over. The rest as the broker likes. */
    private static final Map<String, Map<String, String>> KEPT = Map.of(
            Topics.RELEASE_TRANSITIONS, keptFor(-1),
            Topics.SERVER_TRANSITIONS, keptFor(-1),
            Topics.COPY_PROGRESS, keptFor(Duration.ofDays(1).toMillis()));

    private final Config config;
    private final int partitions;
    private final short replication;

    KafkaConnection(
            Config config,
            @ConfigProperty(name = "slipway.topics.partitions", defaultValue = "6") int partitions,
            @ConfigProperty(name = "slipway.topics.replication", defaultValue = "-1") short replication) {
        this.config = config;
        this.partitions = Setting.atLeast(1, "slipway.topics.partitions", partitions);
        this.replication = replication;
        if (replication != BROKERS_CHOICE) {
            Setting.atLeast(1L, "slipway.topics.replication", replication);
        }
    }

    private static Map<String, String> keptFor(long millis) {
        return Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_DELETE,
                TopicConfig.RETENTION_MS_CONFIG,
                Long.toString(millis),
                TopicConfig.RETENTION_BYTES_CONFIG,
                "-1");
    }

    /**
     * A producer that keeps the order of each key and gives up on nothing by itself: whoever uses it decides when to stop waiting.
     */
    Producer<String, String> producer(String clientId) {
        return new KafkaProducer<>(producerSettings(clientId), new StringSerializer(), new StringSerializer());
    }

    Map<String, Object> producerSettings(String clientId) {
        Map<String, Object> settings = settings();
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // With several under way a new partition may take the second one first, and refuse the first for ever
        // (KAFKA-15591).
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        return settings;
    }

    /** How long a record may wait that Kafka does not take although it answers. */
    Duration patience() {
        return PATIENCE;
    }

    /**
     * Makes the topics that are missing.
     *
     * @throws TimeoutException when Kafka did not answer
     * @throws ExecutionException when it refused
     */
    void ensureTopics() throws InterruptedException, ExecutionException, TimeoutException {
        Map<String, Object> settings = settings();
        settings.put("request.timeout.ms", 5_000);
        settings.put("default.api.timeout.ms", 5_000);
        try (Admin admin = Admin.create(settings)) {
            Set<String> existing = admin.listTopics().names().get(6, TimeUnit.SECONDS);
            List<NewTopic> missing = Topics.all().stream()
                    .filter(topic -> !existing.contains(topic))
                    .map(topic ->
                            new NewTopic(topic, partitions, replication).configs(KEPT.getOrDefault(topic, Map.of())))
                    .toList();
            if (!missing.isEmpty()) {
                admin.createTopics(missing).all().get(6, TimeUnit.SECONDS);
            }
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    /** One that may be kept for as long as the process lives: it finds Kafka again by itself. */
    Admin admin(String clientId) {
        Map<String, Object> settings = settings();
        settings.put("client.id", clientId);
        settings.put("request.timeout.ms", 3_000);
        settings.put("default.api.timeout.ms", 3_000);
        settings.put("reconnect.backoff.max.ms", 1_000);
        return Admin.create(settings);
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>();
        for (String name : config.getPropertyNames()) {
            if (name.startsWith(PREFIX)) {
                config.getOptionalValue(name, String.class)
                        .ifPresent(value -> settings.put(name.substring(PREFIX.length()), value));
            }
        }
        config.getOptionalValue("kafka.bootstrap.servers", String.class)
                .ifPresent(servers -> settings.put("bootstrap.servers", servers));
        return settings;
    }
}
