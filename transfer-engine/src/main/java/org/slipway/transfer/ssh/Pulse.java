package org.slipway.transfer.ssh;

import java.time.Duration;
import org.slipway.model.failpoint.Failpoint;
import org.slipway.transfer.Failure;
import org.slipway.transfer.Host.CopyWatcher;
import org.slipway.transfer.TransferException;

/** Asks the watcher, often enough and not too often, whether to go on, and tells it of progress. For one thread. */
final class Pulse {
    private static final long ASK_EVERY_NANOS = Duration.ofMillis(100).toNanos();
    private static final long TELL_EVERY_NANOS = Duration.ofMillis(250).toNanos();

    private final String server;
    private final CopyWatcher watcher;
    private long askedAt = System.nanoTime() - ASK_EVERY_NANOS;
    private long toldAt = System.nanoTime() - TELL_EVERY_NANOS;

    Pulse(String server, CopyWatcher watcher) {
        this.server = server;
        this.watcher = watcher;
    }

    /** Whom it asks; for what is done on the same thread for the same work. */
    CopyWatcher watcher() {
        return watcher;
    }

    /** Asks if it is time to. */
    void beat() throws TransferException {
        if (System.nanoTime() - askedAt >= ASK_EVERY_NANOS) {
            ask();
        }
    }

    /** Asks now. */
    void ask() throws TransferException {
        boolean goOn = watcher.goOn();
        askedAt = System.nanoTime();
        if (!goOn || Thread.currentThread().isInterrupted()) {
            throw stopped();
        }
    }

    /** Asks for the last time: the target is told to publish right after. */
    void askToPublish() throws TransferException {
        ask();
        watcher.publishing();
        Failpoint.ALLOWED.passed();
    }

    TransferException stopped() {
        return new TransferException(new Failure.Stopped(
                server,
                "The work on " + server + " was stopped on request; what was published before stays complete."));
    }

    /** Tells if it is time to. */
    void progress(long filesDone, long filesToDo, long bytesDone, long bytesToDo) {
        if (System.nanoTime() - toldAt >= TELL_EVERY_NANOS) {
            watcher.progress(filesDone, filesToDo, bytesDone, bytesToDo);
            toldAt = System.nanoTime();
        }
    }

    /** Tells the end. */
    void progressLast(long files, long bytes) {
        watcher.progress(files, files, bytes, bytes);
    }
}
