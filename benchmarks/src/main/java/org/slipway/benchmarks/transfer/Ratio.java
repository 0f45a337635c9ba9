package org.slipway.benchmarks.transfer;

import static org.slipway.benchmarks.Figures.shown;

import java.util.ArrayList;
import java.util.List;
import org.slipway.benchmarks.Figures;

/**
 * One tool's time divided by another's.
 *
 * @param value median divided by median
 * @param smallest of the ratios of runs of one round, which ran right after each other
 * @param largest of the same
 */
record Ratio(double value, double smallest, double largest) {

    /** Both lists have the runs of the same rounds at the same places. */
    static Ratio of(List<Double> one, List<Double> other) {
        int rounds = Math.min(one.size(), other.size());
        List<Double> each = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            each.add(one.get(i) / other.get(i));
        }
        Figures spread = Figures.of(each);
        return new Ratio(Figures.of(one).median() / Figures.of(other).median(), spread.smallest(), spread.largest());
    }

    @Override
    public String toString() {
        return "%s (%s–%s)".formatted(shown(value, 2), shown(smallest, 2), shown(largest, 2));
    }
}
