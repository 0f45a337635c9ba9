package org.slipway.controller.body;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One page of something that may be long.
 *
 * @param items at most as many as were asked for
 * @param last the last one, {@code null} where no more follow
 */
public record Page<T>(List<T> items, @Nullable T last) {

    /** The page in what a query gave that asked for one more than {@code limit}. */
    public static <T> Page<T> of(List<T> found, int limit) {
        return found.size() <= limit
                ? new Page<>(List.copyOf(found), null)
                : new Page<>(List.copyOf(found.subList(0, limit)), found.get(limit - 1));
    }

    /** The items as callers see them. */
    public <V> List<V> map(Function<T, V> view) {
        return items.stream().map(view).toList();
    }

    /** The path of the next page, made from the last item of this one; {@code null} where none follows. */
    public @Nullable String next(Function<T, Links> link) {
        return last == null ? null : link.apply(last).toString();
    }
}
