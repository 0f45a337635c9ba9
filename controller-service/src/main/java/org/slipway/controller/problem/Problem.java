package org.slipway.controller.problem;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A refusal that the caller is told of. It ends the use case, and with it the transaction: nothing has changed. */
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ProblemType type;
    private final transient Map<String, Object> extensions;

    private Problem(ProblemType type, String detail, Map<String, Object> extensions) {
        super(detail, null, false, false);
        this.type = type;
        this.extensions = extensions;
    }

    /**
     * A problem.
     *
     * @param detail what is wrong in this case, and what to do
     */
    public static Problem of(ProblemType type, String detail) {
        return new Problem(type, detail, Map.of());
    }

    /** Everything that is wrong with what the caller sent. */
    public static Problem invalid(List<FieldError> errors) {
        String detail = errors.size() == 1
                ? errors.getFirst().toString()
                : "%d things are wrong; 'errors' names each.".formatted(errors.size());
        return of(ProblemType.INVALID_DOCUMENT, detail).with("errors", List.copyOf(errors));
    }

    /** The same with one more member. */
    public Problem with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(extensions);
        more.put(name, value);
        return new Problem(type, detail(), more);
    }

    public ProblemType type() {
        return type;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }

    /** What is wrong with what the caller sent, one by one; empty where the problem is another. */
    public List<?> errors() {
        return extensions.get("errors") instanceof List<?> errors ? errors : List.of();
    }

    Map<String, Object> extensions() {
        return extensions;
    }
}
