package org.slipway.controller.body;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slipway.controller.problem.FieldError;
import org.slipway.controller.problem.Problem;

/**
 * Reads one object of a document field by field and collects everything that is wrong with it, so that a person mends it all at once.
 * A field that nobody asked for is wrong too. Nobody mends more than a hundred things at once: further ones are only hinted at.
 */
public final class StrictObject {
    private static final int MOST_ERRORS = 100;

    private final String prefix;
    private final JsonNode object;
    private final List<FieldError> errors;
    private final Set<String> known = new LinkedHashSet<>();

    private StrictObject(String prefix, JsonNode object, List<FieldError> errors) {
        this.prefix = prefix;
        this.object = object;
        this.errors = errors;
    }

    /** The whole document; one that is missing counts as an empty object. */
    public static StrictObject root(JsonNode document) {
        List<FieldError> errors = new ArrayList<>();
        if (!document.isObject() && !document.isMissingNode()) {
            errors.add(new FieldError("", "the document must be an object, not " + kind(document)));
        }
        return new StrictObject("", document, errors);
    }

    /** The path of a field in the document. */
    public String at(String field) {
        return prefix + field;
    }

    /** Notes that a field is wrong, unless more is wrong already than anybody reads. */
    public void error(String field, String message) {
        if (errors.size() < MOST_ERRORS) {
            errors.add(new FieldError(at(field), message));
        } else if (!full()) {
            errors.add(new FieldError("", "and more; mend these first"));
        }
    }

    private boolean full() {
        return errors.size() > MOST_ERRORS;
    }

    /** Every error so far, of the whole document. */
    public List<FieldError> errors() {
        return errors;
    }

    /** A text that may be missing; one that is not a text is noted and counts as missing. */
    public Optional<String> text(String field, int mostChars) {
        return present(field).flatMap(value -> text(field, value, mostChars));
    }

    /** A text that must be there and not be blank. */
    public Optional<String> requiredText(String field, int mostChars) {
        if (present(field).isEmpty()) {
            error(field, "is missing");
            return Optional.empty();
        }
        return text(field, mostChars).filter(value -> {
            if (value.isBlank()) {
                error(field, "is empty");
            }
            return !value.isBlank();
        });
    }

    /** A whole number that may be missing. */
    public Optional<Integer> integer(String field, int least, int most) {
        return present(field).flatMap(value -> {
            if (!value.isIntegralNumber()
                    || !value.canConvertToInt()
                    || value.intValue() < least
                    || value.intValue() > most) {
                error(field, "must be a whole number from %d to %d".formatted(least, most));
                return Optional.empty();
            }
            return Optional.of(value.intValue());
        });
    }

    /** A truth value that may be missing. */
    public Optional<Boolean> truth(String field) {
        return present(field).flatMap(value -> {
            if (!value.isBoolean()) {
                error(field, "must be true or false, not " + kind(value));
                return Optional.empty();
            }
            return Optional.of(value.booleanValue());
        });
    }

    /**
     * The texts of a list, each with its index; those that are no text are noted and left out. Empty where the field is missing.
     *
     * @param most how many there may be; of a longer list nothing is read
     * @param tooMany what is said of a longer one
     */
    public List<Item> texts(String field, int mostChars, int most, String tooMany) {
        List<Item> items = new ArrayList<>();
        list(field, most, tooMany).ifPresent(list -> {
            for (int i = 0; i < list.size() && !full(); i++) {
                String itemField = "%s[%d]".formatted(field, i);
                text(itemField, list.get(i), mostChars).ifPresent(value -> items.add(new Item(itemField, value)));
            }
        });
        return items;
    }

    /**
     * The objects of a list; those that are no object are noted and left out. Empty where the field is missing.
     *
     * @param most how many there may be; of a longer list nothing is read
     * @param tooMany what is said of a longer one
     */
    public List<StrictObject> objects(String field, int most, String tooMany) {
        List<StrictObject> items = new ArrayList<>();
        list(field, most, tooMany).ifPresent(list -> {
            for (int i = 0; i < list.size() && !full(); i++) {
                String itemField = "%s[%d]".formatted(field, i);
                if (list.get(i).isObject()) {
                    items.add(new StrictObject(at(itemField) + ".", list.get(i), errors));
                } else {
                    error(itemField, "must be an object, not " + kind(list.get(i)));
                }
            }
        });
        return items;
    }

    private Optional<JsonNode> list(String field, int most, String tooMany) {
        return present(field).filter(list -> {
            if (!list.isArray()) {
                error(field, "must be a list, not " + kind(list));
                return false;
            }
            if (list.size() > most) {
                error(field, tooMany);
                return false;
            }
            return true;
        });
    }

    /** Takes note of a field whose content does not matter. */
    public void tolerate(String field) {
        known.add(field);
    }

    /** Notes every field that was not asked for. */
    public void nothingElse() {
        object.fieldNames().forEachRemaining(field -> {
            if (!full() && !known.contains(field)) {
                error(
                        shown(field),
                        known.isEmpty()
                                ? "is not known here; nothing is asked for"
                                : "is not known here; known are " + String.join(", ", known));
            }
        });
    }

    /**
     * Ends the reading.
     *
     * @throws Problem {@code INVALID_DOCUMENT} that lists everything that was noted
     */
    public void requireNoErrors() {
        if (!errors.isEmpty()) {
            throw Problem.invalid(List.copyOf(errors));
        }
    }

    private Optional<JsonNode> present(String field) {
        known.add(field);
        return Optional.ofNullable(object.get(field)).filter(value -> !value.isNull());
    }

    private Optional<String> text(String field, JsonNode value, int mostChars) {
        if (!value.isTextual()) {
            error(
                    field,
                    "must be a text, not %s%s".formatted(kind(value), value.isValueNode() ? "; put it in quotes" : ""));
            return Optional.empty();
        }
        String text = value.textValue();
        if (text.length() > mostChars) {
            error(field, "is longer than %,d characters".formatted(mostChars));
            return Optional.empty();
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            error(field, "is not valid Unicode");
            return Optional.empty();
        }
        if (text.chars().anyMatch(c -> c < ' ' && c != '\n' && c != '\t' && c != '\r')) {
            error(field, "has a control character in it; leave it out");
            return Optional.empty();
        }
        return Optional.of(text);
    }

    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT, POJO -> "an object";
            case STRING, BINARY -> "a text";
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            case NULL, MISSING -> "nothing";
        };
    }

    /** At most 100 printable characters of something that a stranger sent. */
    public static String shown(String text) {
        String printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= 100 ? printable : printable.substring(0, 100) + "…";
    }

    /**
     * One text of a list.
     *
     * @param field its name in the object, such as {@code paths[3]}
     */
    public record Item(String field, String value) {}
}
