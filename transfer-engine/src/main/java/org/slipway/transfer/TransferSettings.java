package org.slipway.transfer;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How hosts are reached.
 *
 * @param privateKey file with the private key (OpenSSH or PEM; Ed25519, ECDSA or RSA)
 * @param knownHosts known_hosts file for servers without a pinned key in the inventory, {@code null} for none
 * @param connectTimeout for TCP, key exchange and authentication together, and before that as long again for others that are being
 *     connected
 * @param answerTimeout how long a host may be silent while an answer is due
 * @param heartbeat how often an open session is probed; after two unanswered probes it is dead
 * @param idleSession how long an unused session is kept open for the next copy
 * @param copying how files are copied
 * @param floor how slow content may go or come
 */
public record TransferSettings(
        Path privateKey,
        @Nullable Path knownHosts,
        Duration connectTimeout,
        Duration answerTimeout,
        Duration heartbeat,
        Duration idleSession,
        CopySettings copying,
        SpeedFloor floor) {

    /** The same with {@link SpeedFloor#DEFAULT}. */
    public TransferSettings(
            Path privateKey,
            @Nullable Path knownHosts,
            Duration connectTimeout,
            Duration answerTimeout,
            Duration heartbeat,
            Duration idleSession,
            CopySettings copying) {
        this(
                privateKey,
                knownHosts,
                connectTimeout,
                answerTimeout,
                heartbeat,
                idleSession,
                copying,
                SpeedFloor.DEFAULT);
    }

    /** Sound defaults: connect 10 s, answer 60 s, heartbeat 5 s, sessions kept for 10 minutes. */
    public static TransferSettings of(Path privateKey, @Nullable Path knownHosts) {
        return new TransferSettings(
                privateKey,
                knownHosts,
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                Duration.ofMinutes(10),
                CopySettings.DEFAULT);
    }

    /** The same with another floor. */
    public TransferSettings withFloor(SpeedFloor other) {
        return new TransferSettings(
                privateKey, knownHosts, connectTimeout, answerTimeout, heartbeat, idleSession, copying, other);
    }

    /** The same with other settings for copying. */
    public TransferSettings withCopying(CopySettings other) {
        return new TransferSettings(
                privateKey, knownHosts, connectTimeout, answerTimeout, heartbeat, idleSession, other, floor);
    }
}
