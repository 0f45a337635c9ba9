package org.slipway.simulation;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread of a simulated process. Of all tasks of a world exactly one runs; it goes on until it waits for something, and then says
 * itself who is next. A task of a process that crashed is dying: whatever it does next throws {@link Crashed}.
 */
final class Task {
    private static final ThreadLocal<@Nullable Task> CURRENT = new ThreadLocal<>();

    private final World world;
    private final Process process;
    private final Semaphore turn = new Semaphore(0);
    private final Set<String> claims = new HashSet<>();
    private @Nullable Thread thread;
    private String name = "";
    private BooleanSupplier ready = () -> true;
    private long deadline;
    private boolean interruptible;
    private boolean interrupted;
    private boolean dying;

    Task(World world, Process process) {
        this.world = world;
        this.process = process;
    }

    /** The task that the calling thread is; {@code null} outside a simulation. */
    static @Nullable Task current() {
        return CURRENT.get();
    }

    /** The process died: nothing of it does anything any more. */
    static final class Crashed extends Error {
        private static final long serialVersionUID = 1L;

        Crashed() {
            super("the process crashed", null, false, false);
        }
    }

    World world() {
        return world;
    }

    Process process() {
        return process;
    }

    String name() {
        return name;
    }

    /** The leases that this task took, or that were taken for it: what it may report on. */
    Set<String> claims() {
        return claims;
    }

    boolean dying() {
        return dying;
    }

    void die() {
        dying = true;
    }

    /** This one, if it may still do something. */
    Task alive() {
        if (dying) {
            throw new Crashed();
        }
        return this;
    }

    Thread start(Thread.Builder builder, Runnable body) {
        Task child = world.start(process, builder, body);
        // Work is begun by the thread that claimed it.
        if (child.name.endsWith("-work")) {
            child.claims.addAll(claims);
            claims.clear();
        }
        return child.thread();
    }

    Thread thread() {
        Thread own = thread;
        if (own == null) {
            throw new IllegalStateException("not begun");
        }
        return own;
    }

    void begin(Thread.Builder builder, Runnable body) {
        Thread own = builder.unstarted(() -> {
            CURRENT.set(this);
            awaitTurn();
            world.run(this, body);
        });
        name = own.getName();
        deadline = world.now();
        thread = own;
        own.start();
    }

    /** Waits by the clock of its process; whether the condition holds at the end. */
    boolean waitFor(BooleanSupplier condition, long nanos) throws InterruptedException {
        alive();
        throwIfInterrupted();
        interruptible = true;
        try {
            pause(condition, process.after(nanos));
        } finally {
            interruptible = false;
        }
        throwIfInterrupted();
        return condition.getAsBoolean();
    }

    private static void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Waits by the clock of its process, whatever happens. */
    void sleep(long nanos) {
        alive();
        pause(() -> false, process.after(nanos));
    }

    /** Waits until the condition holds or the world's time has come. */
    void pause(BooleanSupplier condition, long until) {
        ready = condition;
        deadline = until;
        Task next = world.next();
        if (next != this) {
            world.handOver(next);
            awaitTurn();
        }
        ready = () -> true;
        alive();
    }

    private void awaitTurn() {
        turn.acquireUninterruptibly();
        if (interrupted) {
            interrupted = false;
            thread().interrupt();
        }
    }

    /** The thread itself is told when it has its turn: until then its semaphore would take the flag away and set it again in its own time. */
    void interrupt() {
        interrupted = true;
    }

    void takeTurn() {
        turn.release();
    }

    /** When it can go on: now or earlier where it can at once. */
    long readyAt() {
        if (dying) {
            return Long.MIN_VALUE;
        }
        long begin = process.pausedUntil();
        if (deadline <= begin) {
            return begin;
        }
        if (world.now() < begin) {
            return begin;
        }
        return ready.getAsBoolean() || (interruptible && interrupted) ? world.now() : deadline;
    }

    @Override
    public String toString() {
        return process.name() + "/" + name;
    }
}
