package org.slipway.model.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;
import org.slipway.model.Service;

class EventCodecTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final EventCodec codec = new EventCodec(() -> new UUID(0, 1));

    static Stream<Arguments> golden() {
        return Golden.ALL.entrySet().stream().map(e -> Arguments.of(e.getKey(), e.getValue()));
    }

    @ParameterizedTest
    @MethodSource("golden")
    void writesWhatTheGoldenFileSays(String file, Event event) throws Exception {
        assertThat(codec.encode(event)).isEqualTo(Golden.onOneLine(file));
    }

    @ParameterizedTest
    @MethodSource("golden")
    void readsWhatTheGoldenFileSays(String file, Event event) throws Exception {
        assertThat(codec.decode(Golden.text(file))).isEqualTo(event);
    }

    @Test
    void theSameTransitionHasTheSameIdAndProgressNever() throws Exception {
        EventCodec shipped = new EventCodec();
        Event progress = Golden.event("copy-progressed");
        Event transition = Golden.event("server-locked");

        assertThat(shipped.encode(transition)).isEqualTo(shipped.encode(transition));
        assertThat(JSON.readTree(shipped.encode(progress)).get("id"))
                .isNotEqualTo(JSON.readTree(shipped.encode(progress)).get("id"));
    }

    @Test
    void keysKeepTheTransitionsOfOneThingTogether() {
        assertThat(EventCodec.key(Golden.event("release-created"))).isEqualTo("shop");
        assertThat(EventCodec.key(Golden.event("server-locked"))).isEqualTo("shop/web1");
        assertThat(EventCodec.key(Golden.event("copy-progressed"))).isEqualTo("shop/web1");
    }

    @Test
    void everyEventHasItsTopic() {
        assertThat(EventCodec.topic(Golden.event("release-created"))).isEqualTo(Topics.RELEASE_TRANSITIONS);
        assertThat(EventCodec.topic(Golden.event("server-locked"))).isEqualTo(Topics.SERVER_TRANSITIONS);
        assertThat(EventCodec.topic(Golden.event("copy-progressed"))).isEqualTo(Topics.COPY_PROGRESS);
        assertThat(Topics.all())
                .containsExactly(
                        "slipway.release.transitions",
                        "slipway.server.transitions",
                        "slipway.copy.progress",
                        "slipway.dead-letters");
    }

    @Test
    void carriesEveryStateAndService() throws Exception {
        for (ReleaseState state : ReleaseState.values()) {
            for (Service service : Service.values()) {
                Event event =
                        new ReleaseTransitioned("shop", 1, 2, state, state, service, "jane", "", 0, Instant.EPOCH);
                assertThat(codec.decode(codec.encode(event))).isEqualTo(event);
            }
        }
        for (ServerState state : ServerState.values()) {
            Event event = new ServerTransitioned(
                    "shop", "web1", 1, 2, state, state, Service.SERVER_WORKER, "w", "", 0, Instant.EPOCH);
            assertThat(codec.decode(codec.encode(event))).isEqualTo(event);
        }
    }

    @Test
    void carriesEveryCharacterOfAReason() throws Exception {
        String reason = "\"quoted\" \\ \n\t\u0000 ü 日本 🚢 \u2028";
        Event event = new ReleaseTransitioned(
                "shop", 1, 1, null, ReleaseState.CREATED, Service.CONTROLLER, "jäne", reason, 0, Instant.EPOCH);

        String encoded = codec.encode(event);

        assertThat(encoded).doesNotContain("\n");
        assertThat(codec.decode(encoded)).isEqualTo(event);
    }

    @Test
    void passesOverFieldsThatItDoesNotKnow() throws Exception {
        ObjectNode event = (ObjectNode) JSON.readTree(Golden.text("release-failed"));
        event.put("traceparent", "00-1-1-00");
        ((ObjectNode) event.get("data")).putObject("later").put("field", 1);

        assertThat(codec.decode(event.toString())).isEqualTo(Golden.event("release-failed"));
    }

    @Test
    void readsATimeOfAnyOffset() throws Exception {
        ObjectNode event = (ObjectNode) JSON.readTree(Golden.text("copy-progressed"));
        ((ObjectNode) event.get("data")).put("at", "2026-03-01T11:13:01+02:00");

        assertThat(codec.decode(event.toString()).at()).isEqualTo("2026-03-01T09:13:01Z");
    }

    private static Arguments broken(String message, String field, Consumer<ObjectNode> damage) {
        return Arguments.of(message, field, damage);
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                broken("the event's specversion is missing", "", e -> e.remove("specversion")),
                broken("the event's specversion is not a text", "", e -> e.put("specversion", 1.0)),
                broken(
                        "the event is CloudEvents '0.3', only 1.0 is understood here",
                        "",
                        e -> e.put("specversion", "0.3")),
                broken("the event's id is missing", "", e -> e.remove("id")),
                broken("the event's id or source is empty", "", e -> e.put("id", "")),
                broken("the event's source is missing", "", e -> e.remove("source")),
                broken("the event's id or source is empty", "", e -> e.put("source", "")),
                broken("the event's type is missing", "", e -> e.remove("type")),
                broken(
                        "the event type 'org.slipway.server.transitioned.v2' is not known here",
                        "",
                        e -> e.put("type", "org.slipway.server.transitioned.v2")),
                broken("the event type 'a?[31mb' is not known here", "", e -> e.put("type", "a\u001b[31mb")),
                broken("the event's data is missing", "", e -> e.remove("data")),
                broken("the event's data is not an object", "", e -> e.put("data", "{}")),
                broken("the event's data.project is missing", "data", d -> d.remove("project")),
                broken("the event's data.project is not a text", "data", d -> d.put("project", 7)),
                broken("the event's data is impossible: project is empty", "data", d -> d.put("project", " ")),
                broken(
                        "the event's data is impossible: project 'a/b' has a slash in it",
                        "data",
                        d -> d.put("project", "a/b")),
                broken(
                        "the event's data is impossible: server 'a/b' has a slash in it",
                        "data",
                        d -> d.put("server", "a/b")),
                broken("the event's data.release is missing", "data", d -> d.remove("release")),
                broken(
                        "the event's data.release is not a whole number that fits in 32 bits",
                        "data",
                        d -> d.put("release", "41")),
                broken(
                        "the event's data.release is not a whole number that fits in 32 bits",
                        "data",
                        d -> d.put("release", 1L << 31)),
                broken(
                        "the event's data is impossible: release is 0, and must be at least 1",
                        "data",
                        d -> d.put("release", 0)),
                broken(
                        "the event's data.sequence is not a whole number that fits in 64 bits",
                        "data",
                        d -> d.put("sequence", 1.5)),
                broken(
                        "the event's data is impossible: sequence is 0, and must be at least 1",
                        "data",
                        d -> d.put("sequence", 0)),
                broken(
                        "the event's data is impossible: attempt is -1, and must be at least 0",
                        "data",
                        d -> d.put("attempt", -1)),
                broken("the event's data.from is missing", "data", d -> d.remove("from")),
                broken(
                        "the event's data.from 'FLYING' is not known here, only [IDLE, COPYING, LOCKED, ERROR]",
                        "data",
                        d -> d.put("from", "FLYING")),
                broken("the event's data.to is not a text", "data", d -> d.putNull("to")),
                broken(
                        "the event's data.to 'locked' is not known here, only [IDLE, COPYING, LOCKED, ERROR]",
                        "data",
                        d -> d.put("to", "locked")),
                broken(
                        "the event's data.service 'SERVER_WORKER' is no service that is known here",
                        "data",
                        d -> d.put("service", "SERVER_WORKER")),
                broken("the event's data.actor is missing", "data", d -> d.remove("actor")),
                broken("the event's data.reason is not a text", "data", d -> d.putNull("reason")),
                broken(
                        "the event's data.at 'yesterday' is not a time such as 2026-01-31T12:00:00Z",
                        "data",
                        d -> d.put("at", "yesterday")));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void namesWhatIsWrongWithAnEvent(String message, String field, Consumer<ObjectNode> damage) throws Exception {
        ObjectNode event = (ObjectNode) JSON.readTree(Golden.text("server-locked"));
        damage.accept(field.isEmpty() ? event : (ObjectNode) event.get(field));

        assertThatThrownBy(() -> codec.decode(event.toString()))
                .isInstanceOf(UnreadableEventException.class)
                .hasMessage(message);
    }

    @Test
    void missesEveryFieldOfEveryEvent() throws Exception {
        for (String file : Golden.ALL.keySet()) {
            JsonNode whole = JSON.readTree(Golden.text(file));
            for (String field : whole.get("data").properties().stream()
                    .map(Map.Entry::getKey)
                    .toList()) {
                ObjectNode event = whole.deepCopy();
                ((ObjectNode) event.get("data")).remove(field);

                assertThatThrownBy(() -> codec.decode(event.toString()))
                        .isInstanceOf(UnreadableEventException.class)
                        .hasMessage("the event's data." + field + " is missing");
            }
        }
    }

    static final List<String> NO_OBJECTS = List.of("", "null", "[]", "7", "\"text\"");

    @ParameterizedTest
    @FieldSource("NO_OBJECTS")
    void refusesJsonThatIsNoObject(String record) {
        assertThatThrownBy(() -> codec.decode(record))
                .isInstanceOf(UnreadableEventException.class)
                .hasMessage("the record is not a JSON object");
    }

    static final List<String> NO_JSON =
            List.of("{", "hello", "{\"a\":1}}", "{\"a\":1,\"a\":2}", "[".repeat(100_000), "\u0000");

    @ParameterizedTest
    @FieldSource("NO_JSON")
    void refusesWhatIsNotJsonInOneSentence(String record) {
        assertThatThrownBy(() -> codec.decode(record))
                .isInstanceOf(UnreadableEventException.class)
                .hasMessageStartingWith("the record is not JSON: ")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200).doesNotContain("\n"));
    }
}
