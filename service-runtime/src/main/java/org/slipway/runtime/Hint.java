package org.slipway.runtime;

import org.slipway.model.message.Event;
import org.slipway.model.message.EventCodec;
import org.slipway.model.message.UnreadableEventException;

/** Reads the hints that Kafka brings. */
public final class Hint {
    private static final EventCodec CODEC = new EventCodec();

    private Hint() {}

    /**
     * The event of a record.
     *
     * @throws IllegalArgumentException when the record cannot be read; thrown out of the consumer it brings the record to the
     *     dead-letter topic, and the partition moves on
     */
    public static Event read(String record) {
        try {
            return CODEC.decode(record);
        } catch (UnreadableEventException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
