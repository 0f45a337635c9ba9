package org.slipway.benchmarks.kills;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * One kill of the schedule, which is the same for every tool.
 *
 * @param number from 1
 * @param fraction of the time that the tool takes undisturbed
 */
record Kill(int number, double fraction) {
    private static final double FIRST = 0.05;
    private static final double LAST = 0.95;

    /** So many, one in each equal part of the time from the start of a copy to its end, in any order. */
    static List<Kill> schedule(int kills, long seed) {
        Random random = new Random(seed);
        List<Double> fractions = new ArrayList<>();
        for (int i = 0; i < kills; i++) {
            fractions.add(FIRST + (LAST - FIRST) * (i + random.nextDouble()) / kills);
        }
        Collections.shuffle(fractions, random);
        List<Kill> schedule = new ArrayList<>();
        for (int i = 0; i < kills; i++) {
            schedule.add(new Kill(i + 1, fractions.get(i)));
        }
        return schedule;
    }
}
