package org.slipway.runtime;

import org.slipway.persistence.lease.LeaseKeeper;
import org.slipway.persistence.lease.WorkLoop;
import org.slipway.transfer.Host.CopyWatcher;

/** Lets a copy go on while the lease holds, nobody asked to cancel, and this process is not stopping. */
public class Watcher implements CopyWatcher {
    private final LeaseKeeper keeper;
    private final WorkLoop loop;

    public Watcher(LeaseKeeper keeper, WorkLoop loop) {
        this.keeper = keeper;
        this.loop = loop;
    }

    @Override
    public boolean goOn() {
        return keeper.held() && !keeper.cancelRequested() && !loop.stopping();
    }
}
