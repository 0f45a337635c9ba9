package org.slipway.simulation;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slipway.model.Service;

/** A process of a service, over all its lives: it crashes and is started again under the same name, as a pod of a stateful set is. */
final class Process {
    private final World world;
    private final String name;
    private final Service service;
    private final double rate;
    private final long origin;
    private final Function<Process, Replica> program;
    private @Nullable Replica replica;
    private long pausedUntil;
    private int life;

    /**
     * @param rate how fast its clock runs
     * @param origin what its monotonic clock says at the beginning
     * @param program what it runs
     */
    Process(World world, String name, Service service, double rate, long origin, Function<Process, Replica> program) {
        this.world = world;
        this.name = name;
        this.service = service;
        this.rate = rate;
        this.origin = origin;
        this.program = program;
    }

    String name() {
        return name;
    }

    Service service() {
        return service;
    }

    World world() {
        return world;
    }

    long nanoTime() {
        return origin + (long) (world.now() * rate);
    }

    /** The world's time after so long by this clock. */
    long after(long nanos) {
        return nanos > Long.MAX_VALUE / 4 ? Long.MAX_VALUE : world.now() + (long) (nanos / rate);
    }

    long pausedUntil() {
        return pausedUntil;
    }

    void pauseUntil(long time) {
        pausedUntil = Math.max(pausedUntil, time);
    }

    boolean paused() {
        return pausedUntil > world.now();
    }

    void resume() {
        pausedUntil = world.now();
    }

    /** Counts its starts. */
    int life() {
        return life;
    }

    boolean running() {
        return replica != null;
    }

    @Nullable Replica replica() {
        return replica;
    }

    /** Begins a life; runs in a task of this process. */
    void boot() {
        Replica fresh = program.apply(this);
        replica = fresh;
        fresh.start();
    }

    void beginLife() {
        life++;
        pausedUntil = 0;
    }

    void gone() {
        replica = null;
    }

    @Override
    public String toString() {
        return name;
    }
}
