package org.slipway.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FileEntryTest {

    private static final String HASH = "0123456789abcdef".repeat(4);

    private static FileEntry entry(
            EntryType type, int mode, long sizeBytes, @Nullable String sha256, @Nullable String linkTarget) {
        return new FileEntry(new RelativePath("a/b"), type, mode, Instant.EPOCH, sizeBytes, sha256, linkTarget);
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(EntryType.FILE, -1, 0L, null, null, "mode 37777777777 of a/b"),
                Arguments.of(EntryType.FILE, 04755, 0L, null, null, "mode 4755 of a/b"),
                Arguments.of(EntryType.DIRECTORY, 02755, 0L, null, null, "mode 2755 of a/b"),
                Arguments.of(EntryType.FILE, 0644, -1L, null, null, "size -1 of a/b"),
                Arguments.of(EntryType.DIRECTORY, 0755, 4096L, null, null, "size 4096 of a/b"),
                Arguments.of(EntryType.SYMLINK, 0777, 3L, null, "abc", "size 3 of a/b"),
                Arguments.of(EntryType.PARENT, 0755, 1L, null, null, "size 1 of a/b"),
                Arguments.of(EntryType.FILE, 0644, 1L, "abc", null, "SHA-256 of a/b"),
                Arguments.of(EntryType.FILE, 0644, 1L, HASH.replace('a', 'A'), null, "SHA-256 of a/b"),
                Arguments.of(EntryType.FILE, 0644, 1L, HASH + "\n", null, "SHA-256 of a/b"),
                Arguments.of(EntryType.DIRECTORY, 0755, 0L, HASH, null, "SHA-256 of a/b"),
                Arguments.of(EntryType.SYMLINK, 0777, 0L, HASH, "abc", "SHA-256 of a/b"),
                Arguments.of(EntryType.SYMLINK, 0777, 0L, null, null, "link target of a/b"),
                Arguments.of(EntryType.FILE, 0644, 0L, null, "abc", "link target of a/b"),
                Arguments.of(EntryType.DIRECTORY, 0755, 0L, null, "abc", "link target of a/b"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesAnImpossibleEntryAndNamesIt(
            EntryType type,
            int mode,
            long sizeBytes,
            @Nullable String sha256,
            @Nullable String linkTarget,
            String message) {
        assertThatThrownBy(() -> entry(type, mode, sizeBytes, sha256, linkTarget))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void acceptsWhatOccurs() {
        assertThat(entry(EntryType.FILE, 0, 0, null, null).contentHash()).isEmpty();
        assertThat(entry(EntryType.FILE, 01777, Long.MAX_VALUE, HASH, null).contentHash())
                .contains(HASH);
        assertThat(entry(EntryType.DIRECTORY, 01777, 0, null, null).mode()).isEqualTo(01777);
        assertThat(entry(EntryType.SYMLINK, 0777, 0, null, "../../anywhere").linkTarget())
                .isEqualTo("../../anywhere");
    }

    @Test
    void aHashIsAddedToAFileAndToNothingElse() {
        FileEntry file = entry(EntryType.FILE, 0644, 7, null, null);

        assertThat(file.withSha256(HASH)).isEqualTo(entry(EntryType.FILE, 0644, 7, HASH, null));
        assertThatThrownBy(() -> entry(EntryType.DIRECTORY, 0755, 0, null, null).withSha256(HASH))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
