package org.slipway.controller.release;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import org.slipway.controller.problem.Problem;
import org.slipway.controller.problem.ProblemType;
import org.slipway.controller.project.KnownProjects;
import org.slipway.controller.release.Action.Decision;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerRole;
import org.slipway.persistence.project.Project;
import org.slipway.persistence.release.Release;
import org.slipway.persistence.release.Releases;
import org.slipway.persistence.server.Server;
import org.slipway.persistence.server.Servers;
import org.slipway.persistence.transition.TransitionLog;

/** Starts, promotes, retries and cancels. */
@ApplicationScoped
class MoveRelease {
    private final KnownProjects projects;
    private final Releases releases;
    private final Servers servers;
    private final GoneMachines gone;
    private final TransitionLog log;
    private final ShowReleases show;

    MoveRelease(
            KnownProjects projects,
            Releases releases,
            Servers servers,
            GoneMachines gone,
            TransitionLog log,
            ShowReleases show) {
        this.projects = projects;
        this.releases = releases;
        this.servers = servers;
        this.gone = gone;
        this.log = log;
        this.show = show;
    }

    /**
     * @throws Problem {@code NOT_FOUND}, {@code NOT_NOW}, {@code NOT_READY_FOR_PRODUCTION}, {@code INVALID_DOCUMENT}
     */
    @Transactional
    ReleaseView act(Action action, String projectName, String number, Wish wish) {
        Project project = projects.lock(projectName);
        Release release = ShowReleases.number(number)
                .flatMap(n -> releases.lockNumbered(project.id(), n))
                .orElseThrow(() -> ShowReleases.noRelease(projectName, number));
        if (!wish.gone().isEmpty()) {
            gone.giveUp(release, wish);
        }
        switch (action.on(release.state(), release.cancelRequestedAt().isPresent())) {
            case Decision.Move move
            when move.to() == ReleaseState.CANCELLED && servers.anyUnfenced(project.id()) -> {
                // Only beta can be, after a copy that failed, and only who copies to it can fence it off.
                releases.requestCancel(release, wish.by(), wish.reasonOr("cancelled on request"));
                log.move(
                        release,
                        ReleaseState.BETA_COPYING,
                        wish.by(),
                        "to be cancelled: first it is made sure that nothing more comes to beta");
            }
            case Decision.Move move -> {
                if (move.to() == ReleaseState.PRODUCTION_REQUESTED) {
                    requireReadyForProduction(project);
                }
                if (move.retries()) {
                    releases.countAttempt(release);
                }
                log.move(release, move.to(), wish.by(), wish.reasonOr(action.word()));
            }
            case Decision.AskOwner _ ->
                releases.requestCancel(release, wish.by(), wish.reasonOr("cancelled on request"));
            case Decision.NothingToDo _ -> {}
            case Decision.Refused refused -> throw ReleaseProblems.notNow(action, release, refused.why());
        }
        return show.detailed(release);
    }

    private void requireReadyForProduction(Project project) {
        List<String> missing = missingForProduction(servers.ofProject(project.id()));
        if (!missing.isEmpty()) {
            throw Problem.of(
                            ProblemType.NOT_READY_FOR_PRODUCTION,
                            "Project '%s' cannot release to production yet: %s. Add it by PUT /api/v1/projects/%s."
                                    .formatted(project.name(), String.join("; ", missing), project.name()))
                    .with("missing", missing);
        }
    }

    static List<String> missingForProduction(List<Server> servers) {
        List<String> missing = new ArrayList<>();
        if (servers.stream().noneMatch(server -> server.role() == ServerRole.BUSINESS)) {
            missing.add("it has no server with role BUSINESS");
        }
        if (servers.stream().noneMatch(server -> server.backupFile().isPresent())) {
            missing.add("no business server has a backupFile, so there would be no backup");
        }
        return missing;
    }
}
