package org.slipway.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.slipway.embedded.Await;

/** One request with an Idempotency-Key of its own, which can be sent to any controller, as often as need be. */
final class KeyedCall {
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String path;
    private final String body;
    private final String key = UUID.randomUUID().toString();

    private KeyedCall(Project project, String path, ObjectNode body) {
        this.path = "/api/v1/projects/" + project + path;
        this.body = body.toString();
    }

    /** Makes a release of these paths, started at once. */
    static KeyedCall create(Project project, String... paths) {
        ObjectNode order = JSON.createObjectNode()
                .put("author", "ada")
                .put("note", "A release")
                .put("start", true);
        Stream.of(paths).forEach(order.putArray("paths")::add);
        return new KeyedCall(project, "/releases", order);
    }

    /** Starts, promotes, retries or cancels one. */
    static KeyedCall act(Project project, int release, String action) {
        return new KeyedCall(project, "/releases/" + release + "/" + action, JSON.createObjectNode());
    }

    /**
     * That it was carried out.
     *
     * @param replayed whether the answer was given before
     * @param number of the release
     */
    record Taken(boolean replayed, int number) {}

    CompletableFuture<HttpResponse<String>> sendTo(ServiceProcess controller) {
        HttpRequest request = HttpRequest.newBuilder(controller.uri(path))
                .timeout(LONGEST)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Sends it until it is taken. Until then it may be told that the same request is under way, or that the database is busy. */
    Taken repeatUntilTaken(ServiceProcess controller) {
        return Await.untilPresent(LONGEST, path + " to be taken", () -> {
            HttpResponse<String> answer = sendTo(controller).join();
            if (answer.statusCode() == 409 || answer.statusCode() == 503) {
                throw new IOException("the answer was " + answer.statusCode() + ": " + answer.body());
            }
            if (answer.statusCode() / 100 != 2) {
                throw new AssertionError("the answer was " + answer.statusCode() + ": " + answer.body());
            }
            JsonNode release = JSON.readTree(answer.body());
            return Optional.of(new Taken(
                    answer.headers().firstValue("Idempotent-Replayed").isPresent(),
                    release.get("number").asInt()));
        });
    }

    /** What came of one that was sent: a status, or {@code nothing}. */
    static String heard(CompletableFuture<HttpResponse<String>> sent) {
        try {
            return Integer.toString(sent.join().statusCode());
        } catch (CompletionException cut) {
            return "nothing";
        }
    }
}
