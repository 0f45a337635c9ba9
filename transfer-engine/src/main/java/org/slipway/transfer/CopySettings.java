package org.slipway.transfer;

/**
 * How files are copied.
 *
 * @param alwaysHash whether every file of the wanted size is hashed on the target before it counts as unchanged; without, one whose
 *     modification time is the wanted one to a fraction of a second is taken for it
 * @param verify whether staged files are hashed on the target before they are published; without, only their sizes are compared.
 *     The services always verify; benchmarks tell what it costs
 * @param durable whether what is reported done was synced to the target's disks
 * @param compress whether less is sent where the link is the bottleneck: streams are compressed where the host has {@code zstd}, and of
 *     large files only what differs from those in their place goes where it has {@code perl}
 * @param bytesPerSecond the most that is sent to and read from one server, in bytes a second; 0 for no limit
 * @param bytesPerSecondInAll the same for all servers together
 */
public record CopySettings(
        boolean alwaysHash,
        boolean verify,
        boolean durable,
        boolean compress,
        long bytesPerSecond,
        long bytesPerSecondInAll) {

    /** Durable and compressed, without limits; whole seconds are not trusted. */
    public static final CopySettings DEFAULT = new CopySettings(false, true, true, true, 0, 0);

    public CopySettings {
        if (bytesPerSecond < 0 || bytesPerSecondInAll < 0) {
            throw new IllegalArgumentException("a limit of less than 0 bytes a second");
        }
    }
}
