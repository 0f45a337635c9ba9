package org.slipway.modelcheck.search;

import java.util.List;

/**
 * The shortest way from the beginning to something that must not be.
 *
 * @param broken what must not be
 * @param way the steps that lead there
 */
public record Counterexample(String broken, List<Line> way) {

    /** One step, and the state that it leads to; empty where the step must not be taken at all. */
    public record Line(Step step, String state) {}

    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder(broken).append(", after ").append(way.size()).append(" steps:\n");
        int number = 1;
        for (Line line : way) {
            text.append("%4d. %-80s %s"
                            .formatted(number++, line.step(), line.state())
                            .stripTrailing())
                    .append('\n');
        }
        return text.toString();
    }
}
