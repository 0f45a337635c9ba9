package org.slipway.benchmarks;

import java.util.List;
import java.util.Locale;

/** Measured values of one thing, and what is told of them. */
public record Figures(List<Double> sorted) {

    public static Figures of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        return new Figures(values.stream().sorted().toList());
    }

    public int count() {
        return sorted.size();
    }

    public double median() {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The value that so many hundredths of all values do not exceed. */
    public double percentile(int hundredths) {
        return sorted.get(Math.max(0, (int) Math.ceil(sorted.size() * hundredths / 100.0) - 1));
    }

    public double smallest() {
        return sorted.getFirst();
    }

    public double largest() {
        return sorted.getLast();
    }

    public static String shown(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
