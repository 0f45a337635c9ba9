package org.slipway.persistence;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Duration;

/** Refuses settings with which a service would run and do nothing, before it starts. */
public final class Setting {
    /** When beans that read settings are made: before anything begins to work that would have to end again. */
    public static final int FIRST = 0;

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
     * A time that is longer than nothing.
     *
     * @param name of the setting, for people
     * @throws ConfigurationException where it is not
     */
    public static Duration positive(String name, Duration value) {
        if (!value.isPositive()) {
            throw new ConfigurationException(name + " (" + value + ") must be longer than nothing");
        }
        return value;
    }
}
