package org.slipway.controller.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.slipway.persistence.DatabaseTrouble;
import org.slipway.persistence.transition.TransitionLog.StaleStateException;

/** Turns whatever ends a request early into problem details. No stack trace ever leaves the process. */
@ApplicationScoped
class ProblemMapper {
    private static final Logger LOG = Logger.getLogger(ProblemMapper.class);
    private static final MediaType PROBLEM_JSON = new MediaType("application", "problem+json");
    private static final int SERVICE_UNAVAILABLE = 503;
    private static final int RETRY_AFTER_SECONDS = 5;

    private final ObjectMapper json;
    private final Routes routes;

    ProblemMapper(ObjectMapper json, Routes routes) {
        this.json = json;
        this.routes = routes;
    }

    Response problem(Problem problem, UriInfo uri) {
        return answer(problem, uri).build();
    }

    Response stale(StaleStateException stale, UriInfo uri) {
        return answer(
                        Problem.of(
                                ProblemType.CHANGED_MEANWHILE,
                                "Nothing was changed: " + stale.getMessage() + ". Look at it again and repeat."),
                        uri)
                .build();
    }

    /** What the framework refuses before any resource is asked. */
    Response refused(WebApplicationException refused, UriInfo uri) {
        int status = refused.getResponse().getStatus();
        if (status >= 500) {
            return unexpected(refused, uri);
        }
        SortedSet<String> methods = routes.methods(uri.getPath());
        if (status == 405 || (status == 404 && !methods.isEmpty())) {
            return answer(
                            Problem.of(
                                    ProblemType.METHOD_NOT_ALLOWED,
                                    "This path takes no such method; it takes %s."
                                            .formatted(String.join(", ", methods))),
                            uri)
                    .header(HttpHeaders.ALLOW, String.join(", ", methods))
                    .build();
        }
        return answer(
                        switch (status) {
                            case 404 ->
                                Problem.of(
                                        ProblemType.NOT_FOUND,
                                        "Nothing is at this path; /q/swagger-ui shows what there is.");
                            case 406 ->
                                Problem.of(
                                        ProblemType.NOT_ACCEPTABLE,
                                        "This path answers with application/json; an inventory also with application/yaml.");
                            case 413 -> Problem.of(ProblemType.BODY_TOO_LARGE, "The body is too large.");
                            case 415 ->
                                Problem.of(
                                        ProblemType.UNSUPPORTED_MEDIA_TYPE,
                                        "Send application/json; an inventory may also be application/yaml.");
                            default ->
                                Problem.of(
                                        ProblemType.REQUEST_REFUSED,
                                        "The request cannot be understood; look at it with a tool such as curl -v.");
                        },
                        uri)
                .build();
    }

    Response unexpected(Throwable unexpected, UriInfo uri) {
        if (DatabaseTrouble.passes(unexpected)) {
            LOG.warnf("The database does not answer: %s", unexpected.getMessage());
            return answer(
                            Problem.of(
                                    ProblemType.DATABASE_AWAY,
                                    "Nothing was recorded, or the answer was lost on the way; try again in a few seconds, with the same"
                                            + " Idempotency-Key if it is a POST."),
                            uri)
                    .build();
        }
        String errorId = UUID.randomUUID().toString();
        LOG.errorf(unexpected, "error=%s path=%s", errorId, uri.getRequestUri().getRawPath());
        return answer(
                        Problem.of(
                                        ProblemType.INTERNAL_ERROR,
                                        "This is a fault in Slipway. The log of the service has it under the error id; report both."
                                                + " A POST may be tried again with the same Idempotency-Key.")
                                .with("errorId", errorId),
                        uri)
                .build();
    }

    private Response.ResponseBuilder answer(Problem problem, UriInfo uri) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", problem.type().uri());
        members.put("title", problem.type().title());
        members.put("status", problem.type().status());
        members.put("detail", problem.detail());
        members.put("instance", uri.getRequestUri().getRawPath());
        members.putAll(problem.extensions());
        try {
            Response.ResponseBuilder answer = Response.status(problem.type().status())
                    .type(PROBLEM_JSON)
                    .entity(json.writeValueAsString(members));
            return problem.type().status() == SERVICE_UNAVAILABLE
                    ? answer.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
                    : answer;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a problem cannot be written as JSON", e);
        }
    }
}
