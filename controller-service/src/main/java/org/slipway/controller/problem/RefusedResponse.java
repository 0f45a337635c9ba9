package org.slipway.controller.problem;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** What the framework refuses. */
@Provider
class RefusedResponse implements ExceptionMapper<WebApplicationException> {
    private final ProblemMapper problems;
    private final UriInfo uri;

    RefusedResponse(ProblemMapper problems, @Context UriInfo uri) {
        this.problems = problems;
        this.uri = uri;
    }

    @Override
    public Response toResponse(WebApplicationException exception) {
        return problems.refused(exception, uri);
    }
}
