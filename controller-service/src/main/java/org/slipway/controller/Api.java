package org.slipway.controller;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.slipway.controller.check.CheckResource;
import org.slipway.controller.inventory.InventoryChangesResource;
import org.slipway.controller.inventory.ProjectsResource;
import org.slipway.controller.journal.JournalResource;
import org.slipway.controller.problem.Routes;
import org.slipway.controller.release.PathsResource;
import org.slipway.controller.release.ReleasesResource;
import org.slipway.controller.system.SystemResource;

/** What there is one of in this service: its routes and its clock. */
class Api {
    @Produces
    @Singleton
    Routes routes() {
        return new Routes(
                ProjectsResource.class,
                InventoryChangesResource.class,
                ReleasesResource.class,
                PathsResource.class,
                JournalResource.class,
                CheckResource.class,
                SystemResource.class);
    }

    @Produces
    @ApplicationScoped
    Clock clock() {
        return Clock.systemDefaultZone();
    }
}
