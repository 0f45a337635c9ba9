package org.slipway.controller.release;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.body.Links;
import org.slipway.controller.body.Page;
import org.slipway.controller.body.Parameters;
import org.slipway.controller.body.StrictObject;
import org.slipway.controller.problem.Problem;
import org.slipway.controller.problem.ProblemType;
import org.slipway.controller.progress.LatestProgress;
import org.slipway.controller.progress.Progress;
import org.slipway.controller.project.KnownProjects;
import org.slipway.model.RelativePath;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerRole;
import org.slipway.persistence.journal.JournalEntries;
import org.slipway.persistence.project.Project;
import org.slipway.persistence.release.Backups;
import org.slipway.persistence.release.Manifests;
import org.slipway.persistence.release.Release;
import org.slipway.persistence.release.Releases;
import org.slipway.persistence.server.Servers;

/** Shows releases. */
@ApplicationScoped
class ShowReleases {
    private final KnownProjects projects;
    private final Releases releases;
    private final Manifests manifests;
    private final Backups backups;
    private final Servers servers;
    private final JournalEntries journal;
    private final LatestProgress latest;

    ShowReleases(
            KnownProjects projects,
            Releases releases,
            Manifests manifests,
            Backups backups,
            Servers servers,
            JournalEntries journal,
            LatestProgress latest) {
        this.projects = projects;
        this.releases = releases;
        this.manifests = manifests;
        this.backups = backups;
        this.servers = servers;
        this.journal = journal;
        this.latest = latest;
    }

    /** One page of a project's releases, newest first. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Listed(List<ReleaseView> releases, @Nullable String next) {}

    @Transactional
    ReleaseView one(String projectName, String number) {
        return detailed(find(projectName, number));
    }

    @Transactional
    Listed page(String projectName, int limit, @Nullable String cursor) {
        Project project = projects.find(projectName);
        int before = cursor == null ? Integer.MAX_VALUE : decode(cursor);
        Page<Release> page = Page.of(releases.before(project.id(), before, limit + 1), limit);
        String next = page.next(release -> Links.to("/api/v1/projects/" + projectName + "/releases")
                .with("limit", limit)
                .with("cursor", encode(release.number())));
        return new Listed(page.map(ReleaseView::brief), next);
    }

    /** Everything about a release; part of the caller's transaction. */
    ReleaseView detailed(Release release) {
        return ReleaseView.brief(release)
                .with(
                        releases.pathsOf(release.id()).stream()
                                .map(RelativePath::value)
                                .toList(),
                        manifests.summary(release.id()),
                        backups.ofRelease(release.id())
                                .map(backup -> ReleaseView.BackupView.of(
                                        backup,
                                        servers.findById(backup.serverId()).name()))
                                .orElse(null),
                        journal.count("releaseId", release.id()),
                        progress(release).orElse(null));
    }

    private Optional<Progress> progress(Release release) {
        return release.state() == ReleaseState.BETA_COPYING
                ? servers.only(release.project().id(), ServerRole.BETA)
                        .flatMap(beta ->
                                latest.of(release.project().name(), release.number(), release.attempt(), beta.name()))
                : Optional.empty();
    }

    /** The release of that number; part of the caller's transaction. */
    Release find(String projectName, String number) {
        Project project = projects.find(projectName);
        return number(number)
                .flatMap(n -> releases.numbered(project.id(), n))
                .orElseThrow(() -> noRelease(projectName, number));
    }

    static Optional<Integer> number(String text) {
        try {
            return text.matches("[1-9][0-9]*") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    static Problem noRelease(String projectName, String number) {
        return Problem.of(
                ProblemType.NOT_FOUND,
                "Project '%s' has no release '%s'; GET /api/v1/projects/%s/releases lists them."
                        .formatted(projectName, StrictObject.shown(number), projectName));
    }

    private static String encode(int number) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(("r" + number).getBytes(StandardCharsets.US_ASCII));
    }

    private static int decode(String cursor) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
            if (text.startsWith("r")) {
                return number(text.substring(1)).orElseThrow(IllegalArgumentException::new);
            }
        } catch (IllegalArgumentException _) {
            // said below
        }
        throw Parameters.invalid("cursor", "is none that this API gave out; start without one");
    }
}
