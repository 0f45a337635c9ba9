package org.slipway.modelcheck.search;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at every state that a model can reach, the nearest first, so that the first thing found wrong is found by the shortest way.
 *
 * <p>Wrong is a step that throws a {@link Violation}, a state that the model calls broken, and a state that is stuck: from which no
 * settled state is reached by steps that are sure to come, however they follow each other.
 *
 * @param <S> the states of the model
 */
public final class Search<S> {
    private static final int NOWHERE = -1;

    private final Model<S> model;
    private final StateStore found;
    private final Numbers cameFrom = new Numbers();
    /** The steps that are sure to come: where those out of each state begin, and where they lead. */
    private final Numbers sureBegin = new Numbers();

    private final Numbers sure = new Numbers();
    private final long[] packed;
    private long transitions;
    private @Nullable Counterexample counterexample;

    private Search(Model<S> model) {
        this.model = model;
        this.found = new StateStore(model.words());
        this.packed = new long[model.words()];
    }

    /**
     * Searches.
     *
     * @param mostStates where to give up
     */
    public static <S> Exploration explore(Model<S> model, int mostStates) {
        return new Search<>(model).run(mostStates);
    }

    private Exploration run(int mostStates) {
        long began = System.nanoTime();
        S start = model.start();
        model.pack(start, packed);
        reached(NOWHERE, found.add(packed), start);
        int depth = 0;
        int endOfLevel = 1;
        int next = 0;
        while (next < found.size() && found.size() < mostStates && counterexample == null) {
            if (next == endOfLevel) {
                depth++;
                endOfLevel = found.size();
            }
            int from = next++;
            sureBegin.add(sure.size());
            model.steps(state(from), (step, to) -> take(from, step, to));
        }
        boolean complete = next == found.size() && counterexample == null;
        if (complete) {
            sureBegin.add(sure.size());
            firstStuck()
                    .ifPresent(stuck -> counterexample =
                            new Counterexample("nothing that is sure to come leads on from here", wayTo(stuck)));
        }
        return new Exploration(
                complete,
                found.size(),
                transitions,
                depth,
                Duration.ofNanos(System.nanoTime() - began),
                Optional.ofNullable(counterexample));
    }

    private void take(int from, Step step, Supplier<S> to) {
        if (counterexample != null) {
            return;
        }
        S state;
        try {
            state = to.get();
        } catch (Violation violation) {
            List<Counterexample.Line> way = wayTo(from);
            way.add(new Counterexample.Line(step, ""));
            counterexample = new Counterexample(String.valueOf(violation.getMessage()), way);
            return;
        }
        transitions++;
        model.pack(state, packed);
        int before = found.size();
        int number = found.add(packed);
        if (step.cause().isSureToCome()) {
            sure.add(number);
        }
        if (number == before) {
            reached(from, number, state);
        }
    }

    private void reached(int from, int number, S state) {
        cameFrom.add(from);
        String broken = model.broken(state);
        if (broken != null) {
            counterexample = new Counterexample(broken, wayTo(number));
        }
    }

    private S state(int number) {
        found.read(number, packed);
        return model.unpack(packed);
    }

    /** Goes back from all that is settled; what is not met is stuck. */
    private Optional<Integer> firstStuck() {
        int states = found.size();
        int[] begin = new int[states + 1];
        for (int i = 0; i < sure.size(); i++) {
            begin[sure.get(i) + 1]++;
        }
        for (int i = 0; i < states; i++) {
            begin[i + 1] += begin[i];
        }
        int[] filled = begin.clone();
        int[] back = new int[sure.size()];
        for (int from = 0; from < states; from++) {
            for (int i = sureBegin.get(from); i < sureBegin.get(from + 1); i++) {
                back[filled[sure.get(i)]++] = from;
            }
        }
        BitSet leadsOn = new BitSet(states);
        int[] open = new int[states];
        int size = 0;
        for (int number = 0; number < states; number++) {
            if (model.settled(state(number))) {
                leadsOn.set(number);
                open[size++] = number;
            }
        }
        for (int at = 0; at < size; at++) {
            for (int i = begin[open[at]]; i < begin[open[at] + 1]; i++) {
                if (!leadsOn.get(back[i])) {
                    leadsOn.set(back[i]);
                    open[size++] = back[i];
                }
            }
        }
        int stuck = leadsOn.nextClearBit(0);
        return stuck < states ? Optional.of(stuck) : Optional.empty();
    }

    private List<Counterexample.Line> wayTo(int number) {
        List<Integer> numbers = new ArrayList<>();
        for (int at = number; at != NOWHERE; at = cameFrom.get(at)) {
            numbers.add(at);
        }
        List<Counterexample.Line> way = new ArrayList<>();
        for (int i = numbers.size() - 1; i > 0; i--) {
            way.add(line(numbers.get(i), numbers.get(i - 1)));
        }
        return way;
    }

    /** Which step it was is not kept: it is taken again. */
    private Counterexample.Line line(int from, int to) {
        long[] wanted = new long[model.words()];
        found.read(to, wanted);
        List<Counterexample.Line> lines = new ArrayList<>();
        model.steps(state(from), (step, next) -> {
            try {
                S state = next.get();
                model.pack(state, packed);
                if (lines.isEmpty() && java.util.Arrays.equals(packed, wanted)) {
                    lines.add(new Counterexample.Line(step, model.show(state)));
                }
            } catch (Violation _) {
                // Another step than the one looked for.
            }
        });
        return lines.getFirst();
    }
}
