package org.slipway.modelcheck.release;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slipway.modelcheck.search.Exploration;
import org.slipway.modelcheck.search.Search;

/**
 * A model from which guards were taken away.
 *
 * @param expected part of what is then found wrong; empty where nothing is, because something else covers it
 */
record Experiment(Setting setting, String expected) {
    private static final int MOST_STATES = 3_000_000;
    private static final Map<Setting, Exploration> EXPLORED = new ConcurrentHashMap<>();

    private static final Setting ONE_WORK = Setting.of(1, 1, 2);
    private static final Setting TWO_WORKS = Setting.of(2, 1, 2);
    /** Nobody is slower than his lease: neither a process, nor a script that it left behind on a target. */
    private static final Setting IN_TIME = TWO_WORKS.sparing(Hazard.PAUSE, Hazard.CUT_CONNECTION);

    /** Guards without which something goes wrong. */
    static List<Experiment> alone() {
        return List.of(
                without(TWO_WORKS, "taken over from", Guard.EPOCH_ON_REPORT),
                without(ONE_WORK, "nothing that is sure to come leads on", Guard.CANCEL_AT_REPORT),
                without(ONE_WORK, "completed, and web-1 has it not", Guard.SETTLED_FIRST),
                without(ONE_WORK, "there is no verified backup", Guard.BACKUP_FIRST),
                without(ONE_WORK, "the backup of a release is damaged", Guard.BACKUP_READ_BACK),
                without(TWO_WORKS, "holds files that the release itself brought", Guard.BACKUP_KEPT),
                without(TWO_WORKS, "by one who was overtaken", Guard.FENCE_RAISED),
                without(TWO_WORKS, "by one who was overtaken", Guard.FENCE_AT_PUBLICATION),
                without(TWO_WORKS, "by one who was overtaken", Guard.TARGET_LOCK),
                without(TWO_WORKS, "for a release that is cancelled", Guard.FENCED_OFF),
                without(TWO_WORKS, "for a release that is cancelled", Guard.BACKUP_FENCED),
                without(TWO_WORKS, "a damaged file is published", Guard.STAGING_PER_EPOCH),
                without(ONE_WORK, "a damaged file is published", Guard.STAGED_VERIFIED),
                without(Setting.of(1, 1, 1), "nothing that is sure to come leads on", Guard.SCAN));
    }

    /** Guards that something else covers: without them alone nothing goes wrong. */
    static List<Experiment> covered() {
        return List.of(
                without(ONE_WORK, "", Guard.ROW_LOCK),
                without(ONE_WORK, "", Guard.CONDITIONAL_UPDATE),
                without(ONE_WORK, "", Guard.UNIQUE_INDEX),
                without(TWO_WORKS, "", Guard.LEASE_UNTIL),
                without(TWO_WORKS, "", Guard.LEASE_BEFORE_TAKEOVER),
                without(TWO_WORKS, "", Guard.SELF_STOP),
                without(TWO_WORKS, "", Guard.SWEEP),
                without(TWO_WORKS, "", Guard.FENCE_BEFORE_LOOK),
                without(IN_TIME, "", Guard.FENCE_RAISED));
    }

    /** The same guards, without what covers them. */
    static List<Experiment> uncovered() {
        return List.of(
                without(ONE_WORK, "the log says that a release left", Guard.ROW_LOCK, Guard.CONDITIONAL_UPDATE),
                without(ONE_WORK, "two releases are unfinished", Guard.ROW_LOCK, Guard.UNIQUE_INDEX),
                without(TWO_WORKS, "taken over from", Guard.LEASE_UNTIL, Guard.EPOCH_ON_REPORT),
                without(IN_TIME, "for a release that is cancelled", Guard.LEASE_BEFORE_TAKEOVER, Guard.FENCE_RAISED),
                without(IN_TIME, "by one who was overtaken", Guard.SELF_STOP, Guard.FENCE_RAISED),
                without(TWO_WORKS, "for a release that is cancelled", Guard.FENCE_BEFORE_LOOK, Guard.SWEEP));
    }

    /** Every guard that is taken away in one of these. */
    static Set<Guard> guardsOf(List<Experiment> experiments) {
        List<Guard> guards = new ArrayList<>();
        experiments.forEach(experiment -> guards.addAll(experiment.setting.without()));
        return guards.isEmpty() ? EnumSet.noneOf(Guard.class) : EnumSet.copyOf(guards);
    }

    private static Experiment without(Setting setting, String expected, Guard... guards) {
        return new Experiment(setting.without(guards), expected);
    }

    Exploration explore() {
        return EXPLORED.computeIfAbsent(setting, it -> Search.explore(new Slipway(it), MOST_STATES));
    }

    /** What a test is called. */
    @Override
    public String toString() {
        String spared = setting.hazards().size() == Hazard.values().length ? "" : ", where nobody is late";
        return "without "
                + String.join(
                        " and ",
                        setting.without().stream().map(Guard::name).sorted().toList()) + spared;
    }
}
