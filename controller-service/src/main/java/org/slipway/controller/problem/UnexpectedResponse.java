package org.slipway.controller.problem;

import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** Everything else. */
@Provider
class UnexpectedResponse implements ExceptionMapper<Throwable> {
    private final ProblemMapper problems;
    private final UriInfo uri;

    UnexpectedResponse(ProblemMapper problems, @Context UriInfo uri) {
        this.problems = problems;
        this.uri = uri;
    }

    @Override
    public Response toResponse(Throwable exception) {
        return problems.unexpected(exception, uri);
    }
}
