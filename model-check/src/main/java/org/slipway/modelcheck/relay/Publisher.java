package org.slipway.modelcheck.relay;

import java.util.List;

/**
 * A process that runs a relay.
 *
 * @param leads whether it has the leader's lock
 * @param onTheWay the rows that were handed to Kafka's producer and not answered yet, by their ids
 * @param arrived the rows that Kafka has taken and that are to be marked, a bit each
 */
record Publisher(boolean leads, List<Integer> onTheWay, int arrived) {
    static final Publisher IDLE = new Publisher(false, List.of(), 0);

    boolean isBusy() {
        return !onTheWay.isEmpty() || arrived != 0;
    }

    Publisher leading(boolean now) {
        return new Publisher(now, onTheWay, now ? arrived : 0);
    }

    Publisher sending(List<Integer> rows) {
        return new Publisher(leads, rows, arrived);
    }

    Publisher arrived(int rows) {
        return new Publisher(leads, onTheWay, rows);
    }
}
