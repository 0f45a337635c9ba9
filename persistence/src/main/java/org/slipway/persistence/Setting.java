package org.slipway.persistence;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Duration;

/** Refuses settings with which a service would run and do nothing, before it starts. */
public final class Setting {
    /** When beans that read settings are made: before anything begins to work, Quarkus' own scheduler and messaging included. */
    public static final int FIRST = -1_000;

    /** The same for beans that tell Kafka something, which cannot be made before messaging has begun: still before any work. */
    public static final int BEFORE_WORK = 1_500;

    private Setting() {}

    /**
     * A number that is not too small.
     *
     * @param name of the setting, for people
     * @throws ConfigurationException where it is less
     */
    public static int atLeast(int least, String name, int value) {
        return Math.toIntExact(atLeast((long) least, name, (long) value));
    }

    /** The same of a greater number. */
    public static long atLeast(long least, String name, long value) {
        if (value < least) {
            throw new ConfigurationException(name + " (" + value + ") must be at least " + least);
        }
        return value;
    }

    /**
     * A time that is longer than nothing, in milliseconds, in which times are waited.
     *
     * @param name of the setting, for people
     * @throws ConfigurationException where it is not
     */
    public static Duration positive(String name, Duration value) {
        if (value.toMillis() < 1) {
            throw new ConfigurationException(name + " (" + value + ") must be longer than nothing");
        }
        return value;
    }
}
