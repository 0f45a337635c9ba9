package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slipway.model.ReleaseState;

/**
 * Releases under random faults, each schedule from a seed of its own: the faults, their moments and lengths, what is released, and
 * when the person gives up. Whatever happens, the release ends once the faults are over, and the {@link Checker} finds nothing.
 */
@Tag("faults")
class SchedulesIT {
    private static final int MOST_FAULTS = 4;
    private static final Duration LAST_MOMENT = Duration.ofMillis(3500);
    private static final Duration TIME = Duration.ofSeconds(180);
    private static final int MOST_FAILURES = 5;

    private final FaultResults results = FaultResults.in("SchedulesIT");
    private final ScheduledExecutorService later = Executors.newScheduledThreadPool(3 * MOST_FAULTS);
    private final Map<String, Integer> struck = new TreeMap<>();
    private final Map<String, Integer> fired = new TreeMap<>();
    private final Map<ReleaseState, Integer> ends = new EnumMap<>(ReleaseState.class);
    private final Set<Invariant> checked = new HashSet<>();

    /** One fault, its moment behind the beginning, and how long it lasts. */
    private record Planned(Fault fault, long atMillis, long forMillis) {
        @Override
        public String toString() {
            return "%s at %d ms for %d ms".formatted(fault.name(), atMillis, forMillis);
        }
    }

    @Test
    void everyReleaseEndsAndNothingIsBroken() throws Exception {
        String only = System.getProperty("slipway.faults.seed", "");
        int count = only.isEmpty() ? Integer.getInteger("slipway.faults.schedules", 1000) : 1;
        Duration most = Duration.ofMinutes(Integer.getInteger("slipway.faults.minutes", 60));
        long first = only.isEmpty() ? System.nanoTime() : Long.parseLong(only);
        List<String> failures = new ArrayList<>();
        long began = System.nanoTime();
        int done = 0;
        FaultLab lab = FaultLab.start();
        try {
            while (done < count && failures.size() < MOST_FAILURES && System.nanoTime() - began < most.toNanos()) {
                long seed = first + done;
                done++;
                List<String> wrong = run(lab, seed);
                if (!wrong.isEmpty()) {
                    failures.add("seed " + seed + ": " + wrong);
                    lab.close();
                    lab = FaultLab.start();
                }
            }
        } finally {
            lab.close();
            later.shutdownNow();
            results.write(summary(first, done, failures, (System.nanoTime() - began) / 1e9));
        }
        assertThat(failures).as("%d schedules from seed %d", done, first).isEmpty();
    }

    private com.fasterxml.jackson.databind.node.ObjectNode summary(
            long first, int done, List<String> failures, double seconds) {
        String kinds = struck.entrySet().stream()
                .map(kind -> "%s %d/%d".formatted(kind.getKey(), fired.getOrDefault(kind.getKey(), 0), kind.getValue()))
                .collect(Collectors.joining(", "));
        return FaultResults.line(
                        "SchedulesIT",
                        "%d random schedules of 1 to %d faults, seeds %d to %d"
                                .formatted(done, MOST_FAULTS, first, first + done - 1),
                        "ended: %s; faults that were seen to happen, of those done: %s".formatted(ends, kinds),
                        failures.isEmpty() ? "every release ended, nothing was broken" : String.join(" | ", failures),
                        "each release ends once the faults are over",
                        seconds,
                        failures.isEmpty(),
                        checked)
                .put("schedules", done)
                .put("failed", failures.size());
    }

