package org.slipway.testing;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slipway.testing.FakeHosts.Behaviour;
import org.slipway.transfer.Failure;
import org.slipway.transfer.TransferException;

/** Holds a fake host in the middle of its work, until the test lets it go on, or, if it is told to heed its watcher, until that says stop. */
public final class Hold {
    private static final long LONGEST_SECONDS = 60;

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    /** Goes on only when the test says so, whatever the watcher says: a process that stands still. */
    public <R> Behaviour<R> deaf() {
        return (watcher, well) -> {
            reached.countDown();
            await(go, "the test to let it go on");
            return well;
        };
    }

    /** Goes on when the test says so, and stops when the watcher says so. */
    public <R> Behaviour<R> heeding() {
        return (watcher, well) -> {
            reached.countDown();
            try {
                while (!go.await(10, TimeUnit.MILLISECONDS)) {
                    if (!watcher.goOn()) {
                        throw new TransferException(new Failure.Stopped("host", "stopped as it was told to"));
                    }
                }
            } catch (InterruptedException e) {
                throw new TransferException(new Failure.RemoteError("host", "interrupted"), e);
            }
            return well;
        };
    }

    /** Waits until the host is there. */
    public void awaitReached() {
        await(reached, "the host to be asked");
    }

    /** Lets the host go on. */
    public void letGo() {
        go.countDown();
    }

    private static void await(CountDownLatch latch, String what) {
        try {
            if (!latch.await(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("waited " + LONGEST_SECONDS + " s for " + what);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + what, e);
        }
    }
}
