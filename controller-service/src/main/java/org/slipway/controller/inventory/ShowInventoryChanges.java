package org.slipway.controller.inventory;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.Optional;
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
     * @param before only changes older than the one with this id
     * @throws Problem {@code NOT_FOUND}
     */
    @Transactional
    InventoryChangesView latest(String projectName, Optional<String> server, Optional<Long> before, int limit) {
        Project project = projects.find(projectName);
        Page<InventoryChanges.Recorded> page =
                Page.of(changes.latest(project.id(), server, before.orElse(Long.MAX_VALUE), limit + 1), limit);
        return new InventoryChangesView(
                page.map(InventoryChangesView.Entry::of),
                page.last()
                        .map(last -> Links.to(ShowInventory.location(projectName) + "/inventory-changes")
                                .with("server", server)
                                .with("limit", limit)
                                .with("before", last.id())
                                .toString())
                        .orElse(null));
    }
}
