package org.slipway.controller.idempotency;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.problem.Problem;
import org.slipway.controller.problem.ProblemType;

/**
 * Carries out a POST with a key once. The key's record is written in the transaction of the change, before it: a second request with
 * the same key waits at the unique index until the first has committed, and is then answered from the record, or has rolled back, and
 * is then carried out itself. Refusals are not recorded, for the same request may succeed later.
 */
@ApplicationScoped
public class Once {
    /** Set on an answer that was given before. */
    public static final String REPLAYED_HEADER = "Idempotent-Replayed";

    private final IdempotencyRecords records;
    private final ObjectMapper json;

    Once(IdempotencyRecords records, ObjectMapper json) {
        this.records = records;
        this.json = json;
    }

    /**
     * Carries out a change in one transaction with the record of its answer.
     *
     * @throws Problem {@code IDEMPOTENCY_KEY_REUSED}, or whatever ends the change
     */
    @Transactional
    public Response answer(Call call, Supplier<Answer> change) {
        String key = call.key();
        if (key == null) {
            return fresh(change.get());
        }
        if (!records.reserve(key, call)) {
            return replay(key, call).orElseThrow(() -> inProgress());
        }
        Answer answer = change.get();
        String body = write(answer.body());
        records.complete(key, call, answer, body);
        return response(answer.status(), answer.location(), body).build();
    }

    /**
     * Answers a request that changes nothing, and takes so long that no transaction may span it. Two at the same time with one key are
     * both carried out, and get the answer of the one that was ready first.
     *
     * @throws Problem {@code IDEMPOTENCY_KEY_REUSED}, or whatever ends the look
     */
    public Response answerReadOnly(Call call, Supplier<Answer> look) {
        String key = call.key();
        if (key == null) {
            return fresh(look.get());
        }
        Optional<Response> before = records.inTransaction(() -> replay(key, call));
        if (before.isPresent()) {
            return before.get();
        }
        Answer answer = look.get();
        return records.inTransaction(() -> {
            if (!records.reserve(key, call)) {
                return replay(key, call).orElseThrow(() -> inProgress());
            }
            String body = write(answer.body());
            records.complete(key, call, answer, body);
            return response(answer.status(), answer.location(), body).build();
        });
    }

    private Optional<Response> replay(String key, Call call) {
        return records.find(key, call).map(record -> {
            if (!record.fingerprint().equals(call.fingerprint())) {
                throw Problem.of(
                        ProblemType.IDEMPOTENCY_KEY_REUSED,
                        "This Idempotency-Key came before with another body; use a new key for a new request.");
            }
            return response(record.status(), record.location(), record.body())
                    .header(REPLAYED_HEADER, "true")
                    .build();
        });
    }

    private Response fresh(Answer answer) {
        return response(answer.status(), answer.location(), write(answer.body()))
                .build();
    }

    private static Response.ResponseBuilder response(int status, @Nullable String location, String body) {
        Response.ResponseBuilder response =
                Response.status(status).type(MediaType.APPLICATION_JSON_TYPE).entity(body);
        return location == null ? response : response.header(HttpHeaders.LOCATION, URI.create(location));
    }

    /** By way of bytes: the writer of texts keeps twice as much until it is through, and an answer may have ten thousand paths. */
    private String write(Object body) {
        try {
            return new String(json.writeValueAsBytes(body), StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an answer cannot be written as JSON", e);
        }
    }

    private static Problem inProgress() {
        return Problem.of(
                ProblemType.CHANGED_MEANWHILE,
                "A request with this Idempotency-Key is in progress; repeat this one in a moment.");
    }
}
