package org.slipway.persistence.project;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/** Who changed what of the inventories, and when: rows that are written with the change and never changed. Part of the caller's transaction. */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class InventoryChanges {
    private final Session database;

    InventoryChanges(Session database) {
        this.database = database;
    }

    /** What became of a server, or of their order. */
    public enum Kind {
        ADDED,
        CHANGED,
        REMOVED,
        REORDERED
    }

    /**
     * One change.
     *
     * @param server name of the server; {@code null} where it is about the order of all
     * @param fields what was and what is, as JSON
     */
    public record Change(@Nullable String server, Kind kind, String fields) {}

    /**
     * One change as it was recorded.
     *
     * @param version the inventory's version that it led to
     */
    public record Recorded(long id, long version, Change change, String actor, Instant at) {}

    /** Records changes that led to this version of a project's inventory; the caller holds the project's lock. */
    public void record(long projectId, long version, String actor, List<Change> changes) {
        for (Change change : changes) {
            database.createNativeMutationQuery("""
                            insert into inventory_change (project_id, version, server, kind, fields, actor)
                            values (:project, :version, :server, :kind, cast(:fields as jsonb), :actor)
                            """)
                    .setParameter("project", projectId)
                    .setParameter("version", version)
                    .setParameter("server", change.server(), String.class)
                    .setParameter("kind", change.kind().name())
                    .setParameter("fields", change.fields())
                    .setParameter("actor", actor)
                    .executeUpdate();
        }
    }

    /**
     * What was changed in a project, latest first.
     *
     * @param server only what became of this server, {@code null} for everything
     * @param beforeId only changes with a smaller id
     */
    public List<Recorded> latest(long projectId, @Nullable String server, long beforeId, int limit) {
        return database.createNativeQuery("""
                        select id, version, server, kind, cast(fields as text) as fields, actor, at from inventory_change
                        where project_id = :project and id < :before and (cast(:server as text) is null or server = :server)
                        order by id desc limit :limit
                        """, Object[].class)
                .addScalar("id", Long.class)
                .addScalar("version", Long.class)
                .addScalar("server", String.class)
                .addScalar("kind", String.class)
                .addScalar("fields", String.class)
                .addScalar("actor", String.class)
                .addScalar("at", Instant.class)
                .setParameter("project", projectId)
                .setParameter("before", beforeId)
                .setParameter("server", server, String.class)
                .setParameter("limit", limit)
                .getResultStream()
                .map(row -> new Recorded(
                        (Long) row[0],
                        (Long) row[1],
                        new Change((String) row[2], Kind.valueOf((String) row[3]), (String) row[4]),
                        (String) row[5],
                        (Instant) row[6]))
                .toList();
    }
}
