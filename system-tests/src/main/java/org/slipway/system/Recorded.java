package org.slipway.system;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slipway.system.History.BackupRow;
import org.slipway.system.History.LeaseChange;
import org.slipway.system.History.Move;
import org.slipway.system.History.ReleaseRow;
import org.slipway.system.History.RolloutRow;
import org.slipway.system.History.ServerRow;

/** What the database recorded of one project. */
final class Recorded {
    private final Connection database;
    private final Project project;

    Recorded(Connection database, Project project) {
        this.database = database;
        this.project = project;
    }

    /** With what was seen besides. */
    History history(Observations observations) throws SQLException {
        return new History(
                log(),
                releases(),
                servers(),
                rollouts(),
                backups(),
                leases(),
                observations.samples(),
                observations.seen().files(),
                observations.seen().fences(),
                observations.seen().publications(),
                observations.states(),
                project.calls(),
                observations.disturbances(),
                observations.timing());
    }

    private List<Move> log() throws SQLException {
        return rows(
                """
                select id, kind, aggregate_id, coalesce(server, release_number::text) as name, coalesce(release_number, 0) as release,
                    sequence, from_state, to_state, service, actor, reason, at, published_at is not null as published
                from transition where project = ? order by id
                """,
                row -> new Move(
                        row.getLong("id"),
                        row.getString("kind"),
                        row.getLong("aggregate_id"),
                        row.getString("name"),
                        row.getInt("release"),
                        row.getLong("sequence"),
                        row.getString("from_state"),
                        row.getString("to_state"),
                        row.getString("service"),
                        row.getString("actor"),
                        row.getString("reason"),
                        time(row, "at"),
                        row.getBoolean("published")));
    }

    private List<ReleaseRow> releases() throws SQLException {
        return rows(
                """
                select r.id, r.number, r.state, r.sequence, r.cancel_requested_at is not null as cancel, r.lease_epoch
                from release r join project p on p.id = r.project_id where p.name = ? order by r.number
                """,
                row -> new ReleaseRow(
                        row.getLong("id"),
                        row.getInt("number"),
                        row.getString("state"),
                        row.getLong("sequence"),
                        row.getBoolean("cancel"),
                        row.getLong("lease_epoch")));
    }

    private List<ServerRow> servers() throws SQLException {
        return rows(
                """
                select s.id, s.name, s.role, s.backup_file is not null as chosen, coalesce(s.state, '') as state, s.sequence,
                    coalesce(r.number, 0) as release, s.lease_epoch, s.lease_until
                from server s join project p on p.id = s.project_id left join release r on r.id = s.release_id
                where p.name = ? and s.retired_at is null order by s.id
                """,
                row -> new ServerRow(
                        row.getLong("id"),
                        row.getString("name"),
                        row.getString("role"),
                        row.getBoolean("chosen"),
                        row.getString("state"),
                        row.getLong("sequence"),
                        row.getInt("release"),
                        row.getLong("lease_epoch"),
                        timeOrNull(row, "lease_until")));
    }

    private List<RolloutRow> rollouts() throws SQLException {
        return rows(
                """
                select r.number, s.name, o.outcome, o.attempts, o.files_sent, o.files_unchanged,
                    (select count(*) from manifest_entry m where m.release_id = r.id and m.type = 'FILE') as files
                from rollout o join release r on r.id = o.release_id join server s on s.id = o.server_id
                    join project p on p.id = r.project_id
                where p.name = ? order by r.number, s.id
                """,
                row -> new RolloutRow(
                        row.getInt("number"),
                        row.getString("name"),
                        row.getString("outcome"),
                        row.getInt("attempts"),
                        row.getLong("files_sent"),
                        row.getLong("files_unchanged"),
                        row.getLong("files")));
    }

    private List<BackupRow> backups() throws SQLException {
        return rows("""
                select r.number, s.name, b.verified_at
                from backup b join release r on r.id = b.release_id join server s on s.id = b.server_id
                    join project p on p.id = r.project_id
                where p.name = ? order by r.number
                """, row -> new BackupRow(row.getInt("number"), row.getString("name"), time(row, "verified_at")));
    }

    private List<LeaseChange> leases() throws SQLException {
        if (!LeaseAudit.isIn(database)) {
            return List.of();
        }
        return rows(
                """
                select c.* from audit.lease_change c
                    left join release r on c.kind = 'release' and r.id = c.aggregate_id
                    left join server s on c.kind = 'server' and s.id = c.aggregate_id
                    join project p on p.id = coalesce(r.project_id, s.project_id)
                where p.name = ? order by c.id
                """,
                row -> new LeaseChange(
                        row.getString("kind"),
                        row.getLong("aggregate_id"),
                        row.getLong("old_sequence"),
                        row.getLong("sequence"),
                        row.getString("old_owner"),
                        timeOrNull(row, "old_until"),
                        row.getString("owner"),
                        row.getLong("epoch"),
                        timeOrNull(row, "until"),
                        time(row, "at")));
    }

    /** Makes a value of one row. */
    @FunctionalInterface
    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> rows(String select, Reader<T> reader) throws SQLException {
        List<T> found = new ArrayList<>();
        try (PreparedStatement statement = database.prepareStatement(select)) {
            statement.setString(1, project.name());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(reader.read(rows));
                }
            }
        }
        return found;
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        return row.getTimestamp(column).toInstant();
    }

    private static @Nullable Instant timeOrNull(ResultSet row, String column) throws SQLException {
        Timestamp time = row.getTimestamp(column);
        return time == null ? null : time.toInstant();
    }
}
