package org.slipway.simulation;

import java.time.Duration;

/**
 * How much goes wrong in one schedule: the dice of its seed say which faults it has and how often, so that some schedules have one kind
 * only and some have all. After {@link #stop} nothing goes wrong any more.
 */
final class Faults {
    private final World world;
    private final double crash;
    private final double pause;
    private final double statement;
    private final double commit;
    private final double answerLost;
    private final double slowDatabase;
    private final double broker;
    private final double hint;
    private final double host;
    private final double slowHost;
    private boolean active = true;

    Faults(World world) {
        this.world = world;
        crash = often(0.012);
        pause = often(0.012);
        statement = often(0.02);
        commit = often(0.03);
        answerLost = often(0.03);
        slowDatabase = often(0.02);
        broker = often(0.15);
        hint = often(0.3);
        host = often(0.06);
        slowHost = often(0.1);
    }

    /** Half of all schedules have none of a kind; the others some or many. */
    private double often(double most) {
        return world.happens(0.5) ? 0 : most * world.between(1, 100) / 100.0;
    }

    void stop() {
        active = false;
    }

    boolean active() {
        return active;
    }

    boolean crash() {
        return active && world.happens(crash);
    }

    boolean pause() {
        return active && world.happens(pause);
    }

    boolean statementFails() {
        return active && world.happens(statement);
    }

    boolean commitFails() {
        return active && world.happens(commit);
    }

    boolean answerIsLost() {
        return active && world.happens(answerLost);
    }

    boolean databaseIsSlow() {
        return active && world.happens(slowDatabase);
    }

    boolean broker() {
        return active && world.happens(broker);
    }

    boolean hint() {
        return active && world.happens(hint);
    }

    boolean host() {
        return active && world.happens(host);
    }

    boolean hostIsSlow() {
        return active && world.happens(slowHost);
    }

    /** How long a process stands still: often longer than a lease. */
    long pauseLength() {
        return world.between(Duration.ofMillis(200), Duration.ofSeconds(40));
    }

    long outageLength() {
        return world.between(Duration.ofMillis(500), Duration.ofSeconds(20));
    }
}
