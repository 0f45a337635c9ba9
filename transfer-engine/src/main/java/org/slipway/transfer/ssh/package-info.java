/**
 * The engine over SSH: sessions and host keys, remote scripts and their framed answers, hosts with a shell and hosts with SFTP only.
 * Everything outside comes in through {@link org.slipway.transfer.SshHosts}.
 */
@NullMarked
package org.slipway.transfer.ssh;

import org.jspecify.annotations.NullMarked;
