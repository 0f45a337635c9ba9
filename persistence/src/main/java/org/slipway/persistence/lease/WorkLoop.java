package org.slipway.persistence.lease;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.slipway.persistence.Setting;

/**
 * Looks for work, several pieces at a time, whenever it is woken and at least once a scan interval. A wake-up carries nothing: the
 * database is asked what there is to do, so one that is lost, doubled or late changes nothing but the delay.
 */
public final class WorkLoop implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(WorkLoop.class);
    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(2);
    private static final long UNTIL_AT_REST_NANOS = Duration.ofSeconds(5).toNanos();

    private final String name;
    private final Duration scan;
    private final Supplier<Optional<Runnable>> claim;
    private final Semaphore free;
    private final int parallel;
    private final Semaphore wakeUps = new Semaphore(0);
    private final Set<Thread> working = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;
    private boolean waitedFor;
    private volatile @Nullable Thread looker;
    private boolean troubled;
    private boolean hasWorked;
    private long lastWorkNanos;

    /**
     * @param name for threads and logs
     * @param parallel how many pieces of work may run at the same time
     * @param scan the longest time between two looks, {@code slipway.scan}
     * @param claim takes the next piece of work, if there is one, and says how to do it
     */
    public WorkLoop(String name, int parallel, Duration scan, Supplier<Optional<Runnable>> claim) {
        this.name = name;
        this.parallel = parallel;
        this.scan = Setting.positive("slipway.scan", scan);
        this.claim = claim;
        this.free = new Semaphore(parallel);
    }

    /** Begins to look. */
    public synchronized void start() {
        if (looker == null) {
            looker = Thread.ofPlatform().daemon().name(name).start(this::run);
        }
    }

    /** Looks soon: there may be something to do. */
    public void wake() {
        if (wakeUps.availablePermits() == 0) {
            wakeUps.release();
        }
    }

    /** Whether the loop was told to stop: work under way should give its leases back and end. */
    public boolean stopping() {
        return stopping;
    }

    /** How many pieces of work are running. */
    public int running() {
        return parallel - free.availablePermits();
    }

    /** Takes no new work from now on, and lets what is running know that it should give its leases back. Does not wait. */
    public void askToStop() {
        stopping = true;
        wake();
    }

    /**
     * Takes no new work, and waits until what is running has ended. After this grace it interrupts what is left, and waits a moment
     * longer for leases to be given back.
     */
    public synchronized void stop(Duration grace) {
        if (waitedFor) {
            return;
        }
        waitedFor = true;
        askToStop();
        try {
            if (!allEndWithin(grace)) {
                LOG.warnf("%s: %d pieces of work did not end within %s and are interrupted", name, running(), grace);
                working.forEach(Thread::interrupt);
                if (!allEndWithin(AFTER_INTERRUPT)) {
                    LOG.warnf("%s: %d pieces of work are left behind; their leases run out", name, running());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean allEndWithin(Duration time) throws InterruptedException {
        if (!free.tryAcquire(parallel, time.toMillis(), TimeUnit.MILLISECONDS)) {
            return false;
        }
        if (looker != null) {
            // A look holds a permit, so none is under way, and nothing but waiting is interrupted here.
            looker.interrupt();
        }
        return true;
    }

    @Override
    public void close() {
        stop(Duration.ofSeconds(10));
    }

    private void run() {
        while (!stopping) {
            try {
                free.acquire();
                if (stopping || !beginNext()) {
                    free.release();
                    giveMemoryBackAtRest();
                    if (!stopping && wakeUps.tryAcquire(scan.toMillis(), TimeUnit.MILLISECONDS)) {
                        wakeUps.drainPermits();
                    }
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** The serial collector gives back what work needed of the heap at a full collection only, and without work there is none. */
    private void giveMemoryBackAtRest() {
        if (running() > 0) {
            lastWorkNanos = System.nanoTime();
        } else if (hasWorked && System.nanoTime() - lastWorkNanos > UNTIL_AT_REST_NANOS) {
            hasWorked = false;
            System.gc();
        }
    }

    /** Claims and begins the next piece of work; {@code false} when there is none, or it could not be claimed or begun. */
    private boolean beginNext() {
        try {
            Optional<Runnable> work = claim.get();
            work.ifPresent(this::begin);
            if (troubled) {
                LOG.infof("%s: looking for work again", name);
                troubled = false;
            }
            return work.isPresent();
        } catch (RuntimeException e) {
            if (!troubled) {
                LOG.warnf("%s: cannot look for work, will try again every %s: %s", name, scan, e.getMessage());
                troubled = true;
            }
            return false;
        } catch (Error e) {
            // Whatever it is: a loop that nobody sees end would leave work lying for ever.
            LOG.errorf(e, "%s: cannot look for work, will try again in %s", name, scan);
            troubled = true;
            return false;
        }
    }

    private void begin(Runnable work) {
        hasWorked = true;
        lastWorkNanos = System.nanoTime();
        Thread.ofPlatform().daemon().name(name + "-work").start(() -> {
            working.add(Thread.currentThread());
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                LOG.errorf(
                        e,
                        "%s: work ended with an error that nothing foresaw; its lease will run out and it will be taken again",
                        name);
            } finally {
                working.remove(Thread.currentThread());
                free.release();
            }
        });
    }
}
