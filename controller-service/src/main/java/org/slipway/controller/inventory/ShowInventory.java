package org.slipway.controller.inventory;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.body.Links;
import org.slipway.controller.body.Page;
import org.slipway.controller.problem.Problem;
import org.slipway.controller.project.KnownProjects;
import org.slipway.controller.release.ReleaseProblems;
import org.slipway.persistence.project.Project;
import org.slipway.persistence.project.Projects;
import org.slipway.persistence.release.Release;
import org.slipway.persistence.release.Releases;
import org.slipway.persistence.server.Server;
import org.slipway.persistence.server.Servers;

/** Shows projects. */
@ApplicationScoped
class ShowInventory {
    private final KnownProjects known;
    private final Projects projects;
    private final Servers servers;
    private final Releases releases;

    ShowInventory(KnownProjects known, Projects projects, Servers servers, Releases releases) {
        this.known = known;
        this.projects = projects;
        this.servers = servers;
        this.releases = releases;
    }

    /** A project in the list of all of them. */
    record Listed(String project, String location, long servers) {}

    /** A page of projects, by name. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record All(List<Listed> projects, @Nullable String next) {}

    @Transactional
    All all(String after, int limit) {
        Page<Projects.Sized> page = Page.of(projects.after(after, limit + 1), limit);
        return new All(
                page.map(project -> new Listed(project.name(), location(project.name()), project.servers())),
                page.next(last ->
                        Links.to("/api/v1/projects").with("limit", limit).with("after", last.name())));
    }

    /**
     * @throws Problem {@code NOT_FOUND}
     */
    @Transactional
    InventoryView one(String name) {
        return view(known.find(name));
    }

    /** The document of a project; part of the caller's transaction. */
    InventoryView view(Project project) {
        List<Server> all = servers.ofProject(project.id());
        Optional<Release> unfinished = releases.unfinished(project.id());
        return new InventoryView(
                project.name(),
                all.stream().map(InventoryView.ServerView::of).toList(),
                new InventoryView.StatusView(
                        project.inventoryVersion(),
                        all.stream()
                                .flatMap(server -> server.state().stream()
                                        .map(state -> new InventoryView.ServerStatus(
                                                server.name(),
                                                InventoryView.ServerStatus.word(state),
                                                server.stateSince().orElse(null),
                                                unfinished
                                                        .filter(release -> server.releaseId()
                                                                .equals(Optional.of(release.id())))
                                                        .map(Release::number)
                                                        .orElse(null))))
                                .toList(),
                        unfinished.map(ReleaseProblems.InTheWay::of).orElse(null)));
    }

    static String location(String project) {
        return "/api/v1/projects/" + project;
    }
}
