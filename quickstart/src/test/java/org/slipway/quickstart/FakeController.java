package org.slipway.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The controller's REST interface as the quick start uses it, with the copy done by {@code cp} at the moment it is asked
 * for. What it knows is in a file, so that another process can go on with it.
 */
final class FakeController implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String REFUSED = "refused";

    private final HttpServer server;
    private final Path file;
    private final ObjectNode known;
    final List<String> requests = new ArrayList<>();

    private FakeController(HttpServer server, Path file, ObjectNode known) {
        this.server = server;
        this.file = file;
        this.known = known;
    }

    static FakeController start(int port, Path file) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 0);
        ObjectNode known =
                Files.exists(file) ? (ObjectNode) JSON.readTree(Files.readString(file)) : JSON.createObjectNode();
        FakeController controller = new FakeController(server, file, known);
        server.createContext("/", controller::answer);
        server.start();
        return controller;
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** From now on that request ends in the failed state, or is refused. */
    void fail(String what) {
        known.withArray(REFUSED).add(what);
    }

    /** The file of one that does so from its start. */
    static String failing(String what) {
        ObjectNode known = JSON.createObjectNode();
        known.withArray(REFUSED).add(what);
        return known.toString();
    }

    private boolean refuses(String what) {
        return known.path(REFUSED).valueStream().anyMatch(name -> name.asText().equals(what));
    }

    void heal() {
        known.remove(REFUSED);
    }

    /** Puts a release there as an earlier run would have left it. */
    void leave(int number, String state) {
        release(number).put("state", state);
    }

    /** Puts a release there that a user made. */
    void leaveOfUser(int number, String state) {
        known.put("last", number);
        release(number).put("number", number).put("author", "ada").put("state", state);
    }

    private ObjectNode release(int number) {
        return known.withObject("/" + number);
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (path.equals("/q/health/ready")) {
            reply(exchange, 200, "{}");
            return;
        }
        String request = exchange.getRequestMethod() + " " + path.replaceFirst("^/api/v1/projects/demo", "");
        if (exchange.getRequestMethod().equals("GET")) {
            get(exchange, path);
            return;
        }
        requests.add(request);
        if (exchange.getRequestMethod().equals("POST")
                && exchange.getRequestHeaders().getFirst("Idempotency-Key") == null) {
            reply(exchange, 400, "{\"detail\":\"no Idempotency-Key\"}");
        } else if (request.equals("PUT ") && refuses("register")) {
            reply(exchange, 409, """
                    {"detail":"2 things are wrong; 'errors' names each.","errors":[
                      {"field":"servers[0].role","message":"must be a role"},{"field":"servers[1].host","message":"is missing"}]}""");
        } else if (request.equals("PUT ")) {
            known.set("inventory", YAML.readTree(body));
            save();
            reply(exchange, 204, "");
        } else if (request.equals("POST /releases")) {
            int number = known.path("last").asInt() + 1;
            known.put("last", number);
            known.set("paths", JSON.readTree(body).path("paths"));
            release(number).set("author", JSON.readTree(body).path("author"));
            move(number, "CREATED", "BETA_COPYING", "controller");
            betaCopy(number);
            exchange.getResponseHeaders().add("Location", path + "/" + number);
            reply(exchange, 201, "{}");
        } else {
            int number = Integer.parseInt(path.replaceAll(".*/releases/(\\d+)/.*", "$1"));
            post(exchange, number, path.substring(path.lastIndexOf('/') + 1));
        }
    }

    private void post(HttpExchange exchange, int number, String verb) throws IOException {
        if (refuses(verb)) {
            reply(exchange, 409, "{\"title\":\"Conflict\",\"detail\":\"no business server has a backup file\"}");
            return;
        }
        switch (verb) {
            case "promote" -> production(number, "BETA_COPIED");
            case "retry" -> {
                if (release(number).path("state").asText().startsWith("BETA")) {
                    move(number, "BETA_COPY_FAILED", "BETA_COPYING", "controller");
                    betaCopy(number);
                } else {
                    production(number, "PRODUCTION_FAILED");
                }
            }
            default -> throw new IOException("no such thing: " + verb);
        }
        reply(exchange, 202, "");
    }

    private void betaCopy(int number) throws IOException {
        move(number, "BETA_COPYING", refuses("beta") ? "BETA_COPY_FAILED" : "BETA_COPIED", "beta-worker");
    }

    private void production(int number, String from) throws IOException {
        move(number, from, "PRODUCTION_REQUESTED", "controller");
        if (refuses("production")) {
            move(number, "PRODUCTION_REQUESTED", "PRODUCTION_FAILED", "prod-coordinator");
            return;
        }
        String source = null;
        for (JsonNode server : known.path("inventory").path("servers")) {
            String directory = server.path("projectDirectory").asText();
            if (server.path("role").asText().equals("DEVELOPMENT")) {
                source = directory;
            } else if (server.path("role").asText().equals("BUSINESS")) {
                if (server.has("backupFile")) {
                    run("tar", "czf", server.path("backupFile").asText(), "-C", directory, ".");
                }
                for (JsonNode path : known.path("paths")) {
                    run("cp", "-a", source + "/" + path.asText(), directory);
                }
            }
        }
        move(number, "PRODUCTION_REQUESTED", "COMPLETED", "prod-coordinator");
    }

    private static void run(String... command) throws IOException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + said);
            }
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        }
    }

    private void move(int number, String from, String to, String actor) throws IOException {
        release(number).put("number", number).put("state", to);
        release(number)
                .withArray("transitions")
                .addObject()
                .put("id", number * 1000 + release(number).path("transitions").size())
                .put("from", from)
                .put("to", to)
                .put("actor", actor)
                .put("reason", "it was time")
                .put("at", "2026-01-01T10:00:00.123456Z");
        save();
    }

    private void save() throws IOException {
        Files.writeString(file, known.toString());
    }

    private void get(HttpExchange exchange, String path) throws IOException {
        if (path.endsWith("/releases") && !known.has("inventory")) {
            reply(exchange, 404, "{\"detail\":\"there is no project demo\"}");
            return;
        }
        if (path.endsWith("/releases")) {
            ObjectNode page = JSON.createObjectNode();
            var items = page.putArray("releases");
            if (known.has("last")) {
                items.add(release(known.path("last").asInt()));
            }
            reply(exchange, 200, page.toString());
            return;
        }
        ObjectNode release = release(Integer.parseInt(path.replaceAll(".*/releases/(\\d+).*", "$1")));
        if (path.endsWith("/transitions")) {
            page(exchange, path, release.withArray("transitions"));
        } else if (path.endsWith("/journal")) {
            reply(
                    exchange,
                    200,
                    "{\"entries\":[{\"server\":\"beta\",\"path\":\"assets\",\"message\":\"is missing on development\"}]}");
        } else {
            reply(exchange, 200, release.toString());
        }
    }

    /** Two at a time, so that there are several pages. */
    private static void page(HttpExchange exchange, String path, JsonNode all) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        int after = query.startsWith("after=") ? Integer.parseInt(query.substring("after=".length())) : 0;
        ObjectNode page = JSON.createObjectNode();
        var items = page.putArray("transitions");
        for (int i = after; i < Math.min(after + 2, all.size()); i++) {
            items.add(all.get(i));
        }
        if (after + 2 < all.size()) {
            page.put("next", path + "?after=" + (after + 2));
        }
        reply(exchange, 200, page.toString());
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
