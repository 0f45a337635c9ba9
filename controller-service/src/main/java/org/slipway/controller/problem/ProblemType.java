package org.slipway.controller.problem;

import java.util.Locale;

/** The kinds of problems that this API answers with. {@code docs/problems.md} says what each means and what to do. */
public enum ProblemType {
    MALFORMED_BODY(400, "The body cannot be read"),
    INVALID_PARAMETER(400, "A parameter is not valid"),
    FOREIGN_ORIGIN(403, "A page of another origin sent this"),
    NOT_FOUND(404, "There is no such thing"),
    METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
    NOT_ACCEPTABLE(406, "None of the accepted media types is offered"),
    BODY_TOO_SLOW(408, "The body took too long"),
    UNFINISHED_RELEASE(409, "An unfinished release is in the way"),
    RELEASE_IS_COPYING(409, "A release is being copied"),
    NOT_NOW(409, "The release does not allow this now"),
    NOT_READY_FOR_PRODUCTION(409, "The project is not ready for production"),
    SERVER_BUSY(409, "A server is not idle"),
    CHANGED_MEANWHILE(409, "Somebody else was first"),
    INVENTORY_CHANGED(412, "The inventory was changed meanwhile"),
    BODY_TOO_LARGE(413, "The body is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "The body's media type is not supported"),
    UNKNOWN_HOST(421, "This service has no such name"),
    INVALID_DOCUMENT(422, "The body is not valid"),
    IDEMPOTENCY_KEY_REUSED(422, "The Idempotency-Key was used for another request"),
    REQUEST_REFUSED(400, "The request is refused"),
    INTERNAL_ERROR(500, "Something went wrong inside"),
    TOO_MANY_BODIES(503, "Other large bodies are before this one"),
    DATABASE_AWAY(503, "The database does not answer");

    private final int status;
    private final String title;

    ProblemType(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** What the kind is, in a few words; the same for every problem of the kind. */
    public String title() {
        return title;
    }

    /** The URI that stands for the kind. */
    public String uri() {
        return "urn:slipway:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
