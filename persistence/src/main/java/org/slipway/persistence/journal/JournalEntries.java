package org.slipway.persistence.journal;

import io.quarkus.hibernate.orm.panache.PanacheRepository;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slipway.model.Journal;
import org.slipway.model.RelativePath;
import org.slipway.persistence.release.Releases;

/** The three journals, in one table. */
@ApplicationScoped
public class JournalEntries implements PanacheRepository<JournalEntry> {

    /** The most entries that one failure writes; a last one says how many more there were. */
    public static final int MOST_PATHS = 1_000;

    /** Paths of a release that are not there are named each: whoever is to put them there needs every name. */
    private static final String MISSING_PATHS = "MISSING_PATHS";

    /** Everything that was written about a release, oldest first. */
    public List<JournalEntry> ofRelease(long releaseId) {
        return list("releaseId = ?1 order by id", releaseId);
    }

    /** Whether the journals of a release say this about a server already. */
    public boolean has(long releaseId, String server, String kind, String message) {
        return count("releaseId = ?1 and server = ?2 and kind = ?3 and message = ?4", releaseId, server, kind, message)
                > 0;
    }

    /** What was written about a release: at most {@code limit} entries behind the given id, oldest first. */
    public List<JournalEntry> ofRelease(long releaseId, long afterId, int limit) {
        return find("releaseId = ?1 and id > ?2 order by id", releaseId, afterId)
                .page(0, limit)
                .list();
    }

    /**
     * An entry with the number of its release.
     *
     * @param release the release's number in its project
     */
    public record OfProject(JournalEntry entry, int release) {}

    /**
     * What was written about all releases of a project, latest first.
     *
     * @param journal one of the journals, empty for all
     * @param server only what is about this server, empty for everything
     * @param beforeId only entries with a smaller id
     */
    public List<OfProject> latest(
            long projectId, Optional<Journal> journal, Optional<String> server, long beforeId, int limit) {
        return getEntityManager()
                .createQuery("""
                        select e, r.number from JournalEntry e join Release r on r.id = e.releaseId
                        where r.project.id = :project and e.id < :before
                          and (:journal is null or e.journal = :journal) and (:server is null or e.server = :server)
                        order by e.id desc
                        """, Object[].class)
                .setParameter("project", projectId)
                .setParameter("before", beforeId)
                .setParameter("journal", journal.orElse(null))
                .setParameter("server", server.orElse(null))
                .setMaxResults(limit)
                .getResultStream()
                .map(row -> new OfProject((JournalEntry) row[0], (Integer) row[1]))
                .toList();
    }

    /**
     * Writes one entry per path, or one without a path where there is none. Part of the caller's transaction.
     *
     * @param tryNumber which try of the attempt it was, {@code null} where it is about none
     */
    public void write(
            Journal journal,
            long releaseId,
            int attempt,
            @Nullable Integer tryNumber,
            String server,
            String kind,
            String message,
            boolean retryHelps,
            List<RelativePath> paths) {
        if (paths.isEmpty()) {
            persist(new JournalEntry(journal, releaseId, server, null, kind, message, retryHelps, attempt, tryNumber));
            return;
        }
        int most = kind.equals(MISSING_PATHS) ? Releases.MOST_PATHS : MOST_PATHS;
        for (RelativePath path : paths.subList(0, Math.min(paths.size(), most))) {
            persist(new JournalEntry(
                    journal, releaseId, server, path.value(), kind, message, retryHelps, attempt, tryNumber));
        }
        if (paths.size() > most) {
            String more = "%s And %,d more paths.".formatted(message, paths.size() - most);
            persist(new JournalEntry(journal, releaseId, server, null, kind, more, retryHelps, attempt, tryNumber));
        }
    }
}
