package org.slipway.modelcheck.release;

import java.util.EnumSet;
import java.util.Set;

/**
 * How large the model is, and what holds in it.
 *
 * @param works how many pieces of work are in flight at most, with those whose process died and whose script on the target goes on
 * @param servers how many business servers; the first one is backed up
 * @param releases how many releases are made at most, one after the other; 1 or 2
 * @param without the guards that are taken away
 * @param hazards what can go wrong
 * @param plain whether states that are alike only because every guard holds are kept apart
 */
public record Setting(int works, int servers, int releases, Set<Guard> without, Set<Hazard> hazards, boolean plain) {

    public Setting {
        without = Set.copyOf(without);
        hazards = Set.copyOf(hazards);
    }

    /** A model of that size in which every guard holds and everything can go wrong. */
    public static Setting of(int works, int servers, int releases) {
        return new Setting(works, servers, releases, Set.of(), EnumSet.allOf(Hazard.class), false);
    }

    public Setting without(Guard... guards) {
        return new Setting(works, servers, releases, Set.of(guards), hazards, plain);
    }

    /** The same, with no state left out because the guards make it like another: to see that none is left out wrongly. */
    public Setting plainly() {
        return new Setting(works, servers, releases, without, hazards, true);
    }

    public Setting sparing(Hazard... spared) {
        Set<Hazard> left = EnumSet.allOf(Hazard.class);
        left.removeAll(Set.of(spared));
        return new Setting(works, servers, releases, without, left, plain);
    }

    /** Whether states that the guards make alike are one: only where every guard holds. */
    boolean reduces() {
        return without.isEmpty() && !plain;
    }

    boolean has(Guard guard) {
        return !without.contains(guard);
    }

    boolean has(Hazard hazard) {
        return hazards.contains(hazard);
    }
}
