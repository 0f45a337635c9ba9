package org.slipway.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * One call of the REST interface, and what the caller was told.
 *
 * @param sent when it was sent
 * @param answered when the answer was there, or when it was clear that none comes
 * @param path behind {@code /api/v1/projects/}, so that it begins with the project
 * @param status of HTTP; 0 where no answer came, and nobody knows whether it happened
 * @param body of the answer; a missing node where there was none
 */
public record Call(Instant sent, Instant answered, String method, String path, int status, JsonNode body) {}
