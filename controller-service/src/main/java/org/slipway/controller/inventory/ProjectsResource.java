package org.slipway.controller.inventory;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.net.URI;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.body.Bodies;
import org.slipway.controller.body.Parameters;
import org.slipway.model.Names;

/** {@code /projects}: inventories. */
@Path("/api/v1/projects")
@Blocking
public class ProjectsResource {
    private static final Pattern PERSON = Pattern.compile("[^\\p{Cntrl}\\s][^\\p{Cntrl}]{0,199}");
    private static final String PERSON_RULE =
            "must have 1 to 200 characters, begin with no space, and have no control characters";

    private static final Pattern TAG = Pattern.compile("\"[1-9]\\d{0,17}\"");
    private static final String TAG_RULE =
            "must be the ETag that an answer had, such as \"3\", with its quotation marks";

    private final Bodies bodies;
    private final PutInventory put;
    private final ShowInventory show;

    ProjectsResource(Bodies bodies, PutInventory put, ShowInventory show) {
        this.bodies = bodies;
        this.put = put;
        this.show = show;
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public ShowInventory.All all(
            @QueryParam("after") @Nullable String after, @QueryParam("limit") @Nullable String limit) {
        return show.all(
                Parameters.matching("after", after, Names.ALLOWED, Names.RULE).orElse(""), Parameters.limit(limit));
    }

    @GET
    @Path("{project}")
    @Produces({MediaType.APPLICATION_JSON, Bodies.YAML, Bodies.TEXT_YAML, Bodies.X_YAML})
    public Response one(@PathParam("project") String project) {
        return answer(Response.ok(), show.one(project));
    }

    @PUT
    @Path("{project}")
    @Consumes({MediaType.APPLICATION_JSON, Bodies.YAML, Bodies.TEXT_YAML, Bodies.X_YAML})
    @Produces({MediaType.APPLICATION_JSON, Bodies.YAML, Bodies.TEXT_YAML, Bodies.X_YAML})
    public Response put(
            @PathParam("project") String project,
            @QueryParam("by") @Nullable String by,
            @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
            @Parameter(hidden = true) @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String contentType,
            InputStream in) {
        PutInventory.Result result = bodies.withDocument(
                in,
                body -> put.put(
                        project,
                        InventoryReader.read(project, bodies.parse(body, contentType)),
                        Parameters.matching("by", by, PERSON, PERSON_RULE).orElse("api"),
                        Parameters.matching(HttpHeaders.IF_MATCH, ifMatch, TAG, TAG_RULE)
                                .map(ProjectsResource::version)
                                .orElse(null)));
        return answer(
                result.created() ? Response.created(URI.create(ShowInventory.location(project))) : Response.ok(),
                result.view());
    }

    /** The tag is that of the inventory: how its servers stand, which the answer tells too, is not its business. */
    private static Response answer(Response.ResponseBuilder answer, InventoryView view) {
        return answer.entity(view)
                .tag(String.valueOf(view.status().inventoryVersion()))
                .build();
    }

    private static Long version(String tag) {
        return Long.valueOf(tag.substring(1, tag.length() - 1));
    }
}
