package org.slipway.controller.release;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.body.Bodies;
import org.slipway.controller.body.Parameters;
import org.slipway.controller.idempotency.Answer;
import org.slipway.controller.idempotency.Call;
import org.slipway.controller.idempotency.Once;
import org.slipway.controller.journal.JournalView;
import org.slipway.model.failpoint.Failpoint;

/** {@code /projects/{project}/releases}: releases and what is done with them. */
@Path("/api/v1/projects/{project}/releases")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
public class ReleasesResource {
    private final Bodies bodies;
    private final Once once;
    private final CreateRelease create;
    private final MoveRelease move;
    private final ShowReleases show;
    private final ShowReleaseDetails details;

    ReleasesResource(
            Bodies bodies,
            Once once,
            CreateRelease create,
            MoveRelease move,
            ShowReleases show,
            ShowReleaseDetails details) {
        this.bodies = bodies;
        this.once = once;
        this.create = create;
        this.move = move;
        this.show = show;
        this.details = details;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(
            @PathParam("project") String project,
            @HeaderParam(Call.KEY_HEADER) @Nullable String key,
            UriInfo uri,
            InputStream in) {
        Response answer = bodies.withDocument(in, body -> {
            Call call = Call.post(uri.getPath(), key, body);
            ReleaseOrder order = ReleaseOrder.read(bodies.parse(body, null));
            return once.answer(call, () -> {
                ReleaseView view = create.create(project, order);
                Failpoint.BEFORE_CREATE.passed();
                return Answer.created(view.location(), view);
            });
        });
        Failpoint.AFTER_CREATE.passed();
        return answer;
    }

    @GET
    public ShowReleases.Listed page(
            @PathParam("project") String project,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        return show.page(project, Parameters.limit(limit), cursor);
    }

    @GET
    @Path("{number}")
    public ReleaseView one(@PathParam("project") String project, @PathParam("number") String number) {
        return show.one(project, number);
    }

    @POST
    @Path("{number}/start")
    public Response start(
            @PathParam("project") String project,
            @PathParam("number") String number,
            @HeaderParam(Call.KEY_HEADER) @Nullable String key,
            @Context HttpHeaders headers,
            UriInfo uri,
            InputStream in) {
        return act(Action.START, project, number, key, headers, uri, in);
    }

    @POST
    @Path("{number}/promote")
    public Response promote(
            @PathParam("project") String project,
            @PathParam("number") String number,
            @HeaderParam(Call.KEY_HEADER) @Nullable String key,
            @Context HttpHeaders headers,
            UriInfo uri,
            InputStream in) {
        return act(Action.PROMOTE, project, number, key, headers, uri, in);
    }

    @POST
    @Path("{number}/retry")
    public Response retry(
            @PathParam("project") String project,
            @PathParam("number") String number,
            @HeaderParam(Call.KEY_HEADER) @Nullable String key,
            @Context HttpHeaders headers,
            UriInfo uri,
            InputStream in) {
        return act(Action.RETRY, project, number, key, headers, uri, in);
    }

    @POST
    @Path("{number}/cancel")
    public Response cancel(
            @PathParam("project") String project,
            @PathParam("number") String number,
            @HeaderParam(Call.KEY_HEADER) @Nullable String key,
            @Context HttpHeaders headers,
            UriInfo uri,
            InputStream in) {
        return act(Action.CANCEL, project, number, key, headers, uri, in);
    }

    @GET
    @Path("{number}/transitions")
    public TransitionsView transitions(
            @PathParam("project") String project,
            @PathParam("number") String number,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        return details.transitions(
                project, number, Parameters.number("after", after).orElse(0L), Parameters.limit(limit));
    }

    @GET
    @Path("{number}/journal")
    public JournalView journal(
            @PathParam("project") String project,
            @PathParam("number") String number,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        return details.journal(
                project, number, Parameters.number("after", after).orElse(0L), Parameters.limit(limit));
    }

    @GET
    @Path("{number}/files")
    public FilesView files(
            @PathParam("project") String project,
            @PathParam("number") String number,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        return details.files(project, number, Parameters.path("after", after).orElse(null), Parameters.limit(limit));
    }

    @GET
    @Path("{number}/rollouts")
    public RolloutsView rollouts(@PathParam("project") String project, @PathParam("number") String number) {
        return details.rollouts(project, number);
    }

    private Response act(
            Action action,
            String project,
            String number,
            @Nullable String key,
            HttpHeaders headers,
            UriInfo uri,
            InputStream in) {
        byte[] body = bodies.readAction(in);
        Call call = Call.post(uri.getPath(), key, body);
        Wish wish = Wish.read(action, bodies.parseOptional(body, headers.getMediaType()));
        Response answer = once.answer(call, () -> {
            ReleaseView view = move.act(action, project, number, wish);
            beforeCommit(action).passed();
            return Answer.accepted(view);
        });
        afterCommit(action).passed();
        return answer;
    }

    private static Failpoint beforeCommit(Action action) {
        return switch (action) {
            case START -> Failpoint.BEFORE_START;
            case PROMOTE -> Failpoint.BEFORE_PROMOTE;
            case RETRY -> Failpoint.BEFORE_RETRY;
            case CANCEL -> Failpoint.BEFORE_CANCEL;
        };
    }

    private static Failpoint afterCommit(Action action) {
        return switch (action) {
            case START -> Failpoint.AFTER_START;
            case PROMOTE -> Failpoint.AFTER_PROMOTE;
            case RETRY -> Failpoint.AFTER_RETRY;
            case CANCEL -> Failpoint.AFTER_CANCEL;
        };
    }
}
