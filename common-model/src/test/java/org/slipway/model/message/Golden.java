package org.slipway.model.message;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;
import org.slipway.model.Service;

/** The events of the golden files. A file is never changed to please the code: consumers out there read what it says. */
final class Golden {

    static final Map<String, Event> ALL = Map.of(
            "release-created",
            new ReleaseTransitioned(
                    "shop",
                    1,
                    1,
                    null,
                    ReleaseState.CREATED,
                    Service.CONTROLLER,
                    "jane",
                    "",
                    0,
                    Instant.parse("2026-03-01T09:00:00Z")),
            "release-failed",
            new ReleaseTransitioned(
                    "shop",
                    41,
                    9,
                    ReleaseState.PRODUCTION_COPYING,
                    ReleaseState.PRODUCTION_FAILED,
                    Service.PROD_COORDINATOR,
                    "prod-coordinator-1",
                    "web3: no room, needs 12 MiB and has 4 MiB — free some \"soon\"",
                    2,
                    Instant.parse("2026-03-01T09:14:07.123456Z")),
            "server-registered",
            new ServerTransitioned(
                    "shop",
                    "web1",
                    null,
                    1,
                    null,
                    ServerState.IDLE,
                    Service.CONTROLLER,
                    "jane",
                    "registered",
                    0,
                    Instant.parse("2026-03-01T08:00:00Z")),
            "server-locked",
            new ServerTransitioned(
                    "shop",
                    "web1",
                    41,
                    1_234_567_890_123L,
                    ServerState.COPYING,
                    ServerState.LOCKED,
                    Service.SERVER_WORKER,
                    "server-worker-2",
                    "a worker took it",
                    1,
                    Instant.parse("2026-03-01T09:13:00.500Z")),
            "copy-progressed",
            new CopyProgressed(
                    "shop",
                    "web1",
                    41,
                    120,
                    880,
                    5_368_709_120L,
                    1,
                    Service.SERVER_WORKER,
                    2,
                    Instant.parse("2026-03-01T09:13:01Z")));

    private static final ObjectMapper JSON = new ObjectMapper();

    private Golden() {}

    static Event event(String file) {
        return Objects.requireNonNull(ALL.get(file), file);
    }

    static String text(String file) throws IOException {
        return resource("/golden/" + file + ".json");
    }

    /** The file without the white space between its tokens, its fields in their order. */
    static String onOneLine(String file) throws IOException {
        return JSON.writeValueAsString(JSON.readTree(text(file)));
    }

    static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(Golden.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
