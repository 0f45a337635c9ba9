package org.slipway.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The controller's REST interface as a user of it sees it. */
final class Controller implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    /** A check waits up to a minute for the answer of a server that is silent, and until it is connected before. */
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(90);

    private static final String TYPE = "Content-Type";

    private final URI root;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    Controller(int port) {
        this.root = URI.create("http://127.0.0.1:" + port);
    }

    URI root() {
        return root;
    }

    /** Where the releases of a project are. */
    URI releases(String project) {
        return root.resolve("/api/v1/projects/" + project + "/releases");
    }

    /** Whether there is such a project. */
    boolean knows(String project) throws IOException {
        try {
            newestRelease(project);
            return true;
        } catch (RefusedException unknown) {
            return false;
        }
    }

    /**
     * Makes the project what the inventory says.
     *
     * @param mediaType of the inventory, which is YAML or JSON
     * @throws RefusedException when the controller does not take it, with everything that is wrong
     */
    void register(String project, String inventory, String mediaType) throws IOException {
        send(HttpRequest.newBuilder(root.resolve("/api/v1/projects/" + project + "?by=quickstart"))
                .header(TYPE, mediaType)
                .PUT(BodyPublishers.ofString(inventory)));
    }

    /** The project with its servers, as they are registered now. */
    JsonNode project(String project) throws IOException {
        return get(root.resolve("/api/v1/projects/" + project));
    }

    /** Returns the number of the new release. */
    int create(String project, List<String> paths, String author, String note) throws IOException {
        var body = JSON.createObjectNode().put("author", author).put("note", note);
        paths.forEach(body.putArray("paths")::add);
        HttpResponse<String> created = post(releases(project), BodyPublishers.ofString(body.toString()));
        String location = created.headers()
                .firstValue("Location")
                .orElseThrow(() -> new IOException("the controller did not say where the release is"));
        return Integer.parseInt(location.substring(location.lastIndexOf('/') + 1));
    }

    void promote(String project, int release) throws IOException {
        post(part(project, release, "/promote"), BodyPublishers.noBody());
    }

    void retry(String project, int release) throws IOException {
        post(part(project, release, "/retry"), BodyPublishers.noBody());
    }

    /** What a server lacks, or that it lacks nothing. */
    JsonNode check(String project, String server) throws IOException {
        URI check = root.resolve("/api/v1/projects/" + project + "/servers/" + server + "/check");
        return JSON.readTree(post(check, BodyPublishers.noBody()).body());
    }

    JsonNode release(String project, int release) throws IOException {
        return get(part(project, release, ""));
    }

    String state(String project, int release) throws IOException {
        return release(project, release).path("state").asText();
    }

    /** The frozen manifest. */
    List<JsonNode> files(String project, int release) throws IOException {
        return allPages(part(project, release, "/files?limit=1000"), "files");
    }

    /** The newest release, where there is any. */
    Optional<JsonNode> newestRelease(String project) throws IOException {
        return Optional.ofNullable(
                get(URI.create(releases(project) + "?limit=1")).path("releases").get(0));
    }

    /** All of them, of the release and of its servers, as they were recorded. */
    List<JsonNode> transitions(String project, int release) throws IOException {
        return allPages(part(project, release, "/transitions?limit=1000"), "transitions");
    }

    List<JsonNode> journal(String project, int release) throws IOException {
        return allPages(part(project, release, "/journal?limit=1000"), "entries");
    }

    private URI part(String project, int release, String rest) {
        return URI.create(releases(project) + "/" + release + rest);
    }

    private List<JsonNode> allPages(URI first, String field) throws IOException {
        List<JsonNode> items = new ArrayList<>();
        JsonNode page = get(first);
        page.path(field).forEach(items::add);
        while (page.hasNonNull("next")) {
            page = get(root.resolve(page.get("next").asText()));
            page.path(field).forEach(items::add);
        }
        return items;
    }

    private JsonNode get(URI uri) throws IOException {
        return JSON.readTree(send(HttpRequest.newBuilder(uri)).body());
    }

    private HttpResponse<String> post(URI uri, BodyPublisher body) throws IOException {
        return send(HttpRequest.newBuilder(uri)
                .header(TYPE, "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(body));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            HttpResponse<String> response = http.send(
                    request.timeout(LONGEST_ANSWER)
                            .header("Accept", "application/json")
                            .build(),
                    BodyHandlers.ofString());
            if (response.statusCode() >= 500) {
                throw new IOException(reason(response));
            }
            if (response.statusCode() >= 300) {
                throw new RefusedException(reason(response));
            }
            return response;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    private static String reason(HttpResponse<String> response) {
        String status = "the controller answered " + response.statusCode();
        try {
            JsonNode problem = JSON.readTree(response.body());
            StringBuilder detail = new StringBuilder(
                    problem.path("detail").asText(problem.path("title").asText("")));
            JsonNode errors = problem.path("errors");
            if (errors.size() > 1) {
                errors.forEach(error -> detail.append("\n  ")
                        .append(error.path("field").asText())
                        .append(' ')
                        .append(error.path("message").asText()));
            }
            return detail.isEmpty() ? status : detail.toString();
        } catch (IOException noProblemDetails) {
            return status;
        }
    }

    @Override
    public void close() {
        http.close();
    }

    /** The controller understood and said no; the message is its own. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }
}
