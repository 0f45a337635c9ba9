package org.slipway.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.slipway.embedded.Await;
import org.slipway.model.FileEntry;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;

/** A release of a {@link GivenProject}. */
public final class GivenRelease {
    private static final String ASK_TO_CANCEL = """
            update release set cancel_requested_at = clock_timestamp(), cancel_requested_by = 'ada',
                cancel_reason = 'the logo is wrong', version = version + 1
            where id = ?
            """;
    private static final String HOLD_ELSEWHERE = """
            update release set lease_owner = 'elsewhere', lease_until = clock_timestamp() + interval '15 seconds',
                lease_epoch = nextval('slipway_epoch')
            where id = ?
            """;
    /** Whoever holds a release may publish where he works. */
    private static final String UNFENCE = """
            update server s set unfenced = true from release r
            where r.id = ? and s.project_id = r.project_id
                and case r.state when 'BETA_COPYING' then s.role = 'BETA' else s.backup_file is not null end
            """;

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private final Rows rows;
    private final GivenProject project;
    private final int number;
    private final long id;

    private GivenRelease(Rows rows, GivenProject project, int number, long id) {
        this.rows = rows;
        this.project = project;
        this.number = number;
        this.id = id;
    }

    static GivenRelease create(Rows rows, GivenProject project, List<String> paths) {
        int number = 1
                + Integer.parseInt(
                        rows.text("select coalesce(max(number), 0) from release where project_id = ?", project.id()));
        rows.inTransaction(connection -> {
            Rows.update(connection, """
                    insert into release (project_id, number, release_date, author, note, state)
                    values (?, ?, current_date, 'test', 'given', 'CREATED')
                    """, project.id(), number);
            record(connection, project, number, "");
            for (int i = 0; i < paths.size(); i++) {
                Rows.update(connection, """
                        with registered as (
                            insert into path (project_id, path) values (?, ?)
                            on conflict (project_id, path) do update set path = excluded.path returning id)
                        insert into release_path (release_id, path_id, position)
                        select r.id, registered.id, ? from release r, registered where r.project_id = ? and r.number = ?
                        """, project.id(), paths.get(i), i, project.id(), number);
            }
        });
        long id = Long.parseLong(
                rows.text("select id from release where project_id = ? and number = ?", project.id(), number));
        return new GivenRelease(rows, project, number, id);
    }

    private static void record(Connection connection, GivenProject project, int number, String from)
            throws SQLException {
        Rows.update(connection, """
                insert into transition (kind, aggregate_id, sequence, project_id, project, release_number, from_state, to_state,
                    service, actor, reason, attempt)
                select 'release', r.id, r.sequence, r.project_id, ?, r.number, m.from_state, r.state, m.owner, 'test', 'given', r.attempt
                from release r join lifecycle_move m on m.kind = 'release' and m.from_state = ? and m.to_state = r.state
                where r.project_id = ? and r.number = ?
                """, project.name(), from, project.id(), number);
    }

    public long id() {
        return id;
    }

    public int number() {
        return number;
    }

    /** Moves it on, one state after the other; a retry counts as one more attempt. */
    public GivenRelease to(ReleaseState... states) {
        for (ReleaseState state : states) {
            rows.inTransaction(connection -> move(connection, state(), state));
        }
        return this;
    }

    /** Moves it on, and in the same moment a person asks for it to be cancelled. */
    public GivenRelease toAndAskToCancel(ReleaseState state) {
        rows.inTransaction(connection -> {
            move(connection, state(), state);
            Rows.update(connection, ASK_TO_CANCEL, id);
        });
        return this;
    }

    /** Moves it on, and in the same moment another process takes it for 15 s. */
    public GivenRelease toAndHeldElsewhere(ReleaseState... states) {
        rows.inTransaction(connection -> {
            ReleaseState from = state();
            for (ReleaseState state : states) {
                move(connection, from, state);
                from = state;
            }
            Rows.update(connection, HOLD_ELSEWHERE, id);
            Rows.update(connection, UNFENCE, id);
        });
        return this;
    }

    private void move(Connection connection, ReleaseState from, ReleaseState state) throws SQLException {
        boolean retry = from == ReleaseState.BETA_COPY_FAILED && state == ReleaseState.BETA_COPYING
                || from == ReleaseState.PRODUCTION_FAILED && state == ReleaseState.PRODUCTION_REQUESTED;
        Rows.update(connection, """
                update release set state = ?, version = version + 1, sequence = sequence + 1, attempt = attempt + ?,
                    state_since = clock_timestamp(), lease_owner = null, lease_until = null, next_try_at = null,
                    tries = case when ? in ('BETA_COPYING', 'PRODUCTION_REQUESTED') then 0 else tries end
                where id = ?
                """, state.name(), retry ? 1 : 0, state.name(), id);
        record(connection, project, number, from.name());
    }

