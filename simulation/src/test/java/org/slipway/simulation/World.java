package org.slipway.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slipway.model.Service;

/**
 * Time, chance and whose turn it is. Time stands still while something runs and jumps to whatever comes next when nothing does; chance is
 * one generator with one seed. So a seed decides the whole schedule, and gives the same again.
 */
final class World {
    /** What the clock of the database says at the beginning. */
    static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private static final int MOST_TURNS = 200_000;

    private final Random chance;
    private final Trace trace = new Trace();
    private final List<Task> tasks = new ArrayList<>();
    private final List<Thread> ended = new ArrayList<>();
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private final Semaphore observer = new Semaphore(0);
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    private long now;
    private long order;
    private int turns;
    private boolean over;
    private @Nullable String violation;

    World(long seed) {
        this.chance = new Random(seed);
    }

    private record Event(long at, long order, Runnable what) {}

    /** Nanoseconds since the beginning. */
    long now() {
        return now;
    }

    Instant instant() {
        return BEGIN.plusNanos(now);
    }

    Trace trace() {
        return trace;
    }

    void tell(String who, String what) {
        trace.tell(now, who, what);
    }

    /** What went wrong; {@code null} while nothing has. */
    @Nullable String violation() {
        return violation;
    }

    /** Ends the schedule: something is not as it has to be. */
    void violated(String what) {
        if (violation == null) {
            violation = what;
            tell("VIOLATION", what);
        }
        over = true;
    }

    void end() {
        over = true;
    }

    /** Whether the dice say so. */
    boolean happens(double probability) {
        return probability > 0 && chance.nextDouble() < probability;
    }

    /** At least {@code from} and less than {@code to}. */
    long between(long from, long to) {
        return from >= to ? from : from + (long) (chance.nextDouble() * (to - from));
    }

    long between(Duration from, Duration to) {
        return between(from.toNanos(), to.toNanos());
    }

    int upTo(int bound) {
        return chance.nextInt(bound);
    }

    long anyLong() {
        return chance.nextLong();
    }

    <T> T oneOf(List<T> choices) {
        return choices.get(chance.nextInt(choices.size()));
    }

    /** A fault came to pass. */
    void happened(Fault fault, String who, String what) {
        faults.merge(fault, 1, Integer::sum);
        tell(who, "! " + what);
    }

    Map<Fault, Integer> faults() {
        return faults;
    }

    /** Does something later, in nobody's process. */
    void in(long nanos, Runnable what) {
        events.add(new Event(now + nanos, order++, what));
    }

    Task start(Process process, Thread.Builder builder, Runnable body) {
        Task task = new Task(this, process);
        task.begin(builder, body);
        tasks.add(task);
        return task;
    }

    /** Lets the world go until it ends; returns when no task is left. */
    void goOn() {
        handOver(next());
        observer.acquireUninterruptibly();
    }

    void run(Task task, Runnable body) {
        try {
            if (!task.dying()) {
                body.run();
            }
        } catch (Task.Crashed crashed) {
            // As it should be.
        } catch (RuntimeException | Error bug) {
            violated(task + " ended with " + bug);
            bug.printStackTrace();
        } finally {
            tasks.remove(task);
            ended.add(Thread.currentThread());
            handOver(next());
        }
    }

    /** {@code null} when the thread is nobody's here, or has ended. */
    @Nullable Task taskOf(Thread thread) {
        return tasks.stream()
                .filter(task -> task.thread() == thread)
                .findFirst()
                .orElse(null);
    }

    boolean hasEnded(Thread thread) {
        return ended.contains(thread);
    }

    /** Lets every thread of a process die. */
    void kill(Process process) {
        process.gone();
        for (Task task : tasks) {
            if (task.process() == process) {
                task.die();
            }
        }
    }

    void handOver(@Nullable Task next) {
        if (next == null) {
            observer.release();
        } else {
            next.takeTurn();
        }
    }

    /** Whose turn it is; {@code null} when nobody is left. */
    @Nullable Task next() {
        while (true) {
            if (over) {
                tasks.forEach(Task::die);
                return tasks.isEmpty() ? null : tasks.getFirst();
            }
            if (++turns > MOST_TURNS) {
                violated("no end after " + turns + " turns");
                continue;
            }
            Task next = nextReady();
            if (next != null) {
                trace.turn(now, next);
                return next;
            }
        }
    }

    /** {@code null} where something else came to pass, or time did. */
    private @Nullable Task nextReady() {
        List<Task> ready = new ArrayList<>();
        long soonest = Long.MAX_VALUE;
        for (Task task : tasks) {
            long at = task.readyAt();
            if (at == Long.MIN_VALUE) {
                return task;
            }
            if (at <= now) {
                ready.add(task);
            }
            soonest = Math.min(soonest, at);
        }
        Event event = events.peek();
        if (event != null && event.at <= now) {
            events.remove(event);
            event.what.run();
            return null;
        }
        if (!ready.isEmpty()) {
            return oneOf(ready);
        }
        if (event != null) {
            soonest = Math.min(soonest, event.at);
        }
        if (soonest == Long.MAX_VALUE) {
            violated("everybody waits for ever");
        } else {
            now = soonest;
        }
        return null;
    }

    Process process(String name, Service service, java.util.function.Function<Process, Replica> program) {
        return new Process(this, name, service, 0.98 + chance.nextDouble() * 0.04, chance.nextLong() >> 2, program);
    }
}
