package org.slipway.modelcheck.release;

/** What can go wrong. Each can be left out, to see what a guard is there for. */
public enum Hazard {
    /** A process, or a script that it began on a target, stands still for longer than a lease and then goes on. */
    PAUSE,
    /** A process dies. A script that it began on a target goes on. */
    CRASH,
    /** The connection to a target is cut while a script publishes there. The script goes on. */
    CUT_CONNECTION,
    /** A target refuses, or what is sent to it arrives damaged. */
    TARGET_TROUBLE,
    /** A publication is cut off in the middle: the target goes down. */
    CUT_PUBLICATION,
    /** A hint that Kafka was to bring never comes. */
    LOST_HINT
}
