package org.slipway.controller.journal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slipway.model.Journal;
import org.slipway.persistence.journal.JournalEntry;

/**
 * A page of a journal.
 *
 * @param next path of the next page, if there is one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JournalView(List<Entry> entries, @Nullable String next) {

    /**
     * One thing that went wrong.
     *
     * @param kind a stable name of what happened, such as {@code HOST_KEY_CHANGED}
     * @param message what happened and what to do
     * @param retryHelps whether the same again, with nothing done by a person, may succeed; otherwise the message says what to do before a retry
     * @param attempt the attempt of the release
     * @param tryNumber which try of that attempt it was, if it is about one: Slipway tries again by itself where that can help
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Entry(
            long id,
            Journal journal,
            int release,
            @Nullable String server,
            @Nullable String path,
            String kind,
            String message,
            boolean retryHelps,
            int attempt,
            @JsonProperty("try") @Nullable Integer tryNumber,
            @Nullable Instant at) {

        /** An entry about the release of that number. */
        public static Entry of(JournalEntry entry, int release) {
            return new Entry(
                    entry.id(),
                    entry.journal(),
                    release,
                    entry.server().orElse(null),
                    entry.path().orElse(null),
                    entry.kind(),
                    entry.message(),
                    entry.retryHelps(),
                    entry.attempt(),
                    entry.tryNumber().orElse(null),
                    entry.at().orElse(null));
        }
    }
}
