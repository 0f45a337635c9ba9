package org.slipway.simulation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slipway.model.Lifecycle;
import org.slipway.model.RelativePath;
import org.slipway.model.ReleaseLifecycle;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerLifecycle;
import org.slipway.model.ServerRole;
import org.slipway.model.ServerState;
import org.slipway.model.Service;
import org.slipway.simulation.Machine.Version;

/**
 * Watches everything, and believes nobody: it looks at the database after each commit, through a connection of its own, and at the servers
 * after each rename. What it sees against the rules ends the schedule.
 */
final class Checker {
    private static final String LOOK = """
            select id, kind, aggregate_id, sequence, from_state, to_state, service, release_number, server, attempt, reason
                from transition where id > %d order by id;
            select r.id, p.name, r.number, r.state, r.sequence, r.lease_owner, r.lease_epoch, r.lease_until,
                    r.cancel_requested_at is not null, exists (select from backup b where b.release_id = r.id)
                from release r join project p on p.id = r.project_id order by r.id;
            select s.id, p.name, s.name, s.state, s.sequence, s.lease_owner, s.lease_epoch, s.lease_until, s.release_id
                from server s join project p on p.id = s.project_id where s.state is not null order by s.id
            """;

    private final World world;
    private final Connection connection;
    private final Map<Long, Known> releases = new TreeMap<>();
    private final Map<Long, Known> servers = new TreeMap<>();
    private final Map<Long, Long> releaseOfEpoch = new HashMap<>();
    private final Map<Machine, Long> highestEpochs = new HashMap<>();
    private final Set<Long> archived = new HashSet<>();
    private final Set<Long> published = new HashSet<>();
    private Supplier<Collection<Machine>> machines = List::of;
    private long lastTransition;
    private long lastEpoch;

    /**
     * @param connection to the same database, without anything simulated between
     */
    Checker(World world, Connection connection) {
        this.world = world;
        this.connection = connection;
    }

    void watch(Supplier<Collection<Machine>> all) {
        machines = all;
    }

    /** A release or a server as it was at the last look. */
    static final class Known {
        private final String project;
        private final String name;
        private String state = "";
        private long sequence;
        private @Nullable String owner;
        private long epoch;
        private long until;
        private long releaseId;
        private boolean cancelRequested;
        private boolean backedUp;

        Known(String project, String name) {
            this.project = project;
            this.name = name;
        }

        String project() {
            return project;
        }

        String name() {
            return name;
        }

        String state() {
            return state;
        }

        boolean cancelRequested() {
            return cancelRequested;
        }

        boolean isHeldAt(long now) {
            return owner != null && until > now;
        }

        @Override
        public String toString() {
            return project + "/" + name;
        }
    }

    /** The release of a project that is not finished, as it was after the last commit. */
    Optional<Known> unfinished(String project) {
        return releases.values().stream()
                .filter(release -> release.project.equals(project))
                .filter(release -> !isFinished(release))
                .findFirst();
    }

    /** The release with that number. */
    Optional<Known> release(String project, int number) {
        return releases.values().stream()
                .filter(release -> release.project.equals(project) && release.name.equals(Integer.toString(number)))
                .findFirst();
    }

    private static boolean isFinished(Known release) {
        return ReleaseLifecycle.TABLE.isFinal(ReleaseState.valueOf(release.state));
    }

    /** Looks at what a transaction of a task has changed. */
    void committed(Task task) {
        try {
            look(task);
        } catch (SQLException cannot) {
            throw new IllegalStateException(cannot);
        }
    }

    /** Takes what is there as given. */
    void begin() throws SQLException {
        look(null);
    }

