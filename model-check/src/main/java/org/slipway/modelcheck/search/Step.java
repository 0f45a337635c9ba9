package org.slipway.modelcheck.search;

/**
 * What happens, for people.
 *
 * @param cause who or what makes it happen
 * @param who the one who does it, or to whom it happens
 * @param what what that is
 */
public record Step(Cause cause, String who, String what) {

    /** Why a step is taken. */
    public enum Cause {
        /** A person wants it. */
        PERSON,
        /** A service or a target does what it is there for. */
        WORK,
        /** Time passes. */
        TIME,
        /** Something breaks. */
        HAZARD;

        /** Whether it happens sooner or later if nobody does anything and nothing breaks. */
        boolean isSureToCome() {
            return this == WORK || this == TIME;
        }
    }

    @Override
    public String toString() {
        return who + ": " + what;
    }
}
