package org.slipway.modelcheck.relay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slipway.modelcheck.search.Model;
import org.slipway.modelcheck.search.Step;
import org.slipway.modelcheck.search.Step.Cause;
import org.slipway.modelcheck.search.Steps;
import org.slipway.modelcheck.search.Violation;

/**
 * Two aggregates that move, two processes with a relay, and a reader. The topic is known by its newest transition of each key: that all
 * before it are there too is what each publication is checked for. A reader gets what is in the topic in its order, and may be given
 * anything that he had before once more.
 */
public final class RelayModel implements Model<Log> {
    private static final int KEYS = 2;
    private static final int PROCESSES = 2;
    private static final int MOVES = 2;
    private static final int BATCH = 2;

    private final Set<RelayGuard> without;

    public RelayModel(Set<RelayGuard> without) {
        this.without = Set.copyOf(without);
    }

    @Override
    public Log start() {
        return new Log(
                List.of(),
                Collections.nCopies(PROCESSES, Publisher.IDLE),
                Collections.nCopies(KEYS, 0),
                Collections.nCopies(KEYS, 0));
    }

    @Override
    public void steps(Log log, Steps<Log> steps) {
        write(log, steps);
        for (int process = 0; process < PROCESSES; process++) {
            publish(log, process, log.publishers().get(process), steps);
        }
        read(log, steps);
    }

    /** Moves are made: a row gets its id, and later its transaction commits. Those of one aggregate commit in their order. */
    private void write(Log log, Steps<Log> steps) {
        for (int key = 0; key < KEYS; key++) {
            int it = key;
            int committed = log.count(key, true);
            for (int sequence = 1; sequence <= MOVES; sequence++) {
                int next = sequence;
                boolean itsTurn = sequence == committed + 1 && log.count(key, false) == committed;
                if (!log.hasBegun(key, sequence) && (itsTurn || !has(RelayGuard.ID_UNDER_ROW_LOCK))) {
                    steps.take(
                            step(Cause.PERSON, "aggregate", key, "a move gets its id"),
                            () -> log.with(new Row(it, next, false, false)));
                }
            }
            for (int id = 0; id < log.rows().size(); id++) {
                Row row = log.rows().get(id);
                int at = id;
                if (row.key() == key && !row.committed() && row.sequence() == committed + 1) {
                    steps.take(
                            step(Cause.WORK, "aggregate", key, "the move commits"), () -> log.with(at, row.commit()));
                }
            }
        }
    }

    private void publish(Log log, int process, Publisher publisher, Steps<Log> steps) {
        if (publisher.leads()) {
            steps.take(
                    step(
                            Cause.HAZARD,
                            "relay",
                            process,
                            "is paused, cut off or dies, and leads no more; what it sent may still arrive"),
                    () -> log.with(process, publisher.leading(false)));
            if (!publisher.isBusy()) {
                send(log, process, publisher, steps);
            }
        } else if (!publisher.isBusy()
                && (!has(RelayGuard.ONE_LEADER) || log.publishers().stream().noneMatch(Publisher::leads))) {
            steps.take(step(Cause.WORK, "relay", process, "leads"), () -> log.with(process, publisher.leading(true)));
        }
        if (!publisher.onTheWay().isEmpty()) {
            arrive(log, process, publisher, steps);
        }
        if (publisher.leads()
                && publisher.arrived() != 0
                && publisher.onTheWay().isEmpty()) {
            steps.take(step(Cause.WORK, "relay", process, "marks what has arrived"), () -> {
                Log marked = log.with(process, publisher.arrived(0));
                for (int id = 0; id < log.rows().size(); id++) {
                    if ((publisher.arrived() >> id & 1) != 0) {
                        marked = marked.with(id, log.rows().get(id).mark());
                    }
                }
                return marked;
            });
        }
    }

    private void send(Log log, int process, Publisher publisher, Steps<Log> steps) {
        List<Integer> waiting = new ArrayList<>();
        for (int id = 0; id < log.rows().size(); id++) {
            if (log.rows().get(id).committed() && !log.rows().get(id).marked()) {
                waiting.add(id);
            }
        }
        if (waiting.isEmpty()) {
            return;
        }
        List<Integer> batch = List.copyOf(waiting.subList(0, Math.min(BATCH, waiting.size())));
        steps.take(step(Cause.WORK, "relay", process, "sends what waits"), () -> sent(log, process, publisher, batch));
        if (!has(RelayGuard.IN_ORDER_OF_IDS) && batch.size() > 1) {
            steps.take(
                    step(Cause.WORK, "relay", process, "sends what waits, the last first"),
                    () -> sent(log, process, publisher, batch.reversed()));
        }
    }

    private Log sent(Log log, int process, Publisher publisher, List<Integer> batch) {
        Log sent = log.with(process, publisher.sending(List.copyOf(batch)));
        if (!has(RelayGuard.MARK_AFTER_ANSWER)) {
            for (int id : batch) {
                sent = sent.with(id, sent.rows().get(id).mark());
            }
        }
        return sent;
    }

