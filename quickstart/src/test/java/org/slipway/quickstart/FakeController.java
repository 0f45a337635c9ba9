package org.slipway.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

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

    /** The file of one that has a release of the quick start, and says of it what no controller says. */
    static String ofNonsense() {
        ObjectNode known = JSON.createObjectNode();
        known.putObject("inventory");
        known.put("last", 1);
        ObjectNode release = known.putObject("1")
                .put("number", 1)
                .put("author", "quickstart")
                .put("state", "BETA_COPYING");
        release.putArray("transitions")
                .addObject()
                .put("id", 1)
                .put("to", "BETA_COPYING")
                .put("at", "yesterday");
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

    /** Takes a path out of the manifest, as if it had been overlooked. */
    void overlook(int number, String path) {
        ArrayNode seen = JSON.createArrayNode();
        release(number)
                .withArray("files")
                .valueStream()
                .filter(line -> !line.path("path").asText().equals(path))
                .forEach(seen::add);
        release(number).set("files", seen);
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
            // As the real one does, it reads what the caller says that it is.
            known.set("inventory", (type(exchange).equals(InventoryFile.JSON) ? JSON : YAML).readTree(body));
            known.put("text", new String(body, StandardCharsets.UTF_8));
            save();
            reply(exchange, 204, "");
        } else if (path.endsWith("/check")) {
            reply(exchange, 200, """
                    {"ok":false,"lines":[{"name":"tools","ok":true,"message":"all there"},
                      {"name":"project-directory","ok":false,"message":"the project directory is missing"}]}""");
        } else if (request.equals("POST /releases") && refuses("create")) {
            reply(exchange, 409, "{\"detail\":\"release 7 of ada is unfinished\"}");
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

    private static String type(HttpExchange exchange) {
        return exchange.getRequestHeaders().getFirst("Content-Type");
    }

    private void betaCopy(int number) throws IOException {
        if (!refuses("beta")) {
            Path development = directories("DEVELOPMENT").getFirst();
            copy(development, directories("BETA").getFirst());
            release(number).set("files", manifest(development));
        }
        move(number, "BETA_COPYING", refuses("beta") ? "BETA_COPY_FAILED" : "BETA_COPIED", "beta-worker");
    }

    private void production(int number, String from) throws IOException {
        move(number, from, "PRODUCTION_REQUESTED", "controller");
        if (refuses("production")) {
            move(number, "PRODUCTION_REQUESTED", "PRODUCTION_FAILED", "prod-coordinator");
            return;
        }
        Path beta = directories("BETA").getFirst();
        for (JsonNode server : known.path("inventory").path("servers")) {
            String directory = server.path("projectDirectory").asText();
            if (server.path("role").asText().equals("BUSINESS")) {
                if (server.has("backupFile")) {
                    String file = server.path("backupFile").asText();
                    run("tar", "czf", file, "-C", directory, ".");
                    release(number).putObject("backup").put("file", file).set("server", server.path("name"));
                }
                copy(beta, Path.of(directory));
            }
        }
        move(number, "PRODUCTION_REQUESTED", "COMPLETED", "prod-coordinator");
    }

    private List<Path> directories(String role) {
        return known.path("inventory")
                .path("servers")
                .valueStream()
                .filter(server -> server.path("role").asText().equals(role))
                .map(server -> Path.of(server.path("projectDirectory").asText()))
                .toList();
    }

    private void copy(Path from, Path to) throws IOException {
        for (JsonNode path : known.path("paths")) {
            run("cp", "-a", from.resolve(path.asText()).toString(), to.toString());
        }
    }

    private ArrayNode manifest(Path root) throws IOException {
        ArrayNode lines = JSON.createArrayNode();
        for (JsonNode path : known.path("paths")) {
            try (Stream<Path> found = Files.walk(root.resolve(path.asText()))) {
                for (Path each : found.sorted().toList()) {
                    lines.add(line(root, each));
                }
            }
        }
        return lines;
    }

    private static ObjectNode line(Path root, Path path) throws IOException {
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        ObjectNode line = JSON.createObjectNode()
                .put("path", root.relativize(path).toString())
                .put("mode", "%04o".formatted(mode & 01777))
                .put(
                        "modified",
                        Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS)
                                .toString());
        if (Files.isSymbolicLink(path)) {
            return line.put("type", "SYMLINK")
                    .put("linkTarget", Files.readSymbolicLink(path).toString());
        }
        if (Files.isDirectory(path)) {
            return line.put("type", "DIRECTORY");
        }
        String[] hash = run("sha256sum", "--", path.toString()).split(" ", 2);
        return line.put("type", "FILE").put("sizeBytes", Files.size(path)).put("sha256", hash[0].replace("\\", ""));
    }

    private static String run(String... command) throws IOException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + said);
            }
            return said;
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
        if (path.equals("/api/v1/projects/demo")) {
            reply(exchange, 200, known.path("inventory").toString());
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
            page(exchange, path, "transitions", release.withArray("transitions"));
        } else if (path.endsWith("/files")) {
            page(exchange, path, "files", release.withArray("files"));
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
    private static void page(HttpExchange exchange, String path, String field, JsonNode all) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        int after = query.startsWith("after=") ? Integer.parseInt(query.substring("after=".length())) : 0;
        ObjectNode page = JSON.createObjectNode();
        var items = page.putArray(field);
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
