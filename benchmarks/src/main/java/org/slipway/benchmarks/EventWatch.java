package org.slipway.benchmarks;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.slipway.model.ReleaseState;
import org.slipway.model.message.Event;
import org.slipway.model.message.EventCodec;
import org.slipway.model.message.ReleaseTransitioned;
import org.slipway.model.message.Topics;
import org.slipway.model.message.UnreadableEventException;
import org.slipway.system.TopicReader;

/**
 * Listens to the transitions, as a subscriber would: knows when a release came to a state, and how long each event took from the
 * time in its row of the transition log, which lies before the commit, to here. Everything runs on one clock.
 */
final class EventWatch implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final KafkaConsumer<String, String> consumer;
    private final EventCodec codec = new EventCodec();
    private final Map<String, CompletableFuture<Long>> seen = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<String> topics;
    private final Thread thread;
    private List<Double> millisUnderWay = new ArrayList<>();

    EventWatch(String bootstrapServers) {
        consumer = new TopicReader(bootstrapServers)
                .atTheEnd(List.of(Topics.RELEASE_TRANSITIONS, Topics.SERVER_TRANSITIONS));
        topics = consumer.assignment().stream().map(TopicPartition::topic).collect(Collectors.toSet());
        thread = Thread.ofPlatform().name("event-watch").start(this::run);
    }

    /** Whether there is anything to listen to yet. */
    boolean sees() {
        return topics.size() == 2;
    }

    private void run() {
        while (closed.getCount() > 0 && sees()) {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                take(record.value(), Instant.now(), System.nanoTime());
            }
        }
        consumer.close();
    }

    private void take(String value, Instant arrived, long nanos) {
        try {
            Event event = codec.decode(value);
            synchronized (this) {
                millisUnderWay.add(Duration.between(event.at(), arrived).toNanos() / 1e6);
            }
            if (event instanceof ReleaseTransitioned moved) {
                arrival(moved.project(), moved.release(), moved.to()).complete(nanos);
            }
        } catch (UnreadableEventException notOurs) {
            throw new IllegalStateException(notOurs);
        }
    }

    /**
     * Waits until a release came to a state.
     *
     * @return what {@code System.nanoTime()} said then
     */
    long await(String project, int release, ReleaseState state) {
        try {
            return arrival(project, release, state).get(LONGEST.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IllegalStateException(
                    "release %d of %s did not come to %s".formatted(release, project, state), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private CompletableFuture<Long> arrival(String project, int release, ReleaseState state) {
        return seen.computeIfAbsent(project + "/" + release + "/" + state, key -> new CompletableFuture<>());
    }

    /** The times under way, in ms, of all events since the last call. */
    synchronized List<Double> takeMillisUnderWay() {
        List<Double> taken = millisUnderWay;
        millisUnderWay = new ArrayList<>();
        return taken;
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(LONGEST);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
