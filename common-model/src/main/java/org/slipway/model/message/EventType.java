package org.slipway.model.message;

/** What stands around each kind of event: its CloudEvents type, its schema and its topic. */
enum EventType {
    RELEASE_TRANSITIONED("release", "transitioned", Topics.RELEASE_TRANSITIONS, ReleaseTransitioned.class),
    SERVER_TRANSITIONED("server", "transitioned", Topics.SERVER_TRANSITIONS, ServerTransitioned.class),
    COPY_PROGRESSED("copy", "progressed", Topics.COPY_PROGRESS, CopyProgressed.class);

    private final String thing;
    private final String happened;
    private final String topic;
    private final Class<? extends Event> event;

    EventType(String thing, String happened, String topic, Class<? extends Event> event) {
        this.thing = thing;
        this.happened = happened;
        this.topic = topic;
        this.event = event;
    }

    static EventType of(Event event) {
        return switch (event) {
            case ReleaseTransitioned _ -> RELEASE_TRANSITIONED;
            case ServerTransitioned _ -> SERVER_TRANSITIONED;
            case CopyProgressed _ -> COPY_PROGRESSED;
        };
    }

    static EventType ofWireName(String wireName) throws UnreadableEventException {
        for (EventType type : values()) {
            if (type.wireName().equals(wireName)) {
                return type;
            }
        }
        throw new UnreadableEventException("the event type '" + Fields.shown(wireName) + "' is not known here");
    }

    /** The CloudEvents {@code type}. */
    String wireName() {
        return "org.slipway." + thing + "." + happened + ".v1";
    }

    /** The CloudEvents {@code dataschema}, which is the {@code $id} of the schema. */
    String dataSchema() {
        return "urn:slipway:schema:" + thing + "-" + happened + ":v1";
    }

    /** Where the schema of the event's data lies on the class path. */
    String schemaResource() {
        return "schemas/" + thing + "-" + happened + ".v1.json";
    }

    String topic() {
        return topic;
    }

    Class<? extends Event> event() {
        return event;
    }
}
