package org.slipway.benchmarks.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.slipway.benchmarks.Figures;
import org.slipway.benchmarks.transfer.Outcome.Failed;
import org.slipway.benchmarks.transfer.Outcome.Measured;
import org.slipway.benchmarks.transfer.Outcome.OverLimit;

/** The runs of one tool with one workload that count. */
final class Series {
    private final Tool tool;
    private final List<Measured> measured = new ArrayList<>();
    private Optional<Outcome> gaveUp = Optional.empty();

    Series(Tool tool) {
        this.tool = tool;
    }

    /** Takes a run in; after one that did not end well there are no more. */
    void add(Outcome outcome, boolean counts) {
        switch (outcome) {
            case Measured run -> {
                if (counts) {
                    measured.add(run);
                }
            }
            case OverLimit over -> gaveUp = Optional.of(over);
            case Failed failed -> gaveUp = Optional.of(failed);
        }
    }

    Tool tool() {
        return tool;
    }

    boolean goesOn() {
        return gaveUp.isEmpty();
    }

    Optional<Outcome> gaveUp() {
        return gaveUp;
    }

    List<Measured> measured() {
        return measured;
    }

    List<Double> seconds() {
        return measured.stream().map(Measured::seconds).toList();
    }

    Figures figures(ToDoubleFunction<Measured> of) {
        return Figures.of(measured.stream().map(of::applyAsDouble).toList());
    }

    /** The worst copy of all runs. */
    Difference difference() {
        return measured.stream()
                .map(Measured::difference)
                .reduce(Difference.NONE, (one, other) -> worse(one, other) ? one : other);
    }

    private static boolean worse(Difference one, Difference other) {
        return one.contents() != other.contents()
                ? one.contents() > other.contents()
                : one.attributes() > other.attributes();
    }

    /** Whether every run ended and every copy was equal to its source. */
    boolean faultless() {
        return gaveUp.isEmpty() && difference().isNone();
    }
}
