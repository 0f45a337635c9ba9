package org.slipway.transfer;

import java.time.Clock;
import org.slipway.transfer.ssh.SessionPool;

/** Opens the engine over SSH. */
public final class SshHosts {

    private SshHosts() {}

    /**
     * The hosts that can be reached with these settings. Nothing is connected yet; the private key is read when the first host
     * is opened.
     */
    public static Hosts open(TransferSettings settings) {
        return new SessionPool(settings, Clock.systemUTC());
    }
}
