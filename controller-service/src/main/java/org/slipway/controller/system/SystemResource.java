package org.slipway.controller.system;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** {@code /system}: who is alive, who holds what, what waits. */
@Path("/api/v1/system")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
public class SystemResource {
    private final ShowSystem show;

    SystemResource(ShowSystem show) {
        this.show = show;
    }

    @GET
    public SystemView now() {
        return show.now();
    }
}
