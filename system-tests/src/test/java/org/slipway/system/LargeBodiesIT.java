package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slipway.embedded.Await;
import org.slipway.system.Slipway.Replicas;
import org.slipway.testing.SlipwayInfrastructure;

/** A controller with the memory that it has everywhere, and callers who send it as much as it takes. */
class LargeBodiesIT extends SystemTest {
    private static final int MOST_BYTES = 2 << 20;
    private static final int PATHS = 10_000;
    private static final int CALLERS = 10;
    private static final Duration LONGEST = Duration.ofMinutes(3);

    private static final String INVENTORY = """
            {"servers": [
              {"name": "dev", "role": "DEVELOPMENT", "host": "d", "user": "u", "projectDirectory": "/srv/a"},
              {"name": "beta", "role": "BETA", "host": "b", "user": "u", "projectDirectory": "/srv/a"}
            ]}""";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static Slipway slipway;

    @BeforeAll
    static void startAController() {
        slipway = Slipway.start(
                new Replicas(0, 0, 0),
                SlipwayInfrastructure.newDatabase(),
                SlipwayInfrastructure.bootstrapServers(),
                Map.of("SLIPWAY_HTTP_LONGEST_BODY", "5S"));
    }

    @AfterAll
    static void stopIt() {
        slipway.close();
    }

    @Test
    void answersTenCallersWithTheLargestReleasesAtOnce() throws Exception {
        byte[] release = padded(release(PATHS, 190));
        List<String> projects = projects("many");

        List<Integer> answers = atOnce(projects.stream()
                .<Supplier<Integer>>map(project -> () -> repeatWhileOthersAreBefore(project, release))
                .toList());

        assertThat(answers).containsOnly(201);
        assertThat(slipway.controller().isAlive()).isTrue();
        for (String project : projects) {
            assertThat(slipway.controller()
                            .get("/api/v1/projects/" + project + "/releases/1")
                            .expecting(200)
                            .body()
                            .get("paths"))
                    .hasSize(PATHS);
        }
    }

    @Test
    void answersTenCallersWithBodiesThatItRefuses() throws Exception {
        byte[] onlyText = padded("{\"note\": \"" + "x".repeat(MOST_BYTES - 100) + "\"}");
        byte[] tooMuch = new byte[8 << 20];
        byte[] tooManyParts = padded("{\"paths\": [" + "\"a\",".repeat(MOST_BYTES / 5) + "\"a\"]}");
        List<String> projects = projects("refused");

        List<Integer> answers = atOnce(IntStream.range(0, CALLERS)
                .<Supplier<Integer>>mapToObj(caller -> () -> repeatWhileOthersAreBefore(
                        projects.get(caller),
                        List.of(onlyText, tooManyParts, tooMuch).get(caller % 3)))
                .toList());

        assertThat(answers).containsExactly(400, 400, 413, 400, 400, 413, 400, 400, 413, 400);
        assertThat(slipway.controller().isReady()).isTrue();
    }

    @Test
    void callersWhoSendSlowlyKeepTheOthersWaitingForAWhileOnly() throws Exception {
        List<String> projects = projects("slow");
        byte[] large = padded(release(1, 10));
        try (ExecutorService slow = Executors.newFixedThreadPool(CALLERS - 2)) {
            List<Future<String>> heard = projects.stream()
                    .skip(2)
                    .map(project -> slow.submit(() -> sendSlowly(project, large)))
                    .toList();

            assertThat(post(projects.getFirst(), release(1, 10).getBytes(StandardCharsets.UTF_8))
                            .statusCode())
                    .as("a little one")
                    .isEqualTo(201);
            assertThat(repeatWhileOthersAreBefore(projects.get(1), large))
                    .as("a large one")
                    .isEqualTo(201);
            for (Future<String> answer : heard) {
                assertThat(answer.get()).matches("HTTP/1.1 (408|503) .*");
            }
        }
        assertThat(slipway.controller().isReady()).isTrue();
    }

    private static List<String> projects(String name) throws Exception {
        List<String> projects = IntStream.range(0, CALLERS)
                .mapToObj(caller -> name + "-" + caller)
                .toList();
        for (String project : projects) {
            HttpRequest request = HttpRequest.newBuilder(slipway.controller().uri("/api/v1/projects/" + project))
                    .header("Content-Type", "application/json")
                    .PUT(BodyPublishers.ofString(INVENTORY))
                    .build();
            assertThat(HTTP.send(request, BodyHandlers.discarding()).statusCode())
                    .isEqualTo(201);
        }
        return projects;
    }

    /** Of paths that have this length, and lie in directories of their own. */
    private static String release(int paths, int length) {
        // One letter that is not of Latin-1 makes a text of Java twice as large.
        String rest = "/" + "x".repeat(98) + "ł";
        return IntStream.range(0, paths)
                .mapToObj(
                        path -> ("%05d".formatted(path) + rest.repeat(length / rest.length() + 1)).substring(0, length))
                .collect(Collectors.joining("\",\"", "{\"start\": false, \"paths\": [\"", "\"]}"));
    }

    private static byte[] padded(String document) {
        byte[] body = Arrays.copyOf(document.getBytes(StandardCharsets.UTF_8), MOST_BYTES);
        Arrays.fill(body, document.getBytes(StandardCharsets.UTF_8).length, MOST_BYTES, (byte) ' ');
        return body;
    }

    /** What the caller heard in the end, who does what the answer says. */
    private static int repeatWhileOthersAreBefore(String project, byte[] body) {
        return Await.untilPresent(LONGEST, "an answer about " + project, () -> {
            HttpResponse<String> answer = post(project, body);
            if (answer.statusCode() != 503) {
                return Optional.of(answer.statusCode());
            }
            assertThat(answer.body()).contains("urn:slipway:problem:too-many-bodies");
            assertThat(answer.headers().firstValue("Retry-After")).hasValue("5");
            return Optional.empty();
        });
    }

    private static HttpResponse<String> post(String project, byte[] body) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        slipway.controller().uri("/api/v1/projects/" + project + "/releases"))
                .timeout(LONGEST)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException none) {
            throw new AssertionError("no answer about " + project, none);
        }
    }

    /** Sends all but a little of a body at once and then a byte at a time, until there is an answer; its first line. */
    private static String sendSlowly(String project, byte[] body) throws Exception {
        try (Socket caller =
                new Socket("127.0.0.1", slipway.controller().uri("/").getPort())) {
            caller.setSoTimeout((int) LONGEST.toMillis());
            OutputStream out = caller.getOutputStream();
            out.write("""
                    POST /api/v1/projects/%s/releases HTTP/1.1\r
                    Host: 127.0.0.1\r
                    Content-Type: application/json\r
                    Content-Length: %d\r
                    \r
                    """.formatted(project, body.length).getBytes(StandardCharsets.UTF_8));
            int most = body.length - (64 << 10);
            out.write(body, 0, most);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(caller.getInputStream(), StandardCharsets.UTF_8));
            for (int sent = most; sent < body.length && caller.getInputStream().available() == 0; sent++) {
                try {
                    out.write(body, sent, 1);
                } catch (SocketException answered) {
                    break;
                }
                Thread.sleep(50);
            }
            return in.readLine();
        }
    }

    /** What each caller heard in the end. */
    private static List<Integer> atOnce(List<Supplier<Integer>> callers) {
        try (ExecutorService threads = Executors.newFixedThreadPool(callers.size())) {
            List<CompletableFuture<Integer>> calls = callers.stream()
                    .map(caller -> CompletableFuture.supplyAsync(caller, threads))
                    .toList();
            return calls.stream().map(CompletableFuture::join).toList();
        }
    }
}
