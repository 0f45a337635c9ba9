package org.slipway.controller.project;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.Optional;
import org.slipway.controller.body.StrictObject;
import org.slipway.controller.problem.Problem;
import org.slipway.controller.problem.ProblemType;
import org.slipway.model.Names;
import org.slipway.persistence.project.Project;
import org.slipway.persistence.project.Projects;
import org.slipway.persistence.server.Server;
import org.slipway.persistence.server.Servers;

/** Projects and servers by name, or a problem that says there are none of that name. Part of the caller's transaction. */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class KnownProjects {
    private final Projects projects;
    private final Servers servers;

    KnownProjects(Projects projects, Servers servers) {
        this.projects = projects;
        this.servers = servers;
    }

    /**
     * @throws Problem {@code NOT_FOUND}
     */
    public Project find(String name) {
        return valid(name).flatMap(projects::named).orElseThrow(() -> noProject(name));
    }

    /**
     * The project, locked: whoever makes a release, moves one or changes the inventory takes turns.
     *
     * @throws Problem {@code NOT_FOUND}
     */
    public Project lock(String name) {
        return valid(name).flatMap(projects::lockNamed).orElseThrow(() -> noProject(name));
    }

    /**
     * @throws Problem {@code NOT_FOUND}
     */
    public Server server(Project project, String name) {
        return valid(name)
                .flatMap(valid -> servers.named(project.id(), valid))
                .orElseThrow(() -> Problem.of(
                        ProblemType.NOT_FOUND,
                        "Project '%s' has no server '%s'; GET /api/v1/projects/%s lists them."
                                .formatted(project.name(), StrictObject.shown(name), project.name())));
    }

    /** A name that cannot be one is not looked for: the database does not even take every character. */
    private static Optional<String> valid(String name) {
        return Optional.of(name).filter(text -> Names.ALLOWED.matcher(text).matches());
    }

    private static Problem noProject(String name) {
        return Problem.of(
                ProblemType.NOT_FOUND,
                "There is no project '%s'; GET /api/v1/projects lists them, PUT makes one."
                        .formatted(StrictObject.shown(name)));
    }
}
