package org.slipway.controller.journal;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.body.Links;
import org.slipway.controller.body.Page;
import org.slipway.controller.problem.Problem;
import org.slipway.controller.project.KnownProjects;
import org.slipway.model.Journal;
import org.slipway.persistence.journal.JournalEntries;
import org.slipway.persistence.project.Project;

/** Shows what went wrong in a project, latest first. */
@ApplicationScoped
class ShowJournal {
    private final KnownProjects projects;
    private final JournalEntries journal;

    ShowJournal(KnownProjects projects, JournalEntries journal) {
        this.projects = projects;
        this.journal = journal;
    }

    /**
     * @param which one of the journals, {@code null} for all
     * @param server only what is about this server, {@code null} for everything
     * @param before only entries older than the one with this id
     * @throws Problem {@code NOT_FOUND}
     */
    @Transactional
    JournalView latest(String projectName, @Nullable Journal which, @Nullable String server, long before, int limit) {
        Project project = projects.find(projectName);
        Page<JournalEntries.OfProject> page =
                Page.of(journal.latest(project.id(), which, server, before, limit + 1), limit);
        return new JournalView(
                page.map(line -> JournalView.Entry.of(line.entry(), line.release())),
                page.next(line -> Links.to("/api/v1/projects/" + projectName + "/journal")
                        .with("journal", which)
                        .with("server", server)
                        .with("limit", limit)
                        .with("before", line.entry().id())));
    }
}
