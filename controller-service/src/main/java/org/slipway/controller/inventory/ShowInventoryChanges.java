package org.slipway.controller.inventory;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.body.Links;
import org.slipway.controller.body.Page;
import org.slipway.controller.problem.Problem;
import org.slipway.controller.project.KnownProjects;
import org.slipway.persistence.project.InventoryChanges;
import org.slipway.persistence.project.Project;

/** Shows what was changed in the inventory of a project, latest first. */
@ApplicationScoped
class ShowInventoryChanges {
    private final KnownProjects projects;
    private final InventoryChanges changes;

    ShowInventoryChanges(KnownProjects projects, InventoryChanges changes) {
        this.projects = projects;
        this.changes = changes;
    }

    /**
     * @param server only what became of this server, {@code null} for everything
     * @param before only changes older than the one with this id
     * @throws Problem {@code NOT_FOUND}
     */
    @Transactional
    InventoryChangesView latest(String projectName, @Nullable String server, long before, int limit) {
        Project project = projects.find(projectName);
        Page<InventoryChanges.Recorded> page = Page.of(changes.latest(project.id(), server, before, limit + 1), limit);
        return new InventoryChangesView(page.map(InventoryChangesView.Entry::of), page.next(last -> Links.to(
                        ShowInventory.location(projectName) + "/inventory-changes")
                .with("server", server)
                .with("limit", limit)
                .with("before", last.id())));
    }
}
