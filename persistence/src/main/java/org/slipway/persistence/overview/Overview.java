package org.slipway.persistence.overview;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import org.hibernate.Session;
import org.hibernate.query.NativeQuery;
import org.jspecify.annotations.Nullable;

/** What is held, what waits, and what is not published yet, over all projects. Locks nothing. Part of the caller's transaction. */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class Overview {
    private static final String HELD = """
            select p.name as project, r.number as release, null as server, r.lease_owner as owner,
                coalesce(r.lease_since, r.state_since) as since, r.lease_until as until, r.lease_epoch as epoch
            from release r join project p on p.id = r.project_id where r.lease_owner is not null
            union all
            select p.name, r.number, s.name, s.lease_owner, s.state_since, s.lease_until, s.lease_epoch
            from server s join release r on r.id = s.release_id join project p on p.id = s.project_id where s.lease_owner is not null
            order by since, epoch
            """;

    private static final String WAITING_SERVERS = """
            select p.name as project, r.number as release, s.name as server, s.state as state,
                coalesce(s.lease_until, s.state_since) as since, count(*) over () as waiting
            from server s join release r on r.id = s.release_id join project p on p.id = s.project_id
            where (s.state = 'COPYING' or s.lease_until < clock_timestamp())
                and (s.next_try_at is null or s.next_try_at <= clock_timestamp())
            order by since, s.id limit 1
            """;

    private static final String WAITING_RELEASES = """
            select p.name as project, r.number as release, null as server, r.state as state,
                coalesce(r.lease_until, r.state_since) as since, count(*) over () as waiting
            from release r join project p on p.id = r.project_id
            where r.state in ('BETA_COPYING', 'PRODUCTION_REQUESTED', 'PRODUCTION_BACKING_UP')
                and (r.lease_until is null or r.lease_until < clock_timestamp())
                and (r.next_try_at is null or r.next_try_at <= clock_timestamp())
            order by since, r.id limit 1
            """;

    private static final String UNPUBLISHED = """
            select count(*) as unpublished, floor(extract(epoch from clock_timestamp() - min(at))) as seconds
            from transition where published_at is null
            """;

    private final Session database;

    Overview(Session database) {
        this.database = database;
    }

    /**
     * A row under a lease, also under one that has run out and that nobody has taken over yet.
     *
     * @param server the business server that is being copied; {@code null} where the release itself is held
     */
    public record Held(
            String project,
            int release,
            @Nullable String server,
            String owner,
            Instant since,
            Instant until,
            long epoch) {}

    /**
     * What waits for a process to take it; what rests until its next try is not among it.
     *
     * @param count how many wait
     * @param oldest the one that waits longest, {@code null} where none does
     */
    public record Waiting(long count, @Nullable One oldest) {
        /**
         * One that waits.
         *
         * @param server {@code null} for a release
         * @param state of the release or of the server
         */
        public record One(
                String project, int release, @Nullable String server, String state, Instant since) {}
    }

    /**
     * What Kafka does not have yet.
     *
     * @param oldestSeconds the age of the oldest, {@code null} where there is none
     */
    public record Unpublished(long count, @Nullable Long oldestSeconds) {}

    /** Every lease, the oldest first. */
    public List<Held> held() {
        return placed(HELD)
                .addScalar("owner", String.class)
                .addScalar("since", Instant.class)
                .addScalar("until", Instant.class)
                .addScalar("epoch", Long.class)
                .getResultStream()
                .map(row -> new Held(
                        (String) row[0],
                        (Integer) row[1],
                        (String) row[2],
                        (String) row[3],
                        (Instant) row[4],
                        (Instant) row[5],
                        (Long) row[6]))
                .toList();
    }

    /** The business servers that wait for a worker. */
    public Waiting servers() {
        return waiting(WAITING_SERVERS);
    }

    /** The releases that wait for a beta-worker or a prod-coordinator; those that wait for a person are not among them. */
    public Waiting releases() {
        return waiting(WAITING_RELEASES);
    }

    /** The transitions that are not published. */
    public Unpublished unpublished() {
        Object[] row = database.createNativeQuery(UNPUBLISHED, Object[].class)
                .addScalar("unpublished", Long.class)
                .addScalar("seconds", Long.class)
                .getSingleResult();
        return new Unpublished((Long) row[0], (Long) row[1]);
    }

    private Waiting waiting(String select) {
        return placed(select)
                .addScalar("state", String.class)
                .addScalar("since", Instant.class)
                .addScalar("waiting", Long.class)
                .getResultStream()
                .findFirst()
                .map(row -> new Waiting(
                        (Long) row[5],
                        new Waiting.One(
                                (String) row[0], (Integer) row[1], (String) row[2], (String) row[3], (Instant) row[4])))
                .orElseGet(() -> new Waiting(0, null));
    }

    private NativeQuery<Object[]> placed(String select) {
        return database.createNativeQuery(select, Object[].class)
                .addScalar("project", String.class)
                .addScalar("release", Integer.class)
                .addScalar("server", String.class);
    }
}
