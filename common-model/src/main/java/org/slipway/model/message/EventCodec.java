package org.slipway.model.message;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;
import org.slipway.model.Service;

/**
 * Events as CloudEvents 1.0 in structured JSON, one object per record, UTF-8.
 *
 * <p>A transition has the same id every time it is sent, so whoever sees it twice can tell. Schemas only gain fields: fields
 * that are not known are passed over, fields that are known must be there. Safe for use by many threads.
 */
public final class EventCodec {

    private static final String SPEC_VERSION = "1.0";

    private final ObjectMapper json = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Supplier<UUID> progressIds;

    public EventCodec() {
        this(UUID::randomUUID);
    }

    EventCodec(Supplier<UUID> progressIds) {
        this.progressIds = progressIds;
    }

    /** The Kafka key: the project for a release, {@code project/server} for a server and its progress. */
    public static String key(Event event) {
        return switch (event) {
            case ReleaseTransitioned e -> e.project();
            case ServerTransitioned e -> e.project() + "/" + e.server();
            case CopyProgressed e -> e.project() + "/" + e.server();
        };
    }

    /** The topic that carries this event. */
    public static String topic(Event event) {
        return EventType.of(event).topic();
    }

    /** The event as a CloudEvents JSON object on one line. */
    public String encode(Event event) {
        EventType type = EventType.of(event);
        ObjectNode envelope = json.createObjectNode()
                .put("specversion", SPEC_VERSION)
                .put("id", id(event))
                .put("source", "/slipway/" + source(event).wireName())
                .put("type", type.wireName())
                .put("subject", subject(event))
                .put("time", event.at().toString())
                .put("datacontenttype", "application/json")
                .put("dataschema", type.dataSchema());
        envelope.set("data", data(event));
        try {
            return json.writeValueAsString(envelope);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts and numbers could not be written as JSON", e);
        }
    }

    /**
     * The event that the JSON holds.
     *
     * @throws UnreadableEventException when it is not JSON, not CloudEvents 1.0, of a type that is not known here, or
     *     lacks a field or has an unknown value in one; the message names it
     */
    public Event decode(String text) throws UnreadableEventException {
        Fields envelope = new Fields("", parse(text));
        String specVersion = envelope.text("specversion");
        if (!specVersion.equals(SPEC_VERSION)) {
            throw new UnreadableEventException("the event is CloudEvents '" + Fields.shown(specVersion) + "', only "
                    + SPEC_VERSION + " is understood here");
        }
        if (envelope.text("id").isEmpty() || envelope.text("source").isEmpty()) {
            throw new UnreadableEventException("the event's id or source is empty");
        }
        EventType type = EventType.ofWireName(envelope.text("type"));
        Fields data = envelope.object("data");
        try {
            return switch (type) {
                case RELEASE_TRANSITIONED -> releaseTransitioned(data);
                case SERVER_TRANSITIONED -> serverTransitioned(data);
                case COPY_PROGRESSED -> copyProgressed(data);
            };
        } catch (IllegalArgumentException e) {
            throw new UnreadableEventException("the event's data is impossible: " + Fields.shown("" + e.getMessage()));
        }
    }

    private JsonNode parse(String text) throws UnreadableEventException {
        JsonNode node;
        try {
            node = json.readTree(text);
        } catch (JsonProcessingException e) {
            throw new UnreadableEventException("the record is not JSON: " + Fields.shown(e.getOriginalMessage()));
        }
        if (!node.isObject()) {
            throw new UnreadableEventException("the record is not a JSON object");
        }
        return node;
    }

    private String id(Event event) {
        return switch (event) {
            case ReleaseTransitioned e -> "release/" + subject(e) + "/" + e.sequence();
            case ServerTransitioned e -> "server/" + subject(e) + "/" + e.sequence();
            case CopyProgressed _ -> progressIds.get().toString();
        };
    }

    private static String subject(Event event) {
        return switch (event) {
            case ReleaseTransitioned e -> e.project() + "/" + e.release();
            case ServerTransitioned e -> e.project() + "/" + e.server();
            case CopyProgressed e -> e.project() + "/" + e.server();
        };
    }

    private static Service source(Event event) {
        return switch (event) {
            case ReleaseTransitioned e -> e.service();
            case ServerTransitioned e -> e.service();
            case CopyProgressed e -> e.service();
        };
    }

    private ObjectNode data(Event event) {
        ObjectNode data = json.createObjectNode();
        return switch (event) {
            case ReleaseTransitioned e ->
                data.put("project", e.project())
                        .put("release", e.release())
                        .put("sequence", e.sequence())
                        .put("from", nameOf(e.from()))
                        .put("to", e.to().name())
                        .put("service", e.service().wireName())
                        .put("actor", e.actor())
                        .put("reason", e.reason())
                        .put("attempt", e.attempt())
                        .put("at", e.at().toString());
            case ServerTransitioned e ->
                data.put("project", e.project())
                        .put("server", e.server())
                        .put("release", e.release())
                        .put("sequence", e.sequence())
                        .put("from", nameOf(e.from()))
                        .put("to", e.to().name())
                        .put("service", e.service().wireName())
                        .put("actor", e.actor())
                        .put("reason", e.reason())
                        .put("attempt", e.attempt())
                        .put("at", e.at().toString());
            case CopyProgressed e ->
                data.put("project", e.project())
                        .put("server", e.server())
                        .put("release", e.release())
                        .put("filesDone", e.filesDone())
                        .put("filesToDo", e.filesToDo())
                        .put("bytesDone", e.bytesDone())
                        .put("bytesToDo", e.bytesToDo())
                        .put("service", e.service().wireName())
                        .put("attempt", e.attempt())
                        .put("at", e.at().toString());
        };
    }

    private static @Nullable String nameOf(@Nullable Enum<?> state) {
        return state == null ? null : state.name();
    }

    private static ReleaseTransitioned releaseTransitioned(Fields data) throws UnreadableEventException {
        return new ReleaseTransitioned(
                data.text("project"),
                data.integer("release"),
                data.longInteger("sequence"),
                data.stateOrNull("from", ReleaseState.class),
                data.state("to", ReleaseState.class),
                data.service("service"),
                data.text("actor"),
                data.text("reason"),
                data.integer("attempt"),
                data.instant("at"));
    }

    private static ServerTransitioned serverTransitioned(Fields data) throws UnreadableEventException {
        return new ServerTransitioned(
                data.text("project"),
                data.text("server"),
                data.integerOrNull("release"),
                data.longInteger("sequence"),
                data.stateOrNull("from", ServerState.class),
                data.state("to", ServerState.class),
                data.service("service"),
                data.text("actor"),
                data.text("reason"),
                data.integer("attempt"),
                data.instant("at"));
    }

    private static CopyProgressed copyProgressed(Fields data) throws UnreadableEventException {
        return new CopyProgressed(
                data.text("project"),
                data.text("server"),
                data.integer("release"),
                data.longInteger("filesDone"),
                data.longInteger("filesToDo"),
                data.longInteger("bytesDone"),
                data.longInteger("bytesToDo"),
                data.service("service"),
                data.integer("attempt"),
                data.instant("at"));
    }
}
