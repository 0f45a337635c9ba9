package org.slipway.controller.check;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.problem.Problem;
import org.slipway.controller.project.KnownProjects;
import org.slipway.model.HostAddress;
import org.slipway.model.ServerRole;
import org.slipway.persistence.server.Server;

/** Where the server is that is to be checked. */
@ApplicationScoped
class CheckedServers {
    private final KnownProjects projects;

    CheckedServers(KnownProjects projects) {
        this.projects = projects;
    }

    /** What a check needs to know of a server. */
    record Target(
            HostAddress address, ServerRole role, @Nullable String backupFile) {}

    /**
     * @throws Problem {@code NOT_FOUND}
     */
    @Transactional
    Target target(String project, String name) {
        Server server = projects.server(projects.find(project), name);
        return new Target(server.address(), server.role(), server.backupFile().orElse(null));
    }
}
