package org.slipway.benchmarks;

import java.util.List;
import java.util.Locale;

/** Measured values of one thing, and what is told of them. */
record Figures(List<Double> sorted) {

    static Figures of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        return new Figures(values.stream().sorted().toList());
    }

    int count() {
        return sorted.size();
    }

    double median() {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The value that so many hundredths of all values do not exceed. */
    double percentile(int hundredths) {
        return sorted.get(Math.max(0, (int) Math.ceil(sorted.size() * hundredths / 100.0) - 1));
    }

    double smallest() {
        return sorted.getFirst();
    }

    double largest() {
        return sorted.getLast();
    }

    static String shown(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
