package org.slipway.transfer;

import org.slipway.model.HostAddress;

/** Opens hosts, and keeps their sessions warm for the next time. For use by any number of threads. */
public interface Hosts extends AutoCloseable {

    /**
     * Opens a host, or takes up a session that is still open.
     *
     * @throws TransferException {@code Unreachable}, {@code HostKeyUnknown}, {@code HostKeyChanged} or
     *     {@code AuthenticationRefused}
     */
    Host open(HostAddress address) throws TransferException;

    /**
     * Opens a host over a new session, which sees what was installed and which rights were given by now. No session to it from before
     * is used again.
     *
     * @throws TransferException as for {@link #open}
     */
    Host openAnew(HostAddress address) throws TransferException;

    /** Closes every session. */
    @Override
    void close();
}
