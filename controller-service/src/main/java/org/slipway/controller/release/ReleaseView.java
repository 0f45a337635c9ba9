package org.slipway.controller.release;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.progress.Progress;
import org.slipway.model.ReleaseState;
import org.slipway.persistence.release.Backup;
import org.slipway.persistence.release.Manifests;
import org.slipway.persistence.release.Release;

/**
 * A release as callers see it. In a list, what takes a look into other tables (paths, manifest, backup, journal) is left out, and progress with it.
 *
 * @param tries how often the copy to beta, or the backup, was tried in vain since a person last asked for it
 * @param nextTryAt before when it is not tried again
 * @param actions what can be done with it now, each a POST to {@code location/action}
 * @param progress how far the copy to beta is, while there is one and somebody tells
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ReleaseView(
        String project,
        int number,
        String location,
        ReleaseState state,
        @Nullable Instant stateSince,
        LocalDate date,
        String author,
        String note,
        int attempt,
        int tries,
        @Nullable Instant nextTryAt,
        @Nullable Instant createdAt,
        @Nullable Instant finishedAt,
        boolean cancelRequested,
        @Nullable String cancelRequestedBy,
        List<String> actions,
        @Nullable List<String> paths,
        @Nullable ManifestView manifest,
        @Nullable BackupView backup,
        @Nullable Long journalEntries,
        @Nullable Progress progress) {

    /** What the paths came to; there once it is frozen. */
    record ManifestView(long entries, long files, long bytes) {}

    /** The verified backup that was taken for the release. */
    record BackupView(String server, String file, long sizeBytes, String sha256, long entries, Instant verifiedAt) {
        static BackupView of(Backup backup, String server) {
            return new BackupView(
                    server,
                    backup.file(),
                    backup.sizeBytes(),
                    backup.sha256(),
                    backup.entryCount(),
                    backup.verifiedAt());
        }
    }

    static ReleaseView brief(Release release) {
        boolean cancelRequested = release.cancelRequestedAt().isPresent();
        return new ReleaseView(
                release.project().name(),
                release.number(),
                location(release),
                release.state(),
                release.stateSince().orElse(null),
                release.releaseDate(),
                release.author(),
                release.note(),
                release.attempt(),
                release.tries(),
                release.nextTryAt().orElse(null),
                release.createdAt().orElse(null),
                release.finishedAt().orElse(null),
                cancelRequested,
                release.cancelRequestedBy().orElse(null),
                Action.possible(release.state(), cancelRequested).stream()
                        .map(Action::word)
                        .toList(),
                null,
                null,
                null,
                null,
                null);
    }

    ReleaseView with(
            List<String> itsPaths,
            Manifests.Summary summary,
            @Nullable BackupView itsBackup,
            long itsJournalEntries,
            @Nullable Progress itsProgress) {
        return new ReleaseView(
                project,
                number,
                location,
                state,
                stateSince,
                date,
                author,
                note,
                attempt,
                tries,
                nextTryAt,
                createdAt,
                finishedAt,
                cancelRequested,
                cancelRequestedBy,
                actions,
                itsPaths,
                summary.entries() == 0 ? null : new ManifestView(summary.entries(), summary.files(), summary.bytes()),
                itsBackup,
                itsJournalEntries,
                itsProgress);
    }

    static String location(Release release) {
        return "/api/v1/projects/%s/releases/%d".formatted(release.project().name(), release.number());
    }
}
