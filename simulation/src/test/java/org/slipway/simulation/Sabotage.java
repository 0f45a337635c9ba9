package org.slipway.simulation;

import java.util.function.UnaryOperator;

/** Something that a test breaks on purpose, so that the simulation has something to find. */
enum Sabotage {
    NOTHING("nothing", 1, sql -> sql),
    /** Servers do not compare epochs: whoever comes last publishes. */
    NO_FENCE("stale writer", 120, sql -> sql),
    /** A release is cancelled although nobody raised the fence where a worker may still publish. */
    NOT_FENCED_OFF("which is cancelled", 136, sql -> sql),
    /** Outcomes are recorded whoever holds the lease; who finds that the row has moved on records an error in its place. */
    REPORTS_WITHOUT_LEASE(
            "does not hold it|errors that nothing foresaw",
            20,
            sql -> sql.replaceAll(
                    "lease_owner = (\\S+) and lease_epoch = (\\S+) and lease_until > clock_timestamp\\(\\)\\s+for no key",
                    "(lease_owner = $1 or lease_epoch = $2 or true) for no key")),
    /** A lease is taken while somebody holds it. */
    LEASES_ARE_IGNORED(
            "while it was held",
            1,
            sql -> sql.replace("(lease_until is null or lease_until < clock_timestamp())", "true")),
    /** The relay sends the latest transition first. */
    RELAY_OUT_OF_ORDER(
            "the topics",
            1,
            sql -> sql.replace(
                    "published_at is null order by id limit", "published_at is null order by id desc limit"));

    private final String breaks;
    private final long firstSeed;
    private final UnaryOperator<String> statements;

    Sabotage(String breaks, long firstSeed, UnaryOperator<String> statements) {
        this.breaks = breaks;
        this.firstSeed = firstSeed;
        this.statements = statements;
    }

    /** What the simulation has to say about it. */
    String breaks() {
        return breaks;
    }

    /** From where on it is looked for: not far before the first seed by which it was found when this was written. */
    long firstSeed() {
        return firstSeed;
    }

    UnaryOperator<String> statements() {
        return statements;
    }
}
