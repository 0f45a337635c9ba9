package org.slipway.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slipway.embedded.Await;
import org.slipway.model.ReleaseState;

/** A project with its fleet, as a person at the REST interface sees it. */
public final class Project {
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Clock CLOCK = Clock.systemUTC();
    private static final String PROJECTS = "/api/v1/projects/";

    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final String name;
    private final Fleet fleet;
    private final Slipway slipway;
    private final HttpClient http;

    Project(String name, Fleet fleet, Slipway slipway, HttpClient http) {
        this.name = name;
        this.fleet = fleet;
        this.slipway = slipway;
        this.http = http;
    }

    public String name() {
        return name;
    }

    public Fleet fleet() {
        return fleet;
    }

    /** Registers the project, or tells how its fleet is by now. */
    void putInventory() {
        Answer answer = send(request("").PUT(text(fleet.inventory(JSON))));
        if (answer.status() != 201 && answer.status() != 200) {
            answer.expecting(201);
        }
    }

    /** The project as one document. */
    public JsonNode inventory() {
        return get("");
    }

    /** Asks for a release of these paths that is copied to beta at once. */
    public Answer post(String... paths) {
        return post(true, null, paths);
    }

    /**
     * Asks for a release.
     *
     * @param start whether it is copied to beta at once
     * @param key the Idempotency-Key, {@code null} for none
     */
    public Answer post(boolean start, @Nullable String key, String... paths) {
        return send(releaseRequest(start, key, paths));
    }

    /** Asks for a release, and does not wait for the answer. */
    public CompletableFuture<Answer> postAsync(String... paths) {
        HttpRequest request = releaseRequest(true, null, paths).build();
        Instant sent = Instant.now(CLOCK);
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenApply(Project::answer)
                .whenComplete((answer, failed) -> log(request, sent, answer));
    }

    private HttpRequest.Builder releaseRequest(boolean start, @Nullable String key, String... paths) {
        ObjectNode order = JSON.createObjectNode()
                .put("author", "ada")
                .put("note", "A release")
                .put("start", start);
        Stream.of(paths).forEach(order.putArray("paths")::add);
        HttpRequest.Builder request = request("/releases").POST(text(order));
        return key == null ? request : request.header("Idempotency-Key", key);
    }

    /** Makes a release of these paths, copied to beta at once; its number. */
    public int release(String... paths) {
        return post(paths).expecting(201).body().get("number").asInt();
    }

    /** Makes one and takes it all the way; its number. */
    public int releaseEverywhere(String... paths) {
        int release = release(paths);
        await(release, ReleaseState.BETA_COPIED);
        promote(release);
        await(release, ReleaseState.COMPLETED);
        return release;
    }

    public void start(int release) {
        act(release, "start").expecting(202);
    }

    public void promote(int release) {
        act(release, "promote").expecting(202);
    }

    public void retry(int release) {
        act(release, "retry").expecting(202);
    }

    public Answer cancel(int release) {
        return act(release, "cancel").expecting(202);
    }

    /** A cancel that no longer waits for a server whose machine is gone for good. */
    public Answer cancelWithout(int release, FleetServer gone) {
        ObjectNode body = JSON.createObjectNode();
        body.putArray("gone").add(gone.name());
        return send(request("/releases/" + release + "/cancel").POST(text(body)))
                .expecting(202);
    }

    /** {@code start}, {@code promote}, {@code retry} or {@code cancel}. */
    public Answer act(int release, String action) {
        return act(release, action, null);
    }

    /** The same under an Idempotency-Key, {@code null} for none. */
    public Answer act(int release, String action, @Nullable String key) {
        HttpRequest.Builder request =
                request("/releases/" + release + "/" + action).POST(text(JSON.createObjectNode()));
        return send(key == null ? request : request.header("Idempotency-Key", key));
    }

    /** A release as it stands. */
    public JsonNode show(int release) {
        return get("/releases/" + release);
    }

    public ReleaseState state(int release) {
        return ReleaseState.valueOf(show(release).get("state").asText());
    }

