package org.slipway.controller.problem;

import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import org.slipway.persistence.transition.TransitionLog.StaleStateException;

/** Somebody else was first. */
@Provider
class StaleResponse implements ExceptionMapper<StaleStateException> {
    private final ProblemMapper problems;
    private final UriInfo uri;

    StaleResponse(ProblemMapper problems, @Context UriInfo uri) {
        this.problems = problems;
        this.uri = uri;
    }

    @Override
    public Response toResponse(StaleStateException exception) {
        return problems.stale(exception, uri);
    }
}
