package org.slipway.runtime;

import java.time.Duration;
import java.util.Set;
import org.slipway.model.ReleaseState;
import org.slipway.persistence.ServiceIdentity;
import org.slipway.persistence.lease.WorkLoop;
import org.slipway.runtime.FenceOffs.FenceOff;
import org.slipway.runtime.Trouble.Ended;
import org.slipway.transfer.Host;
import org.slipway.transfer.Host.Fence;
import org.slipway.transfer.Hosts;
import org.slipway.transfer.TransferException;

/**
 * Before a release is cancelled, raises the fence wherever somebody may still publish for it of whom nobody can say that he has come to his
 * end: a worker that stands still, or a script whose connection was cut. A publication that was cut off is finished with it.
 */
public final class FencingOff {
    private static final int AT_ONCE = 4;

    private final FenceOffs fenceOffs;
    private final Hosts hosts;
    private final ServiceIdentity self;
    private final Runnable afterwards;
    private final WorkLoop loop;

    /**
     * @param states those in which the service cancels releases
     * @param scan the longest time between two looks
     * @param afterwards called after each server: the release may be ready to be cancelled
     */
    public FencingOff(
            FenceOffs fenceOffs,
            Hosts hosts,
            ServiceIdentity self,
            Set<ReleaseState> states,
            Duration scan,
            Runnable afterwards) {
        this.fenceOffs = fenceOffs;
        this.hosts = hosts;
        this.self = self;
        this.afterwards = afterwards;
        this.loop = new WorkLoop(
                "fence-off", AT_ONCE, scan, () -> fenceOffs.claim(states).map(work -> () -> work(work)));
    }

    public void start() {
        loop.start();
    }

    /** Looks soon: there may be something to do. */
    public void wake() {
        loop.wake();
    }

    public void askToStop() {
        loop.askToStop();
    }

    public void stop(Duration grace) {
        loop.stop(grace);
    }

    private void work(FenceOff work) {
        String server = work.target().name();
        Ended<FenceOff> ended = Trouble.meet(server, loop::stopping, () -> fenceOff(work));
        // What cannot be recorded is done again.
        Recording.whileHeld(
                () -> false,
                "project=%s release=%d server=%s".formatted(work.project(), work.release(), server),
                () -> record(work, ended),
                refused -> fenceOffs.failed(work, Trouble.of(server, refused)));
        afterwards.run();
    }

    private FenceOff fenceOff(FenceOff work) throws TransferException {
        try (Host host = hosts.open(work.target())) {
            host.fenceOff(new Fence(self.instance(), work.epoch()), () -> !loop.stopping());
        }
        return work;
    }

    private void record(FenceOff work, Ended<FenceOff> ended) {
        switch (ended) {
            case Ended.Well<FenceOff> _ -> fenceOffs.done(work);
            case Ended.Badly<FenceOff>(Trouble trouble) when trouble.stopped() -> fenceOffs.stopped(work);
            case Ended.Badly<FenceOff>(Trouble trouble) -> fenceOffs.failed(work, trouble);
        }
    }
}
