package org.slipway.benchmarks.kills;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the files of one server are, beside the release before and the one that was on its way.
 *
 * @param old how many are as the release before has them
 * @param fresh how many are as the new release has them
 * @param neither paths of those that are neither, with what they are
 */
record Standing(int old, int fresh, List<String> neither) {

    /** All files of a server together. */
    enum Whole {
        ALL_OLD,
        ALL_NEW,
        MIXED
    }

    /** @param found SHA-256 by path, of what is there */
    static Standing of(Map<String, String> found, Edition before, Edition released) {
        int old = 0;
        int fresh = 0;
        List<String> neither = new ArrayList<>();
        for (Map.Entry<String, String> file : released.hashes().entrySet()) {
            String hash = found.get(file.getKey());
            if (hash == null) {
                neither.add(file.getKey() + " is missing");
            } else if (hash.equals(file.getValue())) {
                fresh++;
            } else if (hash.equals(before.hashes().get(file.getKey()))) {
                old++;
            } else {
                neither.add(file.getKey() + " is half-written");
            }
        }
        return new Standing(old, fresh, List.copyOf(neither));
    }

    Whole whole() {
        if (fresh == 0 && neither.isEmpty()) {
            return Whole.ALL_OLD;
        }
        return old == 0 && neither.isEmpty() ? Whole.ALL_NEW : Whole.MIXED;
    }

    @Override
    public String toString() {
        String torn = neither.isEmpty() ? "" : ", " + neither.size() + " neither";
        return switch (whole()) {
            case ALL_OLD -> "old";
            case ALL_NEW -> "new";
            case MIXED -> "%d old, %d new%s".formatted(old, fresh, torn);
        };
    }
}
