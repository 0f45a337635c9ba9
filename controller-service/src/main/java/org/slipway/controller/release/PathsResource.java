package org.slipway.controller.release;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.body.Parameters;

/** {@code /projects/{project}/paths}: what the project has released so far. */
@Path("/api/v1/projects/{project}/paths")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
public class PathsResource {
    private final ShowPaths show;

    PathsResource(ShowPaths show) {
        this.show = show;
    }

    @GET
    public ShowPaths.Registered paths(
            @PathParam("project") String project,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        return show.registered(project, Parameters.path("after", after).orElse(null), Parameters.limit(limit));
    }
}
