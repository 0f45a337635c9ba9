package org.slipway.simulation;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What the services call in place of the JDK's clock, threads and waits. Outside a simulated task each is the JDK's own. */
public final class Hooks {
    private Hooks() {}

    public static long nanoTime() {
        Task task = Task.current();
        return task == null ? System.nanoTime() : task.alive().process().nanoTime();
    }

    public static Thread start(Thread.Builder.OfPlatform builder, Runnable body) {
        Task task = Task.current();
        return task == null ? builder.start(body) : task.alive().start(builder, body);
    }

    public static boolean join(Thread thread, Duration time) throws InterruptedException {
        Task task = Task.current();
        return task == null
                ? thread.join(time)
                : task.waitFor(() -> task.world().hasEnded(thread), time.toNanos());
    }

    public static void interrupt(Thread thread) {
        Task task = Task.current();
        Task other = task == null || thread == Thread.currentThread()
                ? null
                : task.world().taskOf(thread);
        if (other == null) {
            thread.interrupt();
        } else {
            other.interrupt();
        }
    }

    public static void acquire(Semaphore permits) throws InterruptedException {
        Task task = Task.current();
        if (task == null) {
            permits.acquire();
        } else {
            acquire(task, permits, 1, Long.MAX_VALUE);
        }
    }

    public static boolean tryAcquire(Semaphore permits, long time, TimeUnit unit) throws InterruptedException {
        return tryAcquire(permits, 1, time, unit);
    }

    public static boolean tryAcquire(Semaphore permits, int wanted, long time, TimeUnit unit)
            throws InterruptedException {
        Task task = Task.current();
        return task == null
                ? permits.tryAcquire(wanted, time, unit)
                : acquire(task, permits, wanted, unit.toNanos(time));
    }

    /** Nothing runs between the end of the wait and the taking. */
    private static boolean acquire(Task task, Semaphore permits, int wanted, long nanos) throws InterruptedException {
        return task.waitFor(() -> permits.availablePermits() >= wanted, nanos) && permits.tryAcquire(wanted);
    }

    public static boolean await(CountDownLatch latch, long time, TimeUnit unit) throws InterruptedException {
        Task task = Task.current();
        return task == null ? latch.await(time, unit) : task.waitFor(() -> latch.getCount() == 0, unit.toNanos(time));
    }

    /** What a helper thread of the relay does takes no simulated time; what the broker answers does. */
    public static @Nullable Object get(Future<?> future, long time, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        Task task = Task.current();
        if (task == null) {
            return future.get(time, unit);
        }
        if (future instanceof Broker.Acknowledgement && !task.waitFor(future::isDone, unit.toNanos(time))) {
            throw new TimeoutException();
        }
        return future.get();
    }

    /** What a helper thread does is done at once, however long it takes in fact. */
    public static boolean isDone(Future<?> future) throws InterruptedException {
        if (Task.current() != null && !(future instanceof Broker.Acknowledgement)) {
            try {
                future.get();
            } catch (ExecutionException failed) {
                return true;
            }
        }
        return future.isDone();
    }

    public static void parkNanos(long nanos) {
        Task task = Task.current();
        if (task == null) {
            LockSupport.parkNanos(nanos);
        } else {
            task.sleep(nanos);
        }
    }

    public static boolean tryLock(ReentrantLock lock, long time, TimeUnit unit) throws InterruptedException {
        Task task = Task.current();
        return task == null
                ? lock.tryLock(time, unit)
                : task.waitFor(() -> !lock.isLocked() || lock.isHeldByCurrentThread(), unit.toNanos(time))
                        && lock.tryLock();
    }
}