    private void look(@Nullable Task task) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(LOOK.formatted(lastTransition));
            List<Move> moves = new ArrayList<>();
            try (ResultSet rows = Objects.requireNonNull(statement.getResultSet())) {
                while (rows.next()) {
                    moves.add(Move.of(rows));
                    lastTransition = rows.getLong(1);
                }
            }
            statement.getMoreResults(Statement.KEEP_CURRENT_RESULT);
            Map<Long, Known> newReleases = new TreeMap<>();
            try (ResultSet rows = Objects.requireNonNull(statement.getResultSet())) {
                while (rows.next()) {
                    Known release = known(rows);
                    release.cancelRequested = rows.getBoolean(9);
                    release.backedUp = rows.getBoolean(10);
                    newReleases.put(rows.getLong(1), release);
                }
            }
            statement.getMoreResults(Statement.KEEP_CURRENT_RESULT);
            Map<Long, Known> newServers = new TreeMap<>();
            try (ResultSet rows = Objects.requireNonNull(statement.getResultSet())) {
                while (rows.next()) {
                    Known server = known(rows);
                    server.releaseId = rows.getLong(9);
                    newServers.put(rows.getLong(1), server);
                }
            }
            if (task != null) {
                compare(task, moves, newReleases, newServers);
            }
            releases.putAll(newReleases);
            servers.putAll(newServers);
            for (Move move : moves) {
                afterMove(move);
            }
        }
    }

    private static Known known(ResultSet rows) throws SQLException {
        Known known = new Known(rows.getString(2), rows.getString(3));
        known.state = rows.getString(4);
        known.sequence = rows.getLong(5);
        known.owner = rows.getString(6);
        known.epoch = rows.getLong(7);
        java.sql.Timestamp until = rows.getTimestamp(8);
        known.until = until == null
                ? 0
                : java.time.Duration.between(World.BEGIN, until.toInstant()).toNanos();
        return known;
    }

    private record Move(
            String kind, long id, long sequence, String from, String to, Service service, int attempt, String reason) {
        static Move of(ResultSet rows) throws SQLException {
            return new Move(
                    rows.getString(2),
                    rows.getLong(3),
                    rows.getLong(4),
                    rows.getString(5),
                    rows.getString(6),
                    Service.ofWireName(rows.getString(7)),
                    rows.getInt(10),
                    rows.getString(11));
        }

        boolean ofRelease() {
            return kind.equals("release");
        }
    }

    private void compare(Task task, List<Move> moves, Map<Long, Known> newReleases, Map<Long, Known> newServers) {
        Map<String, Known> before = new HashMap<>();
        releases.forEach((id, known) -> before.put("release/" + id, known));
        servers.forEach((id, known) -> before.put("server/" + id, known));
        Map<String, Long> sequences = new HashMap<>();
        Map<String, String> states = new HashMap<>();
        for (Move move : moves) {
            String key = move.kind + "/" + move.id;
            Known was = before.get(key);
            Known is = Objects.requireNonNull((move.ofRelease() ? newReleases : newServers).get(move.id));
            world.tell(
                    task.toString(),
                    "%s %s: %s -> %s (%s)"
                            .formatted(move.kind, is, move.from.isEmpty() ? "-" : move.from, move.to, move.reason));
            require(
                    move.sequence == sequences.getOrDefault(key, was == null ? 0 : was.sequence) + 1,
                    "%s %s: transition %d has a gap before it or is there twice"
                            .formatted(move.kind, is, move.sequence));
            require(
                    move.from.equals(states.getOrDefault(key, was == null ? "" : was.state)),
                    "%s %s leaves %s, where it was not".formatted(move.kind, is, move.from));
            require(isLegal(move), "%s %s: %s made an illegal move".formatted(move.kind, is, move.service));
            if (was != null && states.get(key) == null) {
                requireRight(task, key, move, was);
            }
            sequences.put(key, move.sequence);
            states.put(key, move.to);
        }
        requireLeases(task, "release", releases, newReleases);
        requireLeases(task, "server", servers, newServers);
        requireOneUnfinished(newReleases);
        newReleases.forEach((id, is) -> requireTold("release/" + id, is, releases.get(id), states));
        newServers.forEach((id, is) -> {
            requireTold("server/" + id, is, servers.get(id), states);
            if (is.owner != null) {
                releaseOfEpoch.put(is.epoch, is.releaseId);
            }
        });
    }

    private static boolean isLegal(Move move) {
        return move.ofRelease()
                ? owner(ReleaseLifecycle.TABLE, ReleaseState.class, move) == move.service
                : owner(ServerLifecycle.TABLE, ServerState.class, move) == move.service;
    }

    private static <S extends Enum<S>> @Nullable Service owner(Lifecycle<S> table, Class<S> states, Move move) {
        S from = move.from.isEmpty() ? null : Enum.valueOf(states, move.from);
        return table.move(from, Enum.valueOf(states, move.to))
                .map(Lifecycle.Move::owner)
                .orElse(null);
    }

    /** The end of a piece of work is told by who holds it, and by nobody else; who takes it over waits until the lease is over. */
    private void requireRight(Task task, String key, Move move, Known was) {
        boolean heldState = move.ofRelease()
                ? move.from.equals("BETA_COPYING") || move.from.equals("PRODUCTION_BACKING_UP")
                : move.from.equals("LOCKED");
        if (!heldState) {
            return;
        }
        boolean holder = task.claims().contains(key + "/" + was.epoch) && was.isHeldAt(world.now());
        boolean mayBeTakenOver = move.to.equals("CANCELLED") || move.to.equals("COPYING");
        require(
                holder || (mayBeTakenOver && !was.isHeldAt(world.now())),
                "%s %s: %s reports %s, and does not hold it: %s does, under epoch %d"
                        .formatted(move.kind, was, task, move.to, was.owner, was.epoch));
    }

    private void requireLeases(Task task, String kind, Map<Long, Known> before, Map<Long, Known> after) {
        after.forEach((id, is) -> {
            Known was = before.get(id);
            if (is.owner == null || (was != null && was.owner != null && was.epoch == is.epoch)) {
                return;
            }
            require(
                    was == null || !was.isHeldAt(world.now()),
                    "%s %s was taken by %s while it was held".formatted(kind, is, task));
            require(is.epoch > lastEpoch, "%s %s was taken under an epoch that is not the highest".formatted(kind, is));
            lastEpoch = is.epoch;
            task.claims().add(kind + "/" + id + "/" + is.epoch);
            releaseOfEpoch.put(is.epoch, kind.equals("release") ? id : is.releaseId);
            world.tell(task.toString(), "takes %s %s under epoch %d".formatted(kind, is, is.epoch));
        });
    }

    private void requireOneUnfinished(Map<Long, Known> all) {
        Set<String> projects = new HashSet<>();
        for (Known release : all.values()) {
            require(
                    isFinished(release) || projects.add(release.project),
                    "project %s has two unfinished releases".formatted(release.project));
        }
    }

    private void requireTold(String key, Known is, @Nullable Known was, Map<String, String> states) {
        String told = states.getOrDefault(key, was == null ? "" : was.state);
        require(is.state.equals(told), "%s is in %s, and the log says %s".formatted(is, is.state, told));
    }

    private void afterMove(Move move) throws SQLException {
        if (!move.ofRelease()) {
            return;
        }
        Known release = Objects.requireNonNull(releases.get(move.id));
        switch (ReleaseState.valueOf(move.to)) {
            case BETA_COPIED -> requireContent(move.id, release, ServerRole.BETA, "is said to be on beta");
            case PRODUCTION_COPYING ->
                require(
                        release.backedUp && archived.contains(move.id),
                        "release %s goes to production without a verified backup".formatted(release));
            case COMPLETED -> requireContent(move.id, release, ServerRole.BUSINESS, "is said to be complete");
            default -> {}
        }
    }

    /** Every server of that role holds what the manifest says. */
    private void requireContent(long releaseId, Known release, ServerRole role, String what) throws SQLException {
        Map<RelativePath, String> manifest = manifest(releaseId);
        require(!manifest.isEmpty(), "release %s %s and has no manifest".formatted(release, what));
        for (Machine machine : machines.get()) {
            if (machine.role() != role || !machine.project().equals(release.project)) {
                continue;
            }
            manifest.forEach((path, sha256) -> {
                Version version = machine.files().get(path);
                require(
                        version != null && version.sha256().equals(sha256),
                        "release %s %s, and %s has another %s".formatted(release, what, machine, path));
            });
        }
    }

    private Map<RelativePath, String> manifest(long releaseId) throws SQLException {
        Map<RelativePath, String> manifest = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement(
                "select path, sha256 from manifest_entry where release_id = ? and sha256 is not null")) {
            select.setLong(1, releaseId);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    manifest.put(new RelativePath(rows.getString(1)), rows.getString(2));
                }
            }
        }
        return manifest;
    }

    /** A writer has come to a server. */
    void raised(Machine machine, long epoch) {
        highestEpochs.merge(machine, epoch, Math::max);
    }

    /**
     * A file was renamed into place on a server.
     *
     * @param begunUnder the epoch of whose it is: another one where he finishes what somebody before him had begun
     */
    void published(Machine machine, long epoch, long begunUnder) {
        long highest = highestEpochs.getOrDefault(machine, 0L);
        require(
                epoch >= highest,
                "%s: a stale writer (epoch %d) publishes over a newer one (epoch %d)"
                        .formatted(machine, epoch, highest));
        require(machine.role() != ServerRole.DEVELOPMENT, machine + " is only ever read");
        long releaseId = Objects.requireNonNull(releaseOfEpoch.get(begunUnder));
        Known release = Objects.requireNonNull(releases.get(releaseId));
        require(
                !release.state.equals("CANCELLED"),
                "%s: a file of release %s is published, which is cancelled".formatted(machine, release));
        if (machine.role() == ServerRole.BUSINESS) {
            require(
                    release.backedUp && archived.contains(releaseId),
                    "%s: release %s is published before the backup is verified".formatted(machine, release));
            published.add(releaseId);
        }
    }

    /** A backup was moved into place. */
    void archived(Machine machine, long epoch) {
        long releaseId = Objects.requireNonNull(releaseOfEpoch.get(epoch));
        require(
                !published.contains(releaseId),
                "%s: the backup of release %s was taken over half-new files"
                        .formatted(machine, releases.get(releaseId)));
        Known release = Objects.requireNonNull(releases.get(releaseId));
        require(
                !release.state.equals("CANCELLED"),
                "%s: a backup is put into place for release %s, which is cancelled".formatted(machine, release));
        archived.add(releaseId);
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            world.violated(otherwise);
        }
    }
}
