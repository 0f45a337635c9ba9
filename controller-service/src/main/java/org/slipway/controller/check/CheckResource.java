package org.slipway.controller.check;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.body.Bodies;
import org.slipway.controller.body.StrictObject;
import org.slipway.controller.idempotency.Answer;
import org.slipway.controller.idempotency.Call;
import org.slipway.controller.idempotency.Once;

/** {@code /projects/{project}/servers/{server}/check}: can Slipway work there. */
@Path("/api/v1/projects/{project}/servers/{server}/check")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
public class CheckResource {
    private final Bodies bodies;
    private final Once once;
    private final CheckServer check;

    CheckResource(Bodies bodies, Once once, CheckServer check) {
        this.bodies = bodies;
        this.once = once;
        this.check = check;
    }

    @POST
    public Response check(
            @PathParam("project") String project,
            @PathParam("server") String server,
            @HeaderParam(Call.KEY_HEADER) @Nullable String key,
            @Context HttpHeaders headers,
            UriInfo uri,
            InputStream in) {
        byte[] body = bodies.readAction(in);
        Call call = Call.post(uri.getPath(), key, body);
        StrictObject nothing = StrictObject.root(bodies.parseOptional(body, headers.getMediaType()));
        nothing.nothingElse();
        nothing.requireNoErrors();
        return once.answerReadOnly(call, () -> Answer.ok(check.check(project, server)));
    }
}
