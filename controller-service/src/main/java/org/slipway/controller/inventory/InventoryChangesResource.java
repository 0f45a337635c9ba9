package org.slipway.controller.inventory;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.body.Parameters;
import org.slipway.model.Names;

/** {@code /projects/{project}/inventory-changes}: who changed what, latest first. */
@Path("/api/v1/projects/{project}/inventory-changes")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
public class InventoryChangesResource {
    private final ShowInventoryChanges show;

    InventoryChangesResource(ShowInventoryChanges show) {
        this.show = show;
    }

    @GET
    public InventoryChangesView latest(
            @PathParam("project") String project,
            @QueryParam("server") @Nullable String server,
            @QueryParam("before") @Nullable String before,
            @QueryParam("limit") @Nullable String limit) {
        return show.latest(
                project,
                Parameters.matching("server", server, Names.ALLOWED, Names.RULE).orElse(null),
                Parameters.number("before", before).orElse(Long.MAX_VALUE),
                Parameters.limit(limit));
    }
}
