package org.slipway.system;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Tests that share one Slipway with three server-workers, whose processes they may kill: one class after another. */
@ExtendWith(SharedSlipway.OneSlipway.class)
@ResourceLock("the shared Slipway")
abstract class SharedSlipway extends SystemTest {
    private final List<Project> projects = new ArrayList<>();
    private Slipway slipway;

    @BeforeEach
    void takeTheSharedSlipway(Slipway shared) {
        slipway = shared;
    }

    Slipway slipway() {
        return slipway;
    }

    /** A project with this many business servers, all of which hold an older state of the site. It is checked in the end. */
    Project newProject(int businessServers) {
        Project project = newProject(slipway, businessServers);
        projects.add(project);
        return project;
    }

    @AfterEach
    void everythingIsAsItMustBe() {
        projects.forEach(project -> project.fleet().openGates());
        slipway.mend();
        projects.forEach(project -> check(slipway, project));
        projects.forEach(project -> project.fleet().close());
    }

    /** Starts one when the first test asks, and ends it behind the last. */
    static final class OneSlipway implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Slipway.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(Namespace.create(OneSlipway.class))
                    .computeIfAbsent(Slipway.class, type -> Slipway.start(3, SHORT_LEASES), Slipway.class);
        }
    }
}