    /** What was wrong; nothing when all went well. */
    private List<String> run(FaultLab lab, long seed) {
        Random random = new Random(seed);
        List<Planned> plan = plan(lab, random);
        Optional<Long> cancelsAt = random.nextInt(10) == 0
                ? Optional.of((long) random.nextInt((int) LAST_MOMENT.toMillis()))
                : Optional.empty();
        boolean givesUp = random.nextInt(4) == 0;
        long began = System.nanoTime();
        try (Course course = new Course(lab, random)) {
            course.create();
            long start = System.nanoTime();
            List<Future<Boolean>> over = new ArrayList<>();
            for (Planned planned : plan) {
                over.add(later.schedule(strikes(course, planned), wait(start, planned), TimeUnit.MILLISECONDS));
            }
            cancelsAt.ifPresent(at -> later.schedule(() -> course.act("cancel"), at, TimeUnit.MILLISECONDS));
            Instant[] healed = new Instant[1];
            ReleaseState end = course.drive(
                    () -> {
                        if (healed[0] == null && over.stream().allMatch(Future::isDone)) {
                            lab.heal();
                            healed[0] = Course.now();
                        }
                        return healed[0] != null;
                    },
                    () -> givesUp);
            for (int i = 0; i < plan.size(); i++) {
                count(plan.get(i), over.get(i));
            }
            lab.heal();
            ends.merge(end, 1, Integer::sum);
            Evidence evidence = course.evidence();
            checked.addAll(Checker.checkable(evidence));
            List<String> wrong = new ArrayList<>(Checker.violations(evidence));
            if (!wrong.isEmpty()) {
                wrong.add(0, plan + (cancelsAt.isPresent() ? " cancelled at " + cancelsAt.get() + " ms" : ""));
            }
            System.out.printf(
                    "seed %d: %s in %.1f s %s%s%n",
                    seed, end, (System.nanoTime() - began) / 1e9, plan, wrong.isEmpty() ? "" : " WRONG " + wrong);
            return wrong;
        } catch (Exception | Error failed) {
            System.out.printf("seed %d: %s FAILED %s%n", seed, plan, failed);
            return List.of(plan.toString(), failed.toString());
        }
    }

    private static long wait(long start, Planned planned) {
        return Math.max(0, planned.atMillis() - (System.nanoTime() - start) / 1_000_000);
    }

    private Callable<Boolean> strikes(Course course, Planned planned) {
        return () -> {
            Fault fault = planned.fault();
            Instant from = Course.now();
            try {
                fault.strike();
                return later.schedule(
                                () -> {
                                    boolean seen = fault.fired().getAsBoolean();
                                    fault.heal();
                                    return seen;
                                },
                                planned.forMillis(),
                                TimeUnit.MILLISECONDS)
                        .get();
            } finally {
                course.disturbed(
                        fault.name(), fault.server(), from, Course.now().plus(FaultLab.SILENCE));
            }
        };
    }

    private void count(Planned planned, Future<Boolean> over) throws InterruptedException {
        String kind = planned.fault().name().replaceAll("(of|network to) (the )?[a-z0-9]+(-[a-z0-9]+)*", "$1 …");
        try {
            struck.merge(kind, 1, Integer::sum);
            if (over.get(TIME.toSeconds(), TimeUnit.SECONDS)) {
                fired.merge(kind, 1, Integer::sum);
            }
        } catch (ExecutionException | java.util.concurrent.TimeoutException failed) {
            throw new IllegalStateException(planned + " could not be done and undone", failed);
        }
    }

    private static List<Planned> plan(FaultLab lab, Random random) {
        List<Fault> all = Fault.forSchedules(lab);
        int count = 1 + random.nextInt(MOST_FAULTS);
        List<Planned> plan = new ArrayList<>();
        Set<String> things = new HashSet<>();
        for (int i = 0; i < count; i++) {
            Fault fault = all.get(random.nextInt(all.size()));
            long at = random.nextInt((int) LAST_MOMENT.toMillis());
            long spread = fault.longest().minus(fault.shortest()).toMillis();
            long length = fault.shortest().toMillis() + (spread > 0 ? random.nextInt((int) spread) : 0);
            if (things.add(fault.thing())) {
                plan.add(new Planned(fault, at, length));
            }
        }
        return plan;
    }
}
