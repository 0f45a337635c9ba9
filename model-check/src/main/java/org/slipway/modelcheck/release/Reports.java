package org.slipway.modelcheck.release;

import org.slipway.modelcheck.search.Steps;
import org.slipway.modelcheck.search.Violation;

/** How the database takes a report: {@code lockHeld}, which every service goes through. */
final class Reports {
    private final Setting setting;

    Reports(Setting setting) {
        this.setting = setting;
    }

    /**
     * Whether the report of a piece of work counts. Where it does not, its step is taken here: the work is over, and nothing else happens.
     * The owner's name is no guard: two works of one process have the same.
     *
     * @param lease of the row that it is about, for whatever it is held now
     */
    boolean counts(World world, int at, Work work, Lease lease, Steps<World> steps) {
        boolean own = world.leaseOf(work).epoch() == work.epoch();
        boolean counts = lease.isThere()
                && (lease.running() || !setting.has(Guard.LEASE_UNTIL))
                && (own || !setting.has(Guard.EPOCH_ON_REPORT));
        if (!counts) {
            steps.take(Ends.refused(work), () -> world.with(at, Work.NONE));
        } else if (!own) {
            steps.take(Ends.reported(work), () -> {
                throw new Violation("a report counts whose author was taken over from");
            });
        }
        return counts && own;
    }

    /** What a report says that a target has the release must be so. */
    static void requireTrue(World world, Work work) {
        if (!world.target(work.place()).files().equals(Files.of(work.release()))) {
            throw new Violation("%s is reported to have the release, and has not".formatted(Names.of(work.place())));
        }
    }
}
