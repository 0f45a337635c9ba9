package org.slipway.persistence.relay;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.slipway.persistence.Setting;

/**
 * Asks Kafka every few seconds whether it is there, and says once when that changes. Work goes on without it: whoever waits for a hint
 * looks into the database by himself, and transitions wait there until somebody takes them.
 */
@Startup(Setting.FIRST)
@ApplicationScoped
public class KafkaWatch {
    private static final Logger LOG = Logger.getLogger(KafkaWatch.class);
    private static final Duration UNTIL_ANSWER = Duration.ofSeconds(4);
    private static final int MISSES = 2;
    private static final Duration UNTIL_CLOSED = Duration.ofSeconds(1);

    private final KafkaConnection kafka;
    private final Duration between;
    private final CountDownLatch ended = new CountDownLatch(1);
    private int missed;
    private volatile View view = new View.Unknown();
    private volatile long since = System.nanoTime();

    /**
     * @param between how long after an answer Kafka is asked again
     */
    KafkaWatch(KafkaConnection kafka, @ConfigProperty(name = "slipway.kafka.look") Duration between) {
        this.kafka = kafka;
        this.between = Setting.positive("slipway.kafka.look", between);
    }

    /** Kafka as this process sees it. */
    public sealed interface View {
        /** It was not asked yet, or the first answer is still due. */
        record Unknown() implements View {}

        /** It answers. */
        record There(int brokers) implements View {}

        /** It does not. */
        record Away(String why) implements View {}
    }

    public View view() {
        return view;
    }

    /** For how long it has been so: away, or there. */
    public Duration lasting() {
        return Duration.ofNanos(System.nanoTime() - since);
    }

    void begin(@Observes StartupEvent event) {
        Thread.ofPlatform().daemon().name("kafka-watch").start(this::run);
    }

    void end(@Observes ShutdownEvent event) {
        ended.countDown();
    }

    private void run() {
        @Nullable Admin admin = null;
        try {
            do {
                try {
                    if (admin == null) {
                        admin = kafka.admin("slipway-watch");
                    }
                    see(new View.There(admin.describeCluster()
                            .nodes()
                            .get(UNTIL_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                            .size()));
                    missed = 0;
                } catch (ExecutionException e) {
                    miss(e.getCause() == null ? e : e.getCause());
                } catch (RuntimeException | TimeoutException e) {
                    miss(e);
                }
            } while (!ended.await(between.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (admin != null) {
                admin.close(UNTIL_CLOSED);
            }
        }
    }

    /** One answer that is late is no news: a busy machine does that. */
    private void miss(Throwable why) {
        missed++;
        if (missed >= MISSES) {
            see(new View.Away(words(why)));
        }
    }

    private void see(View now) {
        View before = view;
        if (!before.getClass().equals(now.getClass())) {
            since = System.nanoTime();
            switch (now) {
                case View.Away(String why) ->
                    LOG.warnf(
                            "Kafka does not answer. Work goes on without it, as slowly as slipway.scan says; what is to be told waits in the"
                                    + " database: %s",
                            why);
                case View.There _ when before instanceof View.Away -> LOG.info("Kafka answers again.");
                case View.There _, View.Unknown _ -> {}
            }
        }
        view = now;
    }

    private static String words(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
