package org.slipway.controller.body;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One page of something that may be long.
 *
 * @param items at most as many as were asked for
 * @param last the last one, where more follow
 */
public record Page<T>(List<T> items, Optional<T> last) {

    /** The page in what a query gave that asked for one more than {@code limit}. */
    public static <T> Page<T> of(List<T> found, int limit) {
        return found.size() <= limit
                ? new Page<>(List.copyOf(found), Optional.empty())
                : new Page<>(List.copyOf(found.subList(0, limit)), Optional.of(found.get(limit - 1)));
    }

    /** The items as callers see them. */
    public <V> List<V> map(Function<T, V> view) {
        return items.stream().map(view).toList();
    }
}