    /** All the way to the state in which a prod-coordinator takes it, with a manifest of these entries. */
    public GivenRelease promoted(FileEntry... manifest) {
        to(ReleaseState.BETA_COPYING);
        for (FileEntry entry : manifest) {
            rows.update(
                    """
                    insert into manifest_entry (release_id, path, type, mode, modified_nanos, size_bytes, sha256, link_target)
                    values (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    id,
                    entry.path().value(),
                    entry.type().name(),
                    entry.mode(),
                    entry.modified().getEpochSecond() * 1_000_000_000L
                            + entry.modified().getNano(),
                    entry.sizeBytes(),
                    entry.sha256(),
                    entry.linkTarget());
        }
        return to(ReleaseState.BETA_COPIED, ReleaseState.PRODUCTION_REQUESTED);
    }

    /** On to {@code PRODUCTION_COPYING}, with a verified backup of the chosen server. */
    public GivenRelease backedUp() {
        to(ReleaseState.PRODUCTION_BACKING_UP);
        rows.update("""
                insert into backup (release_id, server_id, file, size_bytes, sha256, entries)
                select ?, s.id, s.backup_file, 100, repeat('a', 64), 3 from server s
                where s.project_id = ? and s.backup_file is not null
                """, id, project.id());
        return to(ReleaseState.PRODUCTION_COPYING);
    }

    /**
     * Moves a business server on behalf of this release, one state after the other, all at once; a lock is taken for 15 s by {@code elsewhere},
     * who has come to his end when it is moved on.
     */
    public GivenRelease server(String server, ServerState... states) {
        int attempt = attempt();
        rows.inTransaction(connection -> {
            ServerState from = project.state(server);
            for (ServerState state : states) {
                Rows.update(
                        connection,
                        """
                        update server set state = ?, version = version + 1, sequence = sequence + 1, state_since = clock_timestamp(),
                            release_id = ?, next_try_at = null, unfenced = ?,
                            lease_owner = case when ? then 'elsewhere' end,
                            lease_until = case when ? then clock_timestamp() + interval '15 seconds' end,
                            lease_epoch = case when ? then nextval('slipway_epoch') else lease_epoch end
                        where project_id = ? and name = ?
                        """,
                        state.name(),
                        state == ServerState.IDLE ? null : id,
                        state == ServerState.LOCKED,
                        state == ServerState.LOCKED,
                        state == ServerState.LOCKED,
                        state == ServerState.LOCKED,
                        project.id(),
                        server);
                Rows.update(connection, """
                        insert into transition (kind, aggregate_id, sequence, project_id, project, release_number, server, from_state,
                            to_state, service, actor, reason, attempt)
                        select 'server', s.id, s.sequence, s.project_id, ?, ?, s.name, m.from_state, s.state, m.owner, 'test', 'given', ?
                        from server s join lifecycle_move m on m.kind = 'server' and m.from_state = ? and m.to_state = s.state
                        where s.project_id = ? and s.name = ?
                        """, project.name(), number, attempt, from.name(), project.id(), server);
                from = state;
            }
        });
        return this;
    }

    /** What a rollout of this release on a server came to: {@code DONE}, {@code FAILED} … */
    public GivenRelease rollout(String server, String outcome) {
        rows.update("""
                insert into rollout (release_id, server_id, outcome, attempts)
                select ?, s.id, ?, 1 from server s where s.project_id = ? and s.name = ?
                on conflict (release_id, server_id) do update set outcome = excluded.outcome
                """, id, outcome, project.id(), server);
        return this;
    }

    /** How often a server was tried in vain since a person asked for it. */
    public GivenRelease triedInVain(String server, int tries) {
        rows.update("""
                update rollout r set tries = ? from server s
                where r.release_id = ? and s.id = r.server_id and s.name = ?
                """, tries, id, server);
        return this;
    }

    /** A coordinator sees that a server still needs it, because a person asked for it. */
    public GivenRelease wanted(String server) {
        rows.update("""
                update rollout r set outcome = 'WAITING', tries = 0 from server s
                where r.release_id = ? and s.id = r.server_id and s.name = ?
                """, id, server);
        return this;
    }

    /** What a server-worker wrote in the business-server journal in this attempt. */
    public GivenRelease failedOn(String server, boolean retryHelps) {
        rows.update("""
                insert into journal_entry (journal, release_id, server, kind, message, retry_helps, attempt)
                values ('BUSINESS_SERVER', ?, ?, 'GIVEN', 'given', ?, ?)
                """, id, server, retryHelps, attempt());
        return this;
    }

    /** A person asks for it to be cancelled; the owner of its state does the rest. */
    public GivenRelease askToCancel() {
        rows.update(ASK_TO_CANCEL, id);
        return this;
    }

    /** Another process holds it, for 15 s. */
    public GivenRelease heldElsewhere() {
        rows.update(HOLD_ELSEWHERE, id);
        rows.update(UNFENCE, id);
        return this;
    }

    /** Lets its lease run out, as if the holder had stood still for that long. */
    public void letLeaseRunOut() {
        rows.update(
                "update release set lease_until = now() - interval '1 second' where id = ? and lease_until is not null",
                id);
    }

    public ReleaseState state() {
        return ReleaseState.valueOf(rows.text("select state from release where id = ?", id));
    }

    public int attempt() {
        return Integer.parseInt(rows.text("select attempt from release where id = ?", id));
    }

    /** The epoch under which it was taken last. */
    public long epoch() {
        return Long.parseLong(rows.text("select lease_epoch from release where id = ?", id));
    }

    /** Who holds it; {@code null} as text where nobody does. */
    public String owner() {
        return rows.text("select lease_owner from release where id = ?", id);
    }

    /** What it went through, such as {@code CREATED BETA_COPYING}. */
    public String story() {
        return String.join(
                " ",
                rows.texts(
                        "select to_state from transition where kind = 'release' and aggregate_id = ? order by sequence",
                        id));
    }

    /** The reason of its latest move. */
    public String reason() {
        return rows.text(
                "select reason from transition where kind = 'release' and aggregate_id = ? order by sequence desc limit 1",
                id);
    }

    /** Its rollouts, such as {@code b1 DONE}. */
    public List<String> rollouts() {
        return rows.texts(
                "select s.name || ' ' || r.outcome from rollout r join server s on s.id = r.server_id where r.release_id = ? order by s.name",
                id);
    }

    /** How often it was tried on each server, and how often in vain, such as {@code b1 2 1}. */
    public List<String> attempts() {
        return rows.texts(
                "select concat_ws(' ', s.name, r.attempts, r.tries) from rollout r join server s on s.id = r.server_id where r.release_id = ? order by s.name",
                id);
    }

    /** Its journals: journal, attempt, server, kind, path, and whether a retry can help, such as {@code BETA_COPY 1 dev MISSING_PATHS a.txt false}. */
    public List<String> journal() {
        return rows.texts("""
                select concat_ws(' ', journal, attempt, server, kind, path, retry_helps) from journal_entry
                where release_id = ? order by id
                """, id);
    }

    /** Which try of which attempt its journals are about, such as {@code 1/2}. */
    public List<String> triesInJournal() {
        return rows.texts(
                "select concat_ws('/', attempt, try) from journal_entry where release_id = ? order by id", id);
    }

    /** Whether nobody takes it before some time that is still to come. */
    public boolean waits() {
        return rows.text("select coalesce(next_try_at > clock_timestamp(), false) from release where id = ?", id)
                .equals("t");
    }

    /** Waits until it waits for its next try. */
    public void awaitWaiting() {
        Await.until(LONGEST_WAIT, "release " + number + " to wait for its next try", this::waits);
    }

    /** As if the time of its next try had come. */
    public void letWaitEnd() {
        rows.update("update release set next_try_at = clock_timestamp() where id = ? and next_try_at is not null", id);
    }

    /** How often the copy to beta, or the backup, was tried in vain. */
    public int tries() {
        return Integer.parseInt(rows.text("select tries from release where id = ?", id));
    }

    /** What its journals say, in order. */
    public List<String> messages() {
        return rows.texts("select message from journal_entry where release_id = ? order by id", id);
    }

    /** Its manifest, such as {@code a.txt FILE 5}. */
    public List<String> manifest() {
        return rows.texts(
                "select concat_ws(' ', path, type, size_bytes) from manifest_entry where release_id = ? order by path",
                id);
    }

    /** The backups that were taken for it. */
    public List<String> backups() {
        return rows.texts("select file from backup where release_id = ?", id);
    }

    /** Waits until it is in that state. */
    public void await(ReleaseState state) {
        Await.until(LONGEST_WAIT, "release " + number + " to be " + state, () -> state() == state);
    }

    /** Waits until a server waits for its next try. */
    public void awaitWaiting(String server) {
        Await.until(LONGEST_WAIT, server + " to wait for its next try", () -> project.waits(server));
    }

    /** Waits until a server is in that state. */
    public void await(String server, ServerState state) {
        Await.until(LONGEST_WAIT, server + " to be " + state, () -> project.state(server) == state);
    }
}