    /** Kafka takes the first one that is on its way, or refuses it. */
    private void arrive(Log log, int process, Publisher publisher, Steps<Log> steps) {
        int id = publisher.onTheWay().getFirst();
        List<Integer> rest =
                publisher.onTheWay().subList(1, publisher.onTheWay().size());
        Row row = log.rows().get(id);
        steps.take(step(Cause.WORK, "Kafka", process, "takes what that relay sent first"), () -> {
            int told = log.told().get(row.key());
            if (row.sequence() > told + 1) {
                throw new Violation("a transition comes to Kafka before the one before it");
            }
            int arrived = publisher.leads() ? publisher.arrived() | 1 << id : 0;
            return log.telling(row.key(), Math.max(told, row.sequence()))
                    .with(process, publisher.sending(List.copyOf(rest)).arrived(arrived));
        });
        boolean stops = has(RelayGuard.NOTHING_BEHIND_A_REFUSED_ONE);
        steps.take(
                step(Cause.HAZARD, "Kafka", process, "refuses what that relay sent first"),
                () -> log.with(process, publisher.sending(stops ? List.of() : List.copyOf(rest))));
    }

    private void read(Log log, Steps<Log> steps) {
        for (int key = 0; key < KEYS; key++) {
            int it = key;
            int known = log.known().get(key);
            if (known < log.told().get(key)) {
                steps.take(step(Cause.WORK, "reader", key, "is given the next one"), () -> log.knowing(it, known + 1));
            }
            for (int sequence = 1; sequence <= known; sequence++) {
                int again = sequence;
                steps.take(step(Cause.HAZARD, "reader", key, "is given one that he had before"), () -> {
                    int knows = has(RelayGuard.SEQUENCE_COMPARED) ? Math.max(known, again) : again;
                    if (knows < known) {
                        throw new Violation("a transition that came again changes what is known");
                    }
                    return log.knowing(it, knows);
                });
            }
        }
    }

    @Override
    public @Nullable String broken(Log log) {
        for (Row row : log.rows()) {
            boolean promised = has(RelayGuard.MARK_AFTER_ANSWER) && row.marked();
            if (promised && log.told().get(row.key()) < row.sequence()) {
                return "a transition is marked as published, and Kafka has it not";
            }
        }
        return null;
    }

    /** Everything that was committed is known to the reader. */
    @Override
    public boolean settled(Log log) {
        for (int key = 0; key < KEYS; key++) {
            if (log.known().get(key) < log.count(key, true)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int words() {
        return 1;
    }

    @Override
    public void pack(Log log, long[] into) {
        long bits = log.rows().size();
        for (int id = 0; id < KEYS * MOVES; id++) {
            bits <<= 5;
            if (id < log.rows().size()) {
                Row row = log.rows().get(id);
                bits |= row.key() << 4 | row.sequence() << 2 | (row.committed() ? 2 : 0) | (row.marked() ? 1 : 0);
            }
        }
        for (Publisher publisher : log.publishers()) {
            bits = bits << 1 | (publisher.leads() ? 1 : 0);
            for (int at = 0; at < BATCH; at++) {
                int sent =
                        at < publisher.onTheWay().size() ? publisher.onTheWay().get(at) + 1 : 0;
                bits = bits << 3 | sent;
            }
            bits = bits << 4 | publisher.arrived();
        }
        for (int key = 0; key < KEYS; key++) {
            bits = bits << 4 | log.told().get(key) << 2 | log.known().get(key);
        }
        into[0] = bits;
    }

    @Override
    public Log unpack(long[] packed) {
        long bits = packed[0];
        List<Integer> told = new ArrayList<>();
        List<Integer> known = new ArrayList<>();
        for (int key = 0; key < KEYS; key++) {
            known.addFirst((int) bits & 3);
            told.addFirst((int) (bits >> 2) & 3);
            bits >>>= 4;
        }
        List<Publisher> publishers = new ArrayList<>();
        for (int process = 0; process < PROCESSES; process++) {
            int arrived = (int) bits & 15;
            bits >>>= 4;
            List<Integer> onTheWay = new ArrayList<>();
            for (int at = 0; at < BATCH; at++) {
                int sent = (int) bits & 7;
                if (sent != 0) {
                    onTheWay.addFirst(sent - 1);
                }
                bits >>>= 3;
            }
            publishers.addFirst(new Publisher((bits & 1) != 0, List.copyOf(onTheWay), arrived));
            bits >>>= 1;
        }
        int size = (int) (bits >>> (5 * KEYS * MOVES));
        List<Row> rows = new ArrayList<>();
        for (int id = 0; id < size; id++) {
            int row = (int) (bits >>> (5 * (KEYS * MOVES - 1 - id))) & 31;
            rows.add(new Row(row >> 4, row >> 2 & 3, (row & 2) != 0, (row & 1) != 0));
        }
        return new Log(List.copyOf(rows), List.copyOf(publishers), List.copyOf(told), List.copyOf(known));
    }

    @Override
    public String show(Log log) {
        return "%d rows, told %s, known %s".formatted(log.rows().size(), log.told(), log.known());
    }

    private boolean has(RelayGuard guard) {
        return !without.contains(guard);
    }

    private static Step step(Cause cause, String who, int number, String what) {
        return new Step(cause, "%s %d".formatted(who, number + 1), what);
    }
}
