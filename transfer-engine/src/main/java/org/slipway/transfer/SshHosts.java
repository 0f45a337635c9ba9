package org.slipway.transfer;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.slipway.transfer.ssh.SessionPool;

/** Opens the engine over SSH. */
public final class SshHosts {

    private SshHosts() {}

    /**
     * The hosts that can be reached with these settings. Nothing is connected yet; the private key is read whenever a session is
     * opened.
     */
    public static Hosts open(TransferSettings settings) {
        return new SessionPool(settings, Clock.systemUTC());
    }

    /** Why nobody can log in with this private key, in a sentence that names it and what to do; empty where it can be used. */
    public static Optional<String> whyUnusable(Path privateKey) {
        return SessionPool.whyUnusable(privateKey);
    }
}
