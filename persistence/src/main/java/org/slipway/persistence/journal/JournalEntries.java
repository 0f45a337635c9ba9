package org.slipway.persistence.journal;

import io.quarkus.hibernate.orm.panache.PanacheRepository;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
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

    /** Of each server that an attempt failed on, by name: whether a retry alone may help, which it may where all that failed there says so. */
    public Map<String, Boolean> retryHelps(long releaseId, int attempt) {
        return getEntityManager()
                .createQuery("""
                        select e.server, count(case when e.retryHelps then null else 1 end) from JournalEntry e
                        where e.releaseId = :release and e.attempt = :attempt and e.journal = :journal and e.server is not null
                        group by e.server
                        """, Object[].class)
                .setParameter("release", releaseId)
                .setParameter("attempt", attempt)
                .setParameter("journal", Journal.BUSINESS_SERVER)
                .getResultStream()
                .collect(Collectors.toMap(row -> (String) row[0], row -> (Long) row[1] == 0));
    }

    /** The server in whose name an attempt has written this with the paths that it is about, if there is one. */
    public Optional<String> whereNamed(long releaseId, int attempt, String kind, String message) {
        return find(
                        "releaseId = ?1 and attempt = ?2 and kind = ?3 and message = ?4 and path is not null order by id",
                        releaseId,
                        attempt,
                        kind,
                        message)
                .page(0, 1)
                .firstResultOptional()
                .flatMap(JournalEntry::server);
    }

    /** Whether the journals of a release say something of this kind about a server already, in a message that begins like this. */
    public boolean has(long releaseId, String server, String kind, String beginning) {
        return count(
                        "releaseId = ?1 and server = ?2 and kind = ?3 and locate(?4, message) = 1",
                        releaseId,
                        server,
                        kind,
                        beginning)
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
     * @param journal one of the journals, {@code null} for all
     * @param server only what is about this server, {@code null} for everything
     * @param beforeId only entries with a smaller id
     */
    public List<OfProject> latest(
            long projectId, @Nullable Journal journal, @Nullable String server, long beforeId, int limit) {
        return getEntityManager()
                .createQuery("""
                        select e, r.number from JournalEntry e join Release r on r.id = e.releaseId
                        where r.project.id = :project and e.id < :before
                          and (:journal is null or e.journal = :journal) and (:server is null or e.server = :server)
                        order by e.id desc
                        """, Object[].class)
                .setParameter("project", projectId)
                .setParameter("before", beforeId)
                .setParameter("journal", journal)
                .setParameter("server", server)
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
