package org.slipway.model.message;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slipway.model.Service;

/** Reads one JSON object strictly: a field that is missing or of another shape is named, one that is not known is passed over. */
record Fields(String prefix, JsonNode object) {

    String text(String name) throws UnreadableEventException {
        JsonNode value = required(name);
        if (!value.isTextual()) {
            throw unreadable(name, "is not a text");
        }
        return value.textValue();
    }

    int integer(String name) throws UnreadableEventException {
        JsonNode value = required(name);
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw unreadable(name, "is not a whole number that fits in 32 bits");
        }
        return value.intValue();
    }

    @Nullable Integer integerOrNull(String name) throws UnreadableEventException {
        return required(name).isNull() ? null : integer(name);
    }

    long longInteger(String name) throws UnreadableEventException {
        JsonNode value = required(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw unreadable(name, "is not a whole number that fits in 64 bits");
        }
        return value.longValue();
    }

    Instant instant(String name) throws UnreadableEventException {
        String text = text(name);
        try {
            return Instant.parse(text);
        } catch (DateTimeException _) {
            throw unreadable(name, "'" + shown(text) + "' is not a time such as 2026-01-31T12:00:00Z");
        }
    }

    <S extends Enum<S>> S state(String name, Class<S> states) throws UnreadableEventException {
        String text = text(name);
        for (S state : states.getEnumConstants()) {
            if (state.name().equals(text)) {
                return state;
            }
        }
        throw unreadable(
                name, "'" + shown(text) + "' is not known here, only " + Arrays.toString(states.getEnumConstants()));
    }

    <S extends Enum<S>> @Nullable S stateOrNull(String name, Class<S> states) throws UnreadableEventException {
        return required(name).isNull() ? null : state(name, states);
    }

    Service service(String name) throws UnreadableEventException {
        String text = text(name);
        for (Service service : Service.values()) {
            if (service.wireName().equals(text)) {
                return service;
            }
        }
        throw unreadable(name, "'" + shown(text) + "' is no service that is known here");
    }

    Fields object(String name) throws UnreadableEventException {
        JsonNode value = required(name);
        if (!value.isObject()) {
            throw unreadable(name, "is not an object");
        }
        return new Fields(prefix + name + ".", value);
    }

    private JsonNode required(String name) throws UnreadableEventException {
        JsonNode value = object.get(name);
        if (value == null) {
            throw unreadable(name, "is missing");
        }
        return value;
    }

    private UnreadableEventException unreadable(String name, String why) {
        return new UnreadableEventException("the event's " + prefix + name + " " + why);
    }

    /** At most 100 printable characters of something that a stranger sent. */
    static String shown(String text) {
        String printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= 100 ? printable : printable.substring(0, 100) + "…";
    }
}
