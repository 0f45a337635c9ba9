package org.slipway.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;

class ManifestFileTest {

    @Test
    void givesBackWhatWasPutInAsOftenAsAsked() {
        List<FileEntry> entries = List.of(
                new FileEntry(
                        new RelativePath("ä"), EntryType.DIRECTORY, 01777, Instant.ofEpochSecond(-5), 0, null, null),
                new FileEntry(
                        new RelativePath("ä/new\nline"),
                        EntryType.FILE,
                        0640,
                        Instant.ofEpochSecond(1_700_000_000, 123_456_789),
                        5L << 40,
                        "0f".repeat(32),
                        null),
                new FileEntry(new RelativePath("ä/x"), EntryType.FILE, 0, Instant.EPOCH, 0, null, null),
                new FileEntry(
                        new RelativePath("link"), EntryType.SYMLINK, 0777, Instant.EPOCH, 0, null, "../ä/somewhere"));
        try (ManifestFile file = ManifestFile.create()) {
            entries.forEach(file::add);

            assertThat(readAll(file)).isEqualTo(entries);
            assertThat(readAll(file)).isEqualTo(entries);
            assertThat(file.entries()).isEqualTo(4);
            assertThat(file.files()).isEqualTo(2);
            assertThat(file.sizeBytes()).isEqualTo(5L << 40);
        }
    }

    @Test
    void isReadInPartsOfAnySize() {
        try (ManifestFile file = ManifestFile.create()) {
            for (int i = 0; i < 25; i++) {
                file.add(new FileEntry(
                        new RelativePath("f" + i), EntryType.FILE, 0600, Instant.EPOCH, 1, "00".repeat(32), null));
            }
            List<Integer> sizes = new ArrayList<>();
            try (Manifest.Cursor cursor = file.open()) {
                for (List<FileEntry> part = cursor.next(10); !part.isEmpty(); part = cursor.next(10)) {
                    sizes.add(part.size());
                }
            }

            assertThat(sizes).containsExactly(10, 10, 5);
        }
    }

    private static List<FileEntry> readAll(Manifest manifest) {
        List<FileEntry> all = new ArrayList<>();
        try (Manifest.Cursor cursor = manifest.open()) {
            cursor.forEachRemaining(all::add);
        }
        return all;
    }
}
