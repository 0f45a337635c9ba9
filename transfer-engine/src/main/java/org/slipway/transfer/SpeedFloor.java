package org.slipway.transfer;

import java.time.Duration;

/**
 * How slow content may go or come before a link is given up. Only the time counts in which nothing but the link and the server is waited
 * for: not what Slipway itself holds back, and not what a server takes to hash, to publish or to archive.
 *
 * @param leastBytesPerSecond bytes a second; 0 for no such limit
 * @param window over how long that is measured; longer where 128 KiB take longer at that speed, because servers acknowledge in such steps
 */
public record SpeedFloor(long leastBytesPerSecond, Duration window) {

    /** 1 KiB a second, for which 128 KiB take 128 s. */
    public static final SpeedFloor DEFAULT = new SpeedFloor(1024, Duration.ofSeconds(30));

    public SpeedFloor {
        if (leastBytesPerSecond < 0) {
            throw new IllegalArgumentException("less than 0 bytes a second");
        }
        if (!window.isPositive()) {
            throw new IllegalArgumentException("a window of " + window);
        }
    }
}
