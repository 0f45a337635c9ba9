package org.slipway.system;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slipway.system.History.BackupRow;
import org.slipway.system.History.Disturbance;
import org.slipway.system.History.FenceSeen;
import org.slipway.system.History.FileSeen;
import org.slipway.system.History.LeaseChange;
import org.slipway.system.History.Move;
import org.slipway.system.History.PublicationSeen;
import org.slipway.system.History.ReleaseRow;
import org.slipway.system.History.RolloutRow;
import org.slipway.system.History.Sample;
import org.slipway.system.History.ServerRow;
import org.slipway.system.History.Timing;

/** A history in which all is well, and what may be broken in it. */
final class Histories {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final History NOTHING = new Histories().build();

    final List<Move> log = new ArrayList<>();
    final List<ReleaseRow> releases = new ArrayList<>();
    final List<ServerRow> servers = new ArrayList<>();
    final List<RolloutRow> rollouts = new ArrayList<>();
    final List<BackupRow> backups = new ArrayList<>();
    final List<LeaseChange> leases = new ArrayList<>();
    final List<Sample> samples = new ArrayList<>();
    final List<FileSeen> files = new ArrayList<>();
    final List<FenceSeen> fences = new ArrayList<>();
    final List<PublicationSeen> publications = new ArrayList<>();
    final List<Map<String, String>> states = new ArrayList<>();
    final List<Call> calls = new ArrayList<>();
    final List<Disturbance> disturbances = new ArrayList<>();

    private Histories() {}

    History build() {
        return new History(
                List.copyOf(log),
                List.copyOf(releases),
                List.copyOf(servers),
                List.copyOf(rollouts),
                List.copyOf(backups),
                List.copyOf(leases),
                List.copyOf(samples),
                List.copyOf(files),
                List.copyOf(fences),
                List.copyOf(publications),
                List.copyOf(states),
                List.copyOf(calls),
                List.copyOf(disturbances),
                new Timing(Duration.ofSeconds(3), Duration.ofMillis(500), Duration.ofSeconds(5)));
    }

    static Instant at(double seconds) {
        return START.plusMillis((long) (seconds * 1000));
    }

    /** Release 1 taken to one business server: the worker that took it first died, another one took it up. */
    static Histories good() {
        Histories good = new Histories();
        good.release(1, "", "CREATED", "controller-service", "ada", 0);
        good.release(1, "CREATED", "BETA_COPYING", "controller-service", "ada", 0.1);
        good.release(1, "BETA_COPYING", "BETA_COPIED", "beta-worker", "beta-worker", 2);
        good.release(1, "BETA_COPIED", "PRODUCTION_REQUESTED", "controller-service", "ada", 3);
        good.release(1, "PRODUCTION_REQUESTED", "PRODUCTION_BACKING_UP", "prod-coordinator", "prod-coordinator", 3.1);
        good.release(1, "PRODUCTION_BACKING_UP", "PRODUCTION_COPYING", "prod-coordinator", "prod-coordinator", 4);
        good.server(0, "", "IDLE", "controller-service", "ada", "registered", -1);
        good.server(1, "IDLE", "COPYING", "prod-coordinator", "prod-coordinator", "needs release 1", 4);
        good.server(1, "COPYING", "LOCKED", "server-worker", "server-worker-1", "taken by a worker", 4.2);
        good.server(
                1, "LOCKED", "COPYING", "server-worker", "server-worker-2", "the lease of server-worker-1 ran out", 8);
        good.server(1, "COPYING", "LOCKED", "server-worker", "server-worker-2", "taken by a worker", 8.1);
        good.server(
                1,
                "LOCKED",
                "IDLE",
                "server-worker",
                "server-worker-2",
                "has release 1: 1 files sent, 1 already there",
                10);
        good.release(1, "PRODUCTION_COPYING", "COMPLETED", "prod-coordinator", "prod-coordinator", 10.5);
        good.releases.add(new ReleaseRow(1, 1, "COMPLETED", 7, false, 20));
        good.servers.add(new ServerRow(1, "web-1", "BUSINESS", false, "IDLE", 6, 0, 22, null));
        good.rollouts.add(new RolloutRow(1, "web-1", "DONE", 2, 1, 1, 2));
        good.backups.add(new BackupRow(1, "web-1", at(3.9)));
        good.lease("server", 2, 3, null, null, "server-worker-1", 21, at(7.2), 4.2);
        good.lease("server", 3, 4, "server-worker-1", at(7.2), null, 21, null, 8);
        good.lease("server", 4, 5, null, null, "server-worker-2", 22, at(11.1), 8.1);
        good.lease("server", 5, 6, "server-worker-2", at(11.1), null, 22, null, 10);
        good.samples.add(new Sample(at(4.1), "web-1", "COPYING", "PRODUCTION_COPYING", false, false));
        good.samples.add(new Sample(at(5), "web-1", "LOCKED", "PRODUCTION_COPYING", true, false));
        good.states.add(Map.of("a", "a0", "b", "b0"));
        good.states.add(Map.of("a", "a1", "b", "b1"));
        good.files.add(new FileSeen("web-1", "a", "a0", 10, at(-5), at(0)));
        good.files.add(new FileSeen("web-1", "b", "b0", 11, at(-5), at(0)));
        good.files.add(new FileSeen("web-1", "a", "a1", 12, at(5), at(5)));
        good.files.add(new FileSeen("web-1", "b", "b1", 13, at(9), at(9)));
        good.fences.add(new FenceSeen("web-1", 21, at(4.3)));
        good.fences.add(new FenceSeen("web-1", 22, at(8.2)));
        good.publications.add(new PublicationSeen("web-1", 21, at(5)));
        good.publications.add(new PublicationSeen("web-1", 22, at(9)));
        return good;
    }

    void release(int number, String from, String to, String service, String actor, double seconds) {
        long sequence = log.stream()
                        .filter(move -> !move.ofServer() && move.release() == number)
                        .count()
                + 1;
        log.add(new Move(
                log.size() + 1,
                "release",
                number,
                Integer.toString(number),
                number,
                sequence,
                from,
                to,
                service,
                actor,
                "",
                at(seconds),
                true));
    }

    void server(int release, String from, String to, String service, String actor, String reason, double seconds) {
        long sequence = log.stream().filter(Move::ofServer).count() + 1;
        log.add(new Move(
                log.size() + 1,
                "server",
                1,
                "web-1",
                release,
                sequence,
                from,
                to,
                service,
                actor,
                reason,
                at(seconds),
                true));
    }

    void lease(
            String kind,
            long oldSequence,
            long sequence,
            @Nullable String oldOwner,
            @Nullable Instant oldUntil,
            @Nullable String owner,
            long epoch,
            @Nullable Instant until,
            double seconds) {
        leases.add(
                new LeaseChange(kind, 1, oldSequence, sequence, oldOwner, oldUntil, owner, epoch, until, at(seconds)));
    }

    /** Changes the one of these that the condition picks. */
    static <T> void change(List<T> list, java.util.function.Predicate<T> which, UnaryOperator<T> change) {
        int changed = 0;
        for (int i = 0; i < list.size(); i++) {
            if (which.test(list.get(i))) {
                list.set(i, change.apply(list.get(i)));
                changed++;
            }
        }
        if (changed != 1) {
            throw new IllegalArgumentException(changed + " are meant, not one");
        }
    }
}
