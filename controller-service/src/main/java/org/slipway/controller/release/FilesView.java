package org.slipway.controller.release;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;

/**
 * A page of a frozen manifest, sorted by the bytes of the path.
 *
 * @param next path of the next page, if there is one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record FilesView(List<Entry> files, @Nullable String next) {

    /**
     * One line of the manifest.
     *
     * @param mode four octal digits
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Entry(
            String path,
            EntryType type,
            String mode,
            Instant modified,
            long sizeBytes,
            @Nullable String sha256,
            @Nullable String linkTarget) {

        static Entry of(FileEntry entry) {
            return new Entry(
                    entry.path().value(),
                    entry.type(),
                    "%04o".formatted(entry.mode()),
                    entry.modified(),
                    entry.sizeBytes(),
                    entry.sha256(),
                    entry.linkTarget());
        }
    }
}
