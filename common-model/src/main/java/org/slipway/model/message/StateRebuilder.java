package org.slipway.model.message;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;

/**
 * Rebuilds every state from the transition topics alone: for auditors, and for tests that compare it with the database.
 *
 * <p>Feed it both topics from the beginning, each partition in its order. A transition that was sent twice changes nothing.
 * One that is missing is reported, and the state is then that of the newest transition seen. Not safe for use by several threads.
 */
public final class StateRebuilder {

    private final Map<String, Long> lastSequence = new HashMap<>();
    private final Map<String, ReleaseState> releases = new TreeMap<>();
    private final Map<String, ServerState> servers = new TreeMap<>();
    private final List<String> gaps = new ArrayList<>();

    /** Takes the next event; progress is passed over. */
    public void accept(Event event) {
        switch (event) {
            case ReleaseTransitioned e ->
                accept("release", e.project() + "/" + e.release(), e.sequence(), e.from(), e.to(), releases);
            case ServerTransitioned e ->
                accept("server", e.project() + "/" + e.server(), e.sequence(), e.from(), e.to(), servers);
            case CopyProgressed _ -> {}
        }
    }

    /** The state of each release, by {@code project/number}. */
    public Map<String, ReleaseState> releases() {
        return Map.copyOf(releases);
    }

    /** The state of each business server, by {@code project/server}. */
    public Map<String, ServerState> servers() {
        return Map.copyOf(servers);
    }

    /** What was missing, in the order it was noticed; empty when the topics tell the whole story. */
    public List<String> gaps() {
        return List.copyOf(gaps);
    }

    private <S extends Enum<S>> void accept(
            String kind, String name, long sequence, @Nullable S from, S to, Map<String, S> states) {
        long last = lastSequence.getOrDefault(kind + "/" + name, 0L);
        if (sequence <= last) {
            return;
        }
        S before = states.get(name);
        if (sequence > last + 1) {
            gaps.add("%s %s: nothing between transition %d and transition %d".formatted(kind, name, last, sequence));
        } else if (before != from) {
            gaps.add("%s %s: transition %d leaves %s, and the one before led to %s"
                    .formatted(kind, name, sequence, from, before));
        }
        lastSequence.put(kind + "/" + name, sequence);
        states.put(name, to);
    }
}
