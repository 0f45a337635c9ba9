package org.slipway.simulation;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;

/** Kafka: keeps what it is given, in the order in which it came, and brings it to every process that listens, or fails to. */
final class Broker {
    private final World world;
    private final Faults faults;
    private final List<Process> listeners;
    private final List<Stored> log = new ArrayList<>();
    private boolean away;

    Broker(World world, Faults faults, List<Process> listeners) {
        this.world = world;
        this.faults = faults;
        this.listeners = listeners;
    }

    /** A record that the broker has. */
    record Stored(String topic, String key, String value) {}

    /** An answer that takes simulated time. */
    static final class Acknowledgement extends CompletableFuture<RecordMetadata> {}

    List<Stored> log() {
        return log;
    }

    boolean away() {
        return away;
    }

    void goAway(long nanos) {
        away = true;
        world.happened(Fault.BROKER_AWAY, "broker", "away for " + Trace.seconds(nanos));
        world.in(nanos, () -> away = false);
    }

    void heal() {
        away = false;
    }

    /** A producer as the relay wants it: it keeps the order of each key, so nothing follows a record that it lost. */
    @SuppressWarnings("unchecked")
    Producer<String, String> producer() {
        Sending sending = new Sending();
        return (Producer<String, String>) Proxy.newProxyInstance(
                Broker.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "send":
                            return sending.send((ProducerRecord<String, String>) arguments[0]);
                        case "close":
                            return null;
                        default:
                            throw new UnsupportedOperationException(method.getName());
                    }
                });
    }

    private final class Sending {
        private boolean broken;

        CompletableFuture<RecordMetadata> send(ProducerRecord<String, String> record) {
            Acknowledgement answer = new Acknowledgement();
            if (broken || away) {
                answer.completeExceptionally(new TimeoutException("the broker does not answer"));
                return answer;
            }
            if (!faults.broker()) {
                store(record);
                answer.complete(null);
                return answer;
            }
            switch (world.upTo(4)) {
                case 0 -> {
                    world.happened(Fault.SEND_FAILED, "broker", "refuses a record of " + record.key());
                    broken = true;
                    answer.completeExceptionally(new DisconnectException("the broker closed the connection"));
                }
                case 1 -> {
                    world.happened(Fault.SEND_DOUBLED, "broker", "stores a record of " + record.key() + " twice");
                    store(record);
                    store(record);
                    answer.complete(null);
                }
                case 2 -> {
                    world.happened(
                            Fault.ACKNOWLEDGEMENT_LOST, "broker", "loses the answer to a record of " + record.key());
                    store(record);
                    broken = true;
                    answer.completeExceptionally(new DisconnectException("the answer was lost"));
                }
                default -> {
                    world.happened(Fault.ACKNOWLEDGEMENT_LATE, "broker", "answers late to " + record.key());
                    store(record);
                    world.in(
                            world.between(Duration.ofMillis(100), Duration.ofSeconds(10)), () -> answer.complete(null));
                }
            }
            return answer;
        }
    }

    private void store(ProducerRecord<String, String> record) {
        store(record.topic(), record.key(), record.value());
    }

    /** Somebody who is not Slipway writes, too. */
    void storeGarbage(String topic) {
        world.happened(Fault.RECORD_UNREADABLE, "broker", "somebody writes garbage to " + topic);
        bring(topic, "{\"specversion\":\"1.0\",");
    }

    private void store(String topic, String key, String value) {
        log.add(new Stored(topic, key, value));
        bring(topic, value);
    }

    private void bring(String topic, String value) {
        for (Process process : listeners) {
            int life = process.life();
            long delay = world.between(Duration.ofMillis(1), Duration.ofMillis(30));
            if (faults.hint()) {
                if (world.happens(0.5)) {
                    world.happened(Fault.HINT_LOST, process.name(), "does not get a record of " + topic);
                    continue;
                }
                world.happened(Fault.HINT_LATE, process.name(), "gets a record of " + topic + " late");
                delay = world.between(Duration.ofMillis(30), Duration.ofSeconds(15));
            }
            world.in(delay, () -> hear(process, life, topic, value));
        }
    }

    private void hear(Process process, int life, String topic, String value) {
        Replica replica = process.replica();
        if (replica == null || process.life() != life) {
            return;
        }
        if (process.paused()) {
            world.in(process.pausedUntil() - world.now(), () -> hear(process, life, topic, value));
            return;
        }
        try {
            replica.hear(topic, value);
        } catch (IllegalArgumentException unreadable) {
            // The messaging connector puts it aside and goes on.
        }
    }
}
