package org.slipway.controller.body;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.problem.FieldError;
import org.slipway.controller.problem.Problem;
import org.slipway.controller.problem.ProblemType;
import org.slipway.model.RelativePath;

/** Reads query parameters as strictly as bodies. */
public final class Parameters {
    private static final long PAGE = 100;
    private static final long LARGEST_PAGE = 1_000;

    private Parameters() {}

    /** How many to show: from 1 to 1,000; 100 where the caller does not say. */
    public static int limit(@Nullable String text) {
        return number("limit", text, 1, LARGEST_PAGE).orElse(PAGE).intValue();
    }

    /** A whole number, 0 or more; empty where the caller does not say. */
    public static Optional<Long> number(String name, @Nullable String text) {
        return number(name, text, 0, Long.MAX_VALUE);
    }

    /** A text of this pattern; empty where the caller does not say. */
    public static Optional<String> matching(String name, @Nullable String text, Pattern pattern, String rule) {
        if (text != null && !pattern.matcher(text).matches()) {
            throw invalid(name, rule);
        }
        return Optional.ofNullable(text);
    }

    /** A path relative to the project directory; empty where the caller does not say. */
    public static Optional<RelativePath> path(String name, @Nullable String text) {
        try {
            return Optional.ofNullable(text).map(RelativePath::new);
        } catch (RelativePath.InvalidPathException e) {
            throw invalid(name, "is no path of a release: " + e.getMessage());
        }
    }

    /** One of these words, in any case; empty where the caller does not say. */
    public static <E extends Enum<E>> Optional<E> word(String name, @Nullable String text, Class<E> words) {
        if (text == null) {
            return Optional.empty();
        }
        for (E word : words.getEnumConstants()) {
            if (word.name().equalsIgnoreCase(text)) {
                return Optional.of(word);
            }
        }
        throw invalid(name, "must be one of " + List.of(words.getEnumConstants()));
    }

    /** Says that a parameter is not valid. */
    public static Problem invalid(String name, String message) {
        FieldError error = new FieldError(name, message);
        return Problem.of(ProblemType.INVALID_PARAMETER, error.toString()).with("errors", List.of(error));
    }

    private static Optional<Long> number(String name, @Nullable String text, long least, long most) {
        if (text == null) {
            return Optional.empty();
        }
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return Optional.of(number);
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw invalid(
                name,
                most == Long.MAX_VALUE
                        ? "must be a whole number, %d or more".formatted(least)
                        : "must be a whole number from %d to %d".formatted(least, most));
    }
}
