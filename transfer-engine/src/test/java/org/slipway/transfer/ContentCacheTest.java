package org.slipway.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;

class ContentCacheTest {

    /** A source that counts how often each content was asked for. */
    private static final class Origin implements ContentSource {
        private final Map<String, Integer> reads = new HashMap<>();
        private final Map<String, byte[]> contents = new HashMap<>();

        FileEntry file(String path, String content) {
            try {
                byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
                String hash = HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
                contents.put(hash, bytes);
                return new FileEntry(
                        new RelativePath(path), EntryType.FILE, 0644, Instant.EPOCH, bytes.length, hash, null);
            } catch (java.security.NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void read(List<FileEntry> files, Sink sink, Host.CopyWatcher watcher) throws TransferException {
            for (FileEntry file : files) {
                String hash = file.contentHash().orElseThrow();
                synchronized (this) {
                    reads.merge(hash, 1, Integer::sum);
                }
                try {
                    sink.file(file, new ByteArrayInputStream(contents.get(hash)));
                } catch (IOException e) {
                    throw new TransferException(new Failure.RemoteError("origin", "sink: " + e.getMessage()), e);
                }
            }
        }
    }

    private final Origin origin = new Origin();

    private static Map<String, String> readAll(ContentSource source, List<FileEntry> files) throws TransferException {
        Map<String, String> got = new HashMap<>();
        source.read(
                files,
                (file, content) ->
                        got.put(file.path().value(), new String(content.readAllBytes(), StandardCharsets.UTF_8)),
                Host.CopyWatcher.none());
        return got;
    }

    @Test
    void readsEachContentOnceForAnyNumberOfReaders(@TempDir Path dir) throws Exception {
        ContentCache cache = ContentCache.open(dir, 1 << 20);
        List<FileEntry> files = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            files.add(origin.file("f" + i, "content " + i % 40));
        }
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Map<String, String>>> all = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                all.add(readers.submit(() -> {
                    start.await();
                    return readAll(cache.inFrontOf(origin), files);
                }));
            }
            start.countDown();
            for (Future<Map<String, String>> one : all) {
                assertThat(one.get()).hasSize(50).containsEntry("f45", "content 5");
            }
        }

        assertThat(origin.reads).hasSize(40).allSatisfy((hash, count) -> assertThat(count)
                .isEqualTo(1));
    }

    @Test
    void keepsContentsOverARestartAndWipesWhatWasLeftAside(@TempDir Path dir) throws Exception {
        FileEntry file = origin.file("a", "hello");
        readAll(ContentCache.open(dir, 1000).inFrontOf(origin), List.of(file));
        Files.writeString(dir.resolve("123-0.part"), "half");

        ContentCache again = ContentCache.open(dir, 1000);

        assertThat(readAll(again.inFrontOf(origin), List.of(file))).containsEntry("a", "hello");
        assertThat(origin.reads.values()).containsExactly(1);
        assertThat(Trees.names(dir)).containsExactly(file.contentHash().orElseThrow());
    }

    @Test
    void leastRecentlyUsedContentsMakeRoom(@TempDir Path dir) throws Exception {
        ContentCache cache = ContentCache.open(dir, 20);
        FileEntry one = origin.file("one", "1".repeat(8));
        FileEntry two = origin.file("two", "2".repeat(8));
        FileEntry three = origin.file("three", "3".repeat(8));
        ContentSource source = cache.inFrontOf(origin);
        readAll(source, List.of(one));
        readAll(source, List.of(two));
        readAll(source, List.of(one));

        readAll(source, List.of(three));

        assertThat(cache.sizeBytes()).isEqualTo(16);
        assertThat(Trees.names(dir))
                .containsExactlyInAnyOrder(
                        one.contentHash().orElseThrow(), three.contentHash().orElseThrow());
    }

    @Test
    void aContentLargerThanTheCachePassesThrough(@TempDir Path dir) throws Exception {
        FileEntry big = origin.file("big", "x".repeat(100));

        assertThat(readAll(ContentCache.open(dir, 10).inFrontOf(origin), List.of(big)))
                .containsEntry("big", "x".repeat(100));
        assertThat(Trees.names(dir)).isEmpty();
    }

    @Test
    void aDamagedContentIsRemovedAndReadAnewNextTime(@TempDir Path dir) throws Exception {
        FileEntry file = origin.file("a", "hello");
        ContentSource source = ContentCache.open(dir, 1000).inFrontOf(origin);
        readAll(source, List.of(file));
        Files.writeString(dir.resolve(file.contentHash().orElseThrow()), "hullo");

        assertThatThrownBy(() -> readAll(source, List.of(file))).isInstanceOf(TransferException.class);

        assertThat(readAll(source, List.of(file))).containsEntry("a", "hello");
    }

    @Test
    void aReaderThatFailsHindersNoOther(@TempDir Path dir) throws Exception {
        FileEntry file = origin.file("a", "hello");
        ContentSource source = ContentCache.open(dir, 1000).inFrontOf(origin);

        assertThatThrownBy(() -> source.read(
                        List.of(file),
                        (f, content) -> {
                            throw new IOException("the target broke");
                        },
                        Host.CopyWatcher.none()))
                .isInstanceOf(TransferException.class);

        assertThat(readAll(source, List.of(file))).containsEntry("a", "hello");
        assertThat(readAll(source, List.of(file))).containsEntry("a", "hello");
    }

    @Test
    void aReaderThatWaitsForAnotherAsksWhetherToGoOn(@TempDir Path dir) throws Exception {
        FileEntry file = origin.file("a", "hello");
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        ContentSource source = ContentCache.open(dir, 1000).inFrontOf((files, sink, watcher) -> {
            reading.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            origin.read(files, sink, watcher);
        });
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Map<String, String>> first = readers.submit(() -> readAll(source, List.of(file)));
            reading.await();

            assertThatThrownBy(() -> source.read(List.of(file), (f, content) -> {}, () -> false))
                    .isInstanceOfSatisfying(TransferException.class, e -> assertThat(e.failure())
                            .isInstanceOf(Failure.Stopped.class));

            goOn.countDown();
            assertThat(first.get()).containsEntry("a", "hello");
        }
    }

    @Test
    void aReaderClaimsOnlySoMuchAtATime(@TempDir Path dir) throws Exception {
        List<FileEntry> files = new ArrayList<>();
        for (int i = 0; i < 2500; i++) {
            files.add(origin.file("f" + i, "content " + i));
        }
        List<Integer> claims = new ArrayList<>();
        ContentSource source = ContentCache.open(dir, 1 << 20).inFrontOf((some, sink, watcher) -> {
            claims.add(some.size());
            origin.read(some, sink, watcher);
        });

        assertThat(readAll(source, files)).hasSize(2500);

        assertThat(claims).containsExactly(1000, 1000, 500);
    }

    @Test
    void refusesADirectoryThatOthersMayWriteTo(@TempDir Path dir) throws Exception {
        Path open = Files.createDirectory(dir.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(() -> ContentCache.open(open, 1000))
                .hasRootCauseMessage("others than its owner may write to it");
    }
}
