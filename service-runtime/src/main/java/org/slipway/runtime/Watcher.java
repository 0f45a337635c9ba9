package org.slipway.runtime;

import org.slipway.persistence.lease.LeaseKeeper;
import org.slipway.persistence.lease.WorkLoop;
import org.slipway.transfer.Host.CopyWatcher;

/** Lets a copy go on while the lease holds, nobody asked to cancel, and this process is not stopping. */
public class Watcher implements CopyWatcher {
    private final LeaseKeeper keeper;
    private final WorkLoop loop;
    private volatile boolean fenceRaised;
    private volatile boolean publishing;

    public Watcher(LeaseKeeper keeper, WorkLoop loop) {
        this.keeper = keeper;
        this.loop = loop;
    }

    @Override
    public boolean goOn() {
        return keeper.held() && !keeper.cancelRequested() && !loop.stopping();
    }

    @Override
    public void fenceRaised() {
        fenceRaised = true;
    }

    @Override
    public void publishing() {
        publishing = true;
    }

    /**
     * Whether somebody may still publish on the target when the work has ended without a result: what it had told the target to do, or
     * somebody before it whom it did not fence off.
     *
     * @param before whether somebody might when it began
     */
    public boolean leavesUnfenced(boolean before) {
        return publishing || (before && !fenceRaised);
    }
}
