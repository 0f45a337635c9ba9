package org.slipway.controller.problem;

import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** What this API says itself. */
@Provider
class ProblemResponse implements ExceptionMapper<Problem> {
    private final ProblemMapper problems;
    private final UriInfo uri;

    ProblemResponse(ProblemMapper problems, @Context UriInfo uri) {
        this.problems = problems;
        this.uri = uri;
    }

    @Override
    public Response toResponse(Problem exception) {
        return problems.problem(exception, uri);
    }
}
