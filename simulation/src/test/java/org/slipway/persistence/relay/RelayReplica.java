package org.slipway.persistence.relay;

import io.quarkus.arc.Arc;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.eclipse.microprofile.config.ConfigProvider;
import org.slipway.persistence.ServiceIdentity;
import org.slipway.simulation.Replica;

/** The relay of a simulated process. */
public final class RelayReplica implements Replica {
    private final Relay relay;

    /**
     * @param away whether the broker does not answer
     * @param producers opens a producer that keeps the order of each key
     */
    public RelayReplica(
            String jdbcUrl,
            String user,
            String password,
            BooleanSupplier away,
            Supplier<Producer<String, String>> producers) {
        this.relay = new Relay(
                new SimulatedKafka(away, producers),
                jdbcUrl,
                user,
                password,
                true,
                Arc.container().instance(ServiceIdentity.class).get());
    }

    @Override
    public void start() {
        relay.start(new StartupEvent());
    }

    @Override
    public void stop() throws InterruptedException {
        relay.stop(new ShutdownEvent());
    }

    private static final class SimulatedKafka extends KafkaConnection {
        private final BooleanSupplier away;
        private final Supplier<Producer<String, String>> producers;

        SimulatedKafka(BooleanSupplier away, Supplier<Producer<String, String>> producers) {
            super(ConfigProvider.getConfig(), 1, (short) 1);
            this.away = away;
            this.producers = producers;
        }

        @Override
        Producer<String, String> producer(String clientId) {
            return producers.get();
        }

        @Override
        void ensureTopics() throws TimeoutException {
            if (away.getAsBoolean()) {
                throw new TimeoutException("the broker does not answer");
            }
        }
    }
}
