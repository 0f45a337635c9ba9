package org.slipway.benchmarks.kills;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What lies on a server that belongs neither to the site nor to what a tool keeps there on purpose. */
final class Leftovers {
    private Leftovers() {}

    /**
     * The topmost ones, each with how many lie below it.
     *
     * @param found every path on the server
     * @param expected whether it is to be there
     */
    static List<Leftover> of(SortedSet<String> found, Predicate<String> expected) {
        SortedSet<String> unexpected = new TreeSet<>();
        found.stream().filter(expected.negate()).forEach(unexpected::add);
        List<Leftover> top = new ArrayList<>();
        for (String path : unexpected) {
            if (!unexpected.contains(parent(path))) {
                int below = (int) unexpected.stream()
                        .filter(other -> other.startsWith(path + "/"))
                        .count();
                top.add(new Leftover(path, below));
            }
        }
        return top;
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    /**
     * One of them.
     *
     * @param below how many paths lie below it
     */
    record Leftover(String path, int below) {
        @Override
        public String toString() {
            return below == 0 ? path : "%s with %d in it".formatted(path, below);
        }
    }
}
