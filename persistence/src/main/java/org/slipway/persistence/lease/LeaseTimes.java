package org.slipway.persistence.lease;

import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.slipway.persistence.Setting;

/** How long leases last. */
@Startup(Setting.FIRST)
@ApplicationScoped
public class LeaseTimes {
    private final Duration length;
    private final Duration renewal;
    private final Duration selfStop;

    /**
     * @param length how long a claim holds without renewal, by the database's clock
     * @param renewal how often the holder renews
     * @param selfStop how long after its last renewal the holder stops by itself, by its own monotonic clock
     * @throws ConfigurationException unless all are positive, renewal is shorter than self-stop, and self-stop shorter than the length
     */
    public LeaseTimes(
            @ConfigProperty(name = "slipway.lease") Duration length,
            @ConfigProperty(name = "slipway.lease.renewal") Duration renewal,
            @ConfigProperty(name = "slipway.lease.self-stop") Duration selfStop) {
        Setting.positive("slipway.lease.renewal", renewal);
        if (renewal.compareTo(selfStop) >= 0 || selfStop.compareTo(length) >= 0) {
            throw new ConfigurationException(
                    "slipway.lease.renewal (" + renewal + ") must be shorter than slipway.lease.self-stop (" + selfStop
                            + "), and that shorter than slipway.lease (" + length + ")");
        }
        this.length = length;
        this.renewal = renewal;
        this.selfStop = selfStop;
    }

    public Duration length() {
        return length;
    }

    public Duration renewal() {
        return renewal;
    }

    public Duration selfStop() {
        return selfStop;
    }

    double lengthSeconds() {
        return length.toMillis() / 1000.0;
    }
}
