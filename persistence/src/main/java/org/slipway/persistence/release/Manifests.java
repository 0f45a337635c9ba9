package org.slipway.persistence.release;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;

/**
 * The frozen manifests. Plain JDBC in batches: a release may have very many files, and no row of them is ever an object for
 * longer than it takes to pass on.
 */
@ApplicationScoped
public class Manifests {
    private static final int BATCH = 1_000;
    private static final long NANOS = 1_000_000_000L;

    private final EntityManager entities;

    Manifests(EntityManager entities) {
        this.entities = entities;
    }

    /** Writes the whole manifest of a release that is in {@code BETA_COPYING}. The database refuses it in any other state, and any change later. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void freeze(long releaseId, Iterator<FileEntry> entries) {
        session().doWork(connection -> {
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into manifest_entry (release_id, path, type, mode, modified_nanos, size_bytes, sha256, link_target)
                    values (?, ?, ?, ?, ?, ?, ?, ?)
                    """)) {
                int waiting = 0;
                while (entries.hasNext()) {
                    FileEntry entry = entries.next();
                    insert.setLong(1, releaseId);
                    insert.setString(2, entry.path().value());
                    insert.setString(3, entry.type().name());
                    insert.setInt(4, entry.mode());
                    insert.setLong(5, nanos(entry.modified()));
                    insert.setLong(6, entry.sizeBytes());
                    insert.setString(7, entry.sha256());
                    insert.setString(8, entry.linkTarget());
                    insert.addBatch();
                    if (++waiting == BATCH) {
                        insert.executeBatch();
                        waiting = 0;
                    }
                }
                if (waiting > 0) {
                    insert.executeBatch();
                }
            }
        });
    }

    /** Hands over the manifest of a release, sorted by the bytes of the path, without holding it in memory. */
    @Transactional(Transactional.TxType.REQUIRED)
    public void forEach(long releaseId, Consumer<FileEntry> consumer) {
        page(releaseId, null, Integer.MAX_VALUE, consumer);
    }

    /** One page of a manifest, sorted by the bytes of the path: at most {@code limit} entries behind {@code after}, or from the first. */
    @Transactional(Transactional.TxType.REQUIRED)
    public List<FileEntry> page(long releaseId, @Nullable RelativePath after, int limit) {
        List<FileEntry> page = new java.util.ArrayList<>();
        page(releaseId, after, limit, page::add);
        return page;
    }

    /**
     * What a manifest comes to; all 0 where it is not frozen yet.
     *
     * @param entries lines of the manifest
     * @param files those that are files
     * @param bytes their sizes together
     */
    public record Summary(long entries, long files, long bytes) {}

    /** How much a manifest holds. */
    @Transactional(Transactional.TxType.REQUIRED)
    public Summary summary(long releaseId) {
        Object[] row = (Object[]) entities.createNativeQuery("""
                        select count(*), count(*) filter (where type = 'FILE'), cast(coalesce(sum(size_bytes), 0) as bigint)
                        from manifest_entry where release_id = :release
                        """)
                .setParameter("release", releaseId)
                .getSingleResult();
        return new Summary(((Number) row[0]).longValue(), ((Number) row[1]).longValue(), ((Number) row[2]).longValue());
    }

    private void page(long releaseId, @Nullable RelativePath after, int limit, Consumer<FileEntry> consumer) {
        session().doWork(connection -> {
            try (PreparedStatement select = connection.prepareStatement("""
                    select path, type, mode, modified_nanos, size_bytes, sha256, link_target
                    from manifest_entry where release_id = ? and path > ? order by path limit ?
                    """)) {
                select.setFetchSize(BATCH);
                select.setLong(1, releaseId);
                select.setString(2, after == null ? "" : after.value());
                select.setInt(3, limit);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        consumer.accept(new FileEntry(
                                new RelativePath(rows.getString(1)),
                                EntryType.valueOf(rows.getString(2)),
                                rows.getInt(3),
                                instant(rows.getLong(4)),
                                rows.getLong(5),
                                rows.getString(6),
                                rows.getString(7)));
                    }
                }
            }
        });
    }

    private Session session() {
        return entities.unwrap(Session.class);
    }

    private static long nanos(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), NANOS), instant.getNano());
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
    }
}
