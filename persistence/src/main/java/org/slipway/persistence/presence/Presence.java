package org.slipway.persistence.presence;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.slipway.persistence.ServiceIdentity;
import org.slipway.persistence.Setting;

/**
 * Tells every few seconds that this process lives, at once that it is stopping, and at its orderly end takes back what it told. Nothing is
 * decided by that: it is for people to see.
 */
@Startup(Setting.FIRST)
@ApplicationScoped
class Presence {
    private static final Logger LOG = Logger.getLogger(Presence.class);

    /** A process is taken to be alive until it has missed this many times to tell. */
    private static final int MISSED = 3;

    /** Behind everything that begins work, and behind everything that ends it: until then the process is there. */
    private static final int LAST = 10_000;

    private static final Duration UNTIL_TAKEN_BACK = Duration.ofSeconds(2);

    private final ServiceInstances instances;
    private final ServiceIdentity self;
    private final Duration interval;
    private final Duration forget;
    private final String version;
    private final UUID run = UUID.randomUUID();
    private final long began = System.nanoTime();
    private final Semaphore news = new Semaphore(0);
    private volatile boolean stopping;
    private volatile boolean ended;
    private volatile @Nullable Thread thread;
    private boolean troubled;

    /**
     * @param interval how often this process tells
     * @param forget how long a process that ended without a word is remembered
     */
    Presence(
            ServiceInstances instances,
            ServiceIdentity self,
            @ConfigProperty(name = "slipway.presence.interval") Duration interval,
            @ConfigProperty(name = "slipway.presence.forget") Duration forget,
            @ConfigProperty(name = "quarkus.application.version", defaultValue = "unknown") String version) {
        this.instances = instances;
        this.self = self;
        this.interval = Setting.positive("slipway.presence.interval", interval);
        this.forget = Setting.positive("slipway.presence.forget", forget);
        this.version = version;
    }

    void begin(@Observes @Priority(LAST) StartupEvent event) {
        thread = Thread.ofPlatform().daemon().name("presence").start(this::run);
    }

    void stopping(@Observes ShutdownDelayInitiatedEvent event) {
        stopping = true;
        news.release();
    }

    void end(@Observes @Priority(LAST) ShutdownEvent event) throws InterruptedException {
        ended = true;
        news.release();
        Thread current = thread;
        if (current != null) {
            current.join(UNTIL_TAKEN_BACK);
        }
    }

    private void run() {
        String host = ServiceIdentity.host();
        try {
            while (!ended) {
                inTouch(() -> {
                    instances.tell(
                            self.instance(),
                            run,
                            self.service().wireName(),
                            host,
                            version,
                            Duration.ofNanos(System.nanoTime() - began),
                            interval.multipliedBy(MISSED),
                            stopping);
                    instances.forgetSilentFor(forget);
                });
                if (news.tryAcquire(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                    news.drainPermits();
                }
            }
            inTouch(() -> instances.leave(self.instance(), run));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void inTouch(Runnable told) {
        try {
            told.run();
            troubled = false;
        } catch (RuntimeException | Error e) {
            if (!troubled) {
                LOG.warnf("This process cannot tell that it lives, and goes on trying: %s", e.getMessage());
                troubled = true;
            }
        }
    }
}
