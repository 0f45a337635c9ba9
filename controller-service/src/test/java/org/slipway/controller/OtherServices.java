package org.slipway.controller;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.slipway.model.FileEntry;
import org.slipway.model.Lifecycle;
import org.slipway.model.ReleaseLifecycle;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerLifecycle;
import org.slipway.model.ServerState;
import org.slipway.persistence.release.Manifests;

/** Makes the moves that other services make, as the database lets them, so that the API can be tested alone. */
@ApplicationScoped
public class OtherServices {
    private final Session entities;
    private final Manifests manifests;

    OtherServices(Session entities, Manifests manifests) {
        this.entities = entities;
        this.manifests = manifests;
    }

    /** Moves a project's unfinished release through these states. */
    @Transactional
    public void move(String project, ReleaseState... states) {
        for (ReleaseState to : states) {
            Object[] row = row("""
                    update release r set state = '%1$s', version = old.version + 1, sequence = old.sequence + 1, state_since = clock_timestamp(),
                        lease_owner = null, lease_until = null, finished_at = case when %2$s then clock_timestamp() end
                    from (select * from release where state not in ('COMPLETED', 'CANCELLED') for update) old
                    where r.id = old.id and r.project_id = (select id from project where name = '%3$s')
                    returning r.id, r.sequence, r.number, r.project_id, old.state, r.attempt
                    """.formatted(to, ReleaseLifecycle.TABLE.isFinal(to), project));
            String owner = ReleaseLifecycle.TABLE
                    .move(ReleaseState.valueOf((String) row[4]), to)
                    .orElseThrow()
                    .owner()
                    .wireName();
            entities.createNativeMutationQuery(
                            """
                            insert into transition (kind, aggregate_id, sequence, release_number, project_id, from_state, attempt, project,
                                to_state, service, actor, reason)
                            values ('release', %s, %s, %s, %s, '%s', %s, '%s', '%s', '%s', 'a test', 'because')
                            """.formatted(row[0], row[1], row[2], row[3], row[4], row[5], project, to, owner))
                    .executeUpdate();
        }
    }

    /** Moves a project's unfinished release to this state, on the shortest way that the lifecycle has. */
    @Transactional
    public void moveTo(String project, ReleaseState to) {
        ReleaseState from = ReleaseState.valueOf(entities.createNativeQuery(
                        "select r.state from release r join project p on p.id = r.project_id where p.name = '%s' and r.state not in ('COMPLETED', 'CANCELLED')"
                                .formatted(project),
                        String.class)
                .getSingleResult());
        Deque<List<ReleaseState>> ways = new ArrayDeque<>(List.of(List.of(from)));
        while (ways.getFirst().getLast() != to) {
            List<ReleaseState> way = ways.removeFirst();
            ReleaseLifecycle.TABLE.exitsOf(way.getLast()).stream()
                    .map(Lifecycle.Move::to)
                    .filter(next -> !way.contains(next))
                    .forEach(next -> ways.addLast(
                            Stream.concat(way.stream(), Stream.of(next)).toList()));
        }
        move(project, ways.getFirst().stream().skip(1).toArray(ReleaseState[]::new));
    }

    /** Moves a business server through these states, for the project's unfinished release. */
    @Transactional
    public void moveServer(String project, String server, ServerState... states) {
        for (ServerState to : states) {
            Object[] row = row("""
                    update server s set state = '%1$s', version = old.version + 1, sequence = old.sequence + 1, state_since = clock_timestamp(),
                        release_id = case when '%1$s' <> 'IDLE' then (select r.id from release r
                            where r.project_id = s.project_id and r.state not in ('COMPLETED', 'CANCELLED')) end,
                        unfenced = '%1$s' = 'LOCKED',
                        lease_owner = case when '%1$s' = 'LOCKED' then 'server-worker-7' end,
                        lease_until = case when '%1$s' = 'LOCKED' then clock_timestamp() + interval '15 seconds' end
                    from (select * from server where name = '%2$s' and retired_at is null
                        and project_id = (select id from project where name = '%3$s') for update) old
                    where s.id = old.id
                    returning s.id, s.sequence, s.project_id, old.state
                    """.formatted(to, server, project));
            String owner = ServerLifecycle.TABLE
                    .move(ServerState.valueOf((String) row[3]), to)
                    .orElseThrow()
                    .owner()
                    .wireName();
            entities.createNativeMutationQuery(
                            """
                            insert into transition (kind, aggregate_id, sequence, project_id, from_state, project, to_state, service,
                                release_number, server, attempt, actor, reason)
                            values ('server', %s, %s, %s, '%s', '%s', '%s', '%s', 1, '%s', 1, 'a test', 'because')
                            """.formatted(row[0], row[1], row[2], row[3], project, to, owner, server))
                    .executeUpdate();
        }
    }

    /** Why a person wants the project's unfinished release cancelled, as the owner of its state will find it. */
    @Transactional
    public String cancelReason(String project) {
        return entities.createNativeQuery(
                        "select cancel_reason from release where id = " + unfinished(project), String.class)
                .getSingleResult();
    }

    /** Freezes a manifest for the project's unfinished release, which is in {@code BETA_COPYING}. */
    @Transactional
    public void freeze(String project, List<FileEntry> entries) {
        manifests.freeze(unfinished(project), entries.iterator());
    }

    /** Runs a statement in which {@code :release} stands for the project's unfinished release. */
    @Transactional
    public void execute(String project, String sql) {
        entities.createNativeMutationQuery(sql.replace(":release", String.valueOf(unfinished(project))))
                .executeUpdate();
    }

    /** The one number that a query gives. */
    @Transactional
    public long number(String sql) {
        return entities.createNativeQuery(sql, Long.class).getSingleResult();
    }

    private long unfinished(String project) {
        return number(
                "select r.id from release r join project p on p.id = r.project_id where p.name = '%s' and r.state not in ('COMPLETED', 'CANCELLED')"
                        .formatted(project));
    }

    private Object[] row(String sql) {
        return entities.createNativeQuery(sql, Object[].class).getSingleResult();
    }
}
