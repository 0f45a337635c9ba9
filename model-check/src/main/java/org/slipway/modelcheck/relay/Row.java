package org.slipway.modelcheck.relay;

/**
 * A row of the table {@code transition}. Its id is its place among the others.
 *
 * @param key the aggregate that moved, which is the key in Kafka: from 0
 * @param sequence which move of the aggregate it is, from 1
 * @param committed whether others see it
 * @param marked whether it is marked as published
 */
record Row(int key, int sequence, boolean committed, boolean marked) {

    Row commit() {
        return new Row(key, sequence, true, marked);
    }

    Row mark() {
        return new Row(key, sequence, committed, true);
    }
}
