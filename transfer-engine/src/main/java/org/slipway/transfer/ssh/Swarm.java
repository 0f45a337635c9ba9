package org.slipway.transfer.ssh;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slipway.transfer.TransferException;

/**
 * Many small remote tasks at once, each on a virtual thread of its own and written as if it were alone. The first one that fails ends
 * all; the caller's thread alone asks the watcher.
 */
final class Swarm implements AutoCloseable {
    private static final int AT_ONCE = 64;

    private final Pulse pulse;
    private final Semaphore slots = new Semaphore(AT_ONCE);
    private final AtomicReference<@Nullable Exception> failed = new AtomicReference<>();

    /** One task. */
    interface Task {
        void run() throws IOException, TransferException;
    }

    Swarm(Pulse pulse) {
        this.pulse = pulse;
    }

    /** Starts a task as soon as there is room for one more. */
    void submit(Task task) throws IOException, TransferException {
        acquire(1);
        var started = Thread.ofVirtual().name("slipway-sftp-task").start(() -> {
            try {
                if (failed.get() == null) {
                    task.run();
                }
            } catch (IOException | TransferException | RuntimeException e) {
                failed.compareAndSet(null, e);
            } finally {
                slots.release();
            }
        });
    }

    /** Waits for all that were started. */
    void join() throws IOException, TransferException {
        acquire(AT_ONCE);
        slots.release(AT_ONCE);
        throwIfFailed();
    }

    private void acquire(int count) throws IOException, TransferException {
        try {
            while (!slots.tryAcquire(count, 100, TimeUnit.MILLISECONDS)) {
                pulse.beat();
                throwIfFailed();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        try {
            pulse.beat();
            throwIfFailed();
        } catch (IOException | TransferException | RuntimeException e) {
            slots.release(count);
            throw e;
        }
    }

    private void throwIfFailed() throws IOException, TransferException {
        switch (failed.get()) {
            case null -> {}
            case IOException e -> throw e;
            case TransferException e -> throw e;
            case RuntimeException e -> throw e;
            case Exception e -> throw new IllegalStateException(e);
        }
    }

    /** Lets what still runs end by itself and starts no more. */
    @Override
    public void close() {
        failed.compareAndSet(null, new IOException("ended"));
    }
}
