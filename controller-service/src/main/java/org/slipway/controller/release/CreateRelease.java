package org.slipway.controller.release;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.LocalDate;
import org.slipway.controller.problem.Problem;
import org.slipway.controller.project.KnownProjects;
import org.slipway.model.ReleaseState;
import org.slipway.persistence.project.Project;
import org.slipway.persistence.release.Release;
import org.slipway.persistence.release.Releases;
import org.slipway.persistence.transition.TransitionLog;

/** Makes a release, and starts it unless the caller wants that later. */
@ApplicationScoped
class CreateRelease {
    private final KnownProjects projects;
    private final Releases releases;
    private final TransitionLog log;
    private final ShowReleases show;
    private final Clock clock;

    CreateRelease(KnownProjects projects, Releases releases, TransitionLog log, ShowReleases show, Clock clock) {
        this.projects = projects;
        this.releases = releases;
        this.log = log;
        this.show = show;
        this.clock = clock;
    }

    /**
     * @throws Problem {@code NOT_FOUND}, or {@code UNFINISHED_RELEASE} that names the release in the way
     */
    @Transactional
    ReleaseView create(String projectName, ReleaseOrder order) {
        Project project = projects.lock(projectName);
        releases.unfinished(project.id()).ifPresent(release -> {
            throw ReleaseProblems.unfinished(release);
        });
        Release release = new Release(
                project,
                releases.nextNumber(project.id()),
                order.date() == null ? LocalDate.now(clock) : order.date(),
                order.author(),
                order.note());
        log.begin(release, order.author(), "created");
        releases.setPaths(release, order.paths());
        if (order.start()) {
            log.move(release, ReleaseState.BETA_COPYING, order.author(), "started when it was created");
        }
        return show.detailed(release);
    }
}
