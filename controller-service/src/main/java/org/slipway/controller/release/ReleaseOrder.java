package org.slipway.controller.release;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedCollection;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.body.StrictObject;
import org.slipway.model.RelativePath;
import org.slipway.persistence.release.Releases;

/**
 * What a caller wants to release.
 *
 * @param paths as given, without those that are named twice or lie inside another one of them
 * @param date {@code null} for today
 * @param start whether it is copied to beta at once
 */
record ReleaseOrder(List<RelativePath> paths, @Nullable LocalDate date, String author, String note, boolean start) {
    /** No path has it in it. */
    private static final char NOTHING_IS_BEFORE_THIS = 0;

    private static final int MOST_AUTHOR_CHARS = 200;
    private static final int MOST_NOTE_CHARS = 10_000;

    static ReleaseOrder read(JsonNode document) {
        StrictObject object = StrictObject.root(document);
        List<RelativePath> paths = paths(object);
        LocalDate date =
                object.text("date", 100).flatMap(text -> date(object, text)).orElse(null);
        String author = object.text("author", MOST_AUTHOR_CHARS)
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .orElse("api");
        String note = object.text("note", MOST_NOTE_CHARS).orElse("");
        boolean start = object.truth("start").orElse(true);
        object.nothingElse();
        object.requireNoErrors();
        return new ReleaseOrder(paths, date, author, note, start);
    }

    private static List<RelativePath> paths(StrictObject object) {
        List<RelativePath> paths = new ArrayList<>();
        int errorsBefore = object.errors().size();
        List<StrictObject.Item> given = object.texts(
                "paths",
                RelativePath.MAX_BYTES + 2,
                Releases.MOST_PATHS,
                "may have at most %,d paths; name a directory above them".formatted(Releases.MOST_PATHS));
        for (StrictObject.Item item : given) {
            try {
                paths.add(RelativePath.ofUserInput(item.value()));
            } catch (RelativePath.InvalidPathException e) {
                object.error(item.field(), String.valueOf(e.getMessage()));
            }
        }
        if (object.errors().size() > errorsBefore) {
            return List.of();
        }
        if (given.isEmpty()) {
            object.error("paths", "must name at least one file or directory of the project directory");
        }
        return withoutNested(paths);
    }

    /**
     * A path inside another one is released with it: kept twice it would only be looked at twice. Sorted with the slash before every other
     * character, what lies in a directory comes right behind it; to look for each directory above each path would take minutes for long ones.
     */
    static List<RelativePath> withoutNested(SequencedCollection<RelativePath> paths) {
        Set<String> outermost = new HashSet<>();
        String above = "";
        for (String key : new TreeSet<>(
                paths.stream().map(path -> slashFirst(path.value())).toList())) {
            if (above.isEmpty() || !key.startsWith(above)) {
                outermost.add(key);
                above = key + NOTHING_IS_BEFORE_THIS;
            }
        }
        return paths.stream()
                .distinct()
                .filter(path -> outermost.contains(slashFirst(path.value())))
                .toList();
    }

    private static String slashFirst(String path) {
        return path.replace('/', NOTHING_IS_BEFORE_THIS);
    }

    private static Optional<LocalDate> date(StrictObject object, String text) {
        try {
            LocalDate date = LocalDate.parse(text);
            if (date.getYear() < 1970 || date.getYear() > 9999) {
                object.error("date", "must lie between 1970 and 9999");
            }
            return Optional.of(date);
        } catch (DateTimeException _) {
            object.error("date", "must be a date such as 2026-01-31");
            return Optional.empty();
        }
    }
}
