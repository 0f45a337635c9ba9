package org.slipway.controller.release;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.body.Links;
import org.slipway.controller.body.Page;
import org.slipway.controller.project.KnownProjects;
import org.slipway.model.RelativePath;
import org.slipway.persistence.project.Project;
import org.slipway.persistence.release.RegisteredPath;
import org.slipway.persistence.release.Releases;

/** Shows the paths that a project knows. */
@ApplicationScoped
class ShowPaths {
    private final KnownProjects projects;
    private final Releases releases;

    ShowPaths(KnownProjects projects, Releases releases) {
        this.projects = projects;
        this.releases = releases;
    }

    /** A page of paths, sorted by their bytes. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Registered(List<Entry> paths, @Nullable String next) {}

    /** A path, and when a release first named it. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Entry(String path, @Nullable Instant registeredAt) {}

    @Transactional
    Registered registered(String projectName, @Nullable RelativePath after, int limit) {
        Project project = projects.find(projectName);
        Page<RegisteredPath> page = Page.of(releases.registeredPaths(project.id(), after, limit + 1), limit);
        return new Registered(
                page.map(path ->
                        new Entry(path.path().value(), path.registeredAt().orElse(null))),
                page.next(last -> Links.to("/api/v1/projects/" + projectName + "/paths")
                        .with("limit", limit)
                        .with("after", last.path())));
    }
}