    /**
     * Returns when a release is in a state.
     *
     * @throws IllegalStateException when it ended in another one, or failed on the way to it
     */
    public void await(int release, ReleaseState wanted) {
        Set<ReleaseState> dead = EnumSet.of(
                ReleaseState.BETA_COPY_FAILED,
                ReleaseState.PRODUCTION_FAILED,
                ReleaseState.COMPLETED,
                ReleaseState.CANCELLED);
        dead.remove(wanted);
        if (wanted == ReleaseState.CANCELLED) {
            dead.remove(ReleaseState.PRODUCTION_FAILED);
            dead.remove(ReleaseState.BETA_COPY_FAILED);
        }
        ReleaseState[] seen = new ReleaseState[1];
        Await.until(LONGEST, "release %d of %s to be in %s".formatted(release, name, wanted), () -> {
            seen[0] = state(release);
            if (seen[0] != wanted && !dead.contains(seen[0])) {
                throw new IOException("it is in " + seen[0]);
            }
            return true;
        });
        if (seen[0] != wanted) {
            throw new IllegalStateException("release %d of %s is in %s, not in %s; its journal: %s"
                    .formatted(release, name, seen[0], wanted, journal(release)));
        }
    }

    /** What was written about a release in all journals, oldest first. */
    public List<JsonNode> journal(int release) {
        return all("/releases/" + release + "/journal", "entries");
    }

    /** What happened to a release and, on its behalf, to servers, oldest first. */
    public List<JsonNode> transitions(int release) {
        return all("/releases/" + release + "/transitions", "transitions");
    }

    /** A release on each business server. */
    public List<JsonNode> rollouts(int release) {
        return all("/releases/" + release + "/rollouts", "rollouts");
    }

    /** A release on one business server. */
    public JsonNode rollout(int release, FleetServer server) {
        return rollouts(release).stream()
                .filter(rollout -> rollout.get("server").asText().equals(server.name()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no rollout of release " + release + " on " + server));
    }

    /** The frozen manifest. */
    public List<JsonNode> files(int release) {
        return all("/releases/" + release + "/files", "files");
    }

    /** All releases, newest first. */
    public List<JsonNode> releases() {
        return all("/releases", "releases");
    }

    /** The instance that locked a server last. */
    public ServiceProcess workerOn(int release, FleetServer server) {
        return Await.untilPresent(LONGEST, "a worker to take " + server, () -> transitions(release).stream()
                .filter(moved -> moved.path("server").asText().equals(server.name()))
                .filter(moved -> moved.get("to").asText().equals("LOCKED"))
                .map(moved -> slipway.named(moved.get("actor").asText()))
                .reduce((first, last) -> last));
    }

    private List<JsonNode> all(String path, String member) {
        List<JsonNode> all = new ArrayList<>();
        JsonNode page = get(path);
        while (true) {
            page.withArray(member).forEach(all::add);
            String next = page.path("next").asText("");
            if (next.isEmpty() || page.path("next").isNull()) {
                return all;
            }
            page = send(HttpRequest.newBuilder(slipway.controller().uri(next))
                            .timeout(ANSWER)
                            .GET())
                    .expecting(200)
                    .body();
        }
    }

    private JsonNode get(String path) {
        return send(request(path).GET()).expecting(200).body();
    }

    private HttpRequest.Builder request(String path) {
        URI uri = slipway.controller().uri(PROJECTS + name + path);
        return HttpRequest.newBuilder(uri)
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json");
    }

    private static HttpRequest.BodyPublisher text(JsonNode json) {
        return HttpRequest.BodyPublishers.ofString(json.toString());
    }

    private Answer send(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        Instant sent = Instant.now(CLOCK);
        Answer answer = null;
        try {
            answer = answer(http.send(request, HttpResponse.BodyHandlers.ofString()));
            return answer;
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        } finally {
            log(request, sent, answer);
        }
    }

    private void log(HttpRequest request, Instant sent, @Nullable Answer answer) {
        String path = request.uri().toString();
        calls.add(new Call(
                sent,
                Instant.now(CLOCK),
                request.method(),
                path.substring(path.indexOf(PROJECTS) + PROJECTS.length()),
                answer == null ? 0 : answer.status(),
                answer == null ? MissingNode.getInstance() : answer.body()));
    }

    /** Everything that was asked about this project, and what was answered. */
    List<Call> calls() {
        return List.copyOf(calls);
    }

    private static Answer answer(HttpResponse<String> response) {
        try {
            JsonNode body = response.body().isBlank() ? MissingNode.getInstance() : JSON.readTree(response.body());
            return new Answer(
                    response.statusCode(),
                    response.headers().firstValue("Location").orElse(""),
                    body);
        } catch (IOException noJson) {
            throw new UncheckedIOException("not JSON: " + response.body(), noJson);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
