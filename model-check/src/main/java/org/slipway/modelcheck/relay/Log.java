package org.slipway.modelcheck.relay;

import java.util.ArrayList;
import java.util.List;

/**
 * The transition rows, the processes that publish them, and what Kafka and a reader have of them.
 *
 * @param rows in the order of their ids
 * @param publishers the processes
 * @param told by key, the newest transition in the topic: those before it are there too
 * @param known by key, the transition that the reader takes for the newest
 */
record Log(List<Row> rows, List<Publisher> publishers, List<Integer> told, List<Integer> known) {

    Log with(Row row) {
        List<Row> next = new ArrayList<>(rows);
        next.add(row);
        return new Log(List.copyOf(next), publishers, told, known);
    }

    Log with(int id, Row row) {
        return new Log(set(rows, id, row), publishers, told, known);
    }

    Log with(int process, Publisher publisher) {
        return new Log(rows, set(publishers, process, publisher), told, known);
    }

    Log telling(int key, int sequence) {
        return new Log(rows, publishers, set(told, key, sequence), known);
    }

    Log knowing(int key, int sequence) {
        return new Log(rows, publishers, told, set(known, key, sequence));
    }

    /** The rows of an aggregate that were begun, or committed. */
    int count(int key, boolean committed) {
        int count = 0;
        for (Row row : rows) {
            count += row.key() == key && (row.committed() || !committed) ? 1 : 0;
        }
        return count;
    }

    boolean hasBegun(int key, int sequence) {
        return rows.stream().anyMatch(row -> row.key() == key && row.sequence() == sequence);
    }

    private static <T> List<T> set(List<T> list, int at, T value) {
        List<T> next = new ArrayList<>(list);
        next.set(at, value);
        return List.copyOf(next);
    }
}
