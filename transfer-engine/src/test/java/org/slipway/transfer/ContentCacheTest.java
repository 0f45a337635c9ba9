package org.slipway.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
    void aSourceThatFailsAtOnceIsAskedOnceByEachReader(@TempDir Path dir) throws IOException {
        AtomicInteger asked = new AtomicInteger();
        ContentSource broken = ContentCache.open(dir, 1 << 20).inFrontOf((files, sink, watcher) -> {
            asked.incrementAndGet();
            throw new TransferException(new Failure.RemoteError("beta", "not now"));
        });
        FileEntry file = origin.file("a", "a");

        int readers = 2_000;
        for (int i = 0; i < readers; i++) {
            assertThatThrownBy(() -> readAll(broken, List.of(file))).hasMessageContaining("not now");
        }

        assertThat(asked).hasValue(readers);
    }

    @Test
    void anErrorThatNothingForesawIsToldInWordsAndLoggedWithItsTrace(@TempDir Path dir) {
        IllegalStateException bug = new IllegalStateException("a bug");
        ContentSource broken = ContentCache.open(dir, 1 << 20).inFrontOf((files, sink, watcher) -> {
            throw bug;
        });
        List<LogRecord> logged = new CopyOnWriteArrayList<>();
        Handler handler = new StreamHandler() {
            @Override
            public void publish(LogRecord line) {
                logged.add(line);
            }
        };
        Logger logger = Logger.getLogger(ContentCache.class.getName());
        logger.addHandler(handler);

        try {
            assertThatThrownBy(() -> readAll(broken, List.of(origin.file("a", "a"))))
                    .isInstanceOfSatisfying(
                            TransferException.class, e -> assertThat(e.failure().message())
                                    .contains("IllegalStateException")
                                    .contains("the log of the service has the details"));
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(logged).singleElement().satisfies(line -> assertThat(line.getThrown())
                .isSameAs(bug));
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
    void keepsContentsOverARestartAndCutsOffWhatCameInHalf(@TempDir Path dir) throws Exception {
        FileEntry file = origin.file("a", "hello");
        readAll(ContentCache.open(dir, 1000).inFrontOf(origin), List.of(file));
        Path segment = dir.resolve("segment-0");
        long whole = Files.size(segment);
        Files.write(segment, new byte[50], StandardOpenOption.APPEND);
        FileEntry later = origin.file("b", "later");

        ContentCache again = ContentCache.open(dir, 1000);

        assertThat(Files.size(segment)).isEqualTo(whole + Segment.HEADER_BYTES);
        assertThat(readAll(again.inFrontOf(origin), List.of(file, later))).containsEntry("a", "hello");
        assertThat(readAll(ContentCache.open(dir, 1000).inFrontOf(origin), List.of(file, later)))
                .containsEntry("a", "hello")
                .containsEntry("b", "later");
        assertThat(origin.reads.values()).containsOnly(1);
    }

    @Test
    void leastRecentlyUsedContentsMakeRoom(@TempDir Path dir) throws Exception {
        long each = 100 + Segment.HEADER_BYTES;
        ContentCache cache = ContentCache.open(dir, 2 * each + 10);
        FileEntry one = origin.file("one", "1".repeat(100));
        FileEntry two = origin.file("two", "2".repeat(100));
        FileEntry three = origin.file("three", "3".repeat(100));
        ContentSource source = cache.inFrontOf(origin);
        readAll(source, List.of(one));
        readAll(source, List.of(two));
        readAll(source, List.of(one));
        // A segment that is still written to does not make room.
        Await.until("all is brought in", Duration.ofSeconds(10), () -> !cache.isInUse());

        readAll(source, List.of(three));

        assertThat(cache.sizeBytes()).isEqualTo(2 * each);
        readAll(source, List.of(one));
        readAll(source, List.of(two));
        assertThat(origin.reads)
                .containsEntry(one.contentHash().orElseThrow(), 1)
                .containsEntry(two.contentHash().orElseThrow(), 2);
    }

    @Test
    void aContentLargerThanHalfOfTheCachePassesThrough(@TempDir Path dir) throws Exception {
        FileEntry big = origin.file("big", "x".repeat(100));

        assertThat(readAll(ContentCache.open(dir, 150).inFrontOf(origin), List.of(big)))
                .containsEntry("big", "x".repeat(100));
        assertThat(Trees.names(dir)).isEmpty();
    }

    @Test
    void aReaderReadsAlongWhileAContentComesIn(@TempDir Path dir) throws Exception {
        ContentCache cache = ContentCache.open(dir, 64 << 20);
        FileEntry big = origin.file("big", "0123456789".repeat(100_000));
        CountDownLatch firstHalfWasRead = new CountDownLatch(1);
        ContentSource halting = (files, sink, watcher) -> origin.read(
                files,
                (file, content) -> sink.file(
                        file,
                        new SequenceInputStream(
                                new ByteArrayInputStream(content.readNBytes(600_000)),
                                new Awaiting(firstHalfWasRead, content))),
                watcher);

        ByteArrayOutputStream got = new ByteArrayOutputStream();
        cache.inFrontOf(halting)
                .read(
                        List.of(big),
                        (file, content) -> {
                            got.write(content.readNBytes(500_000));
                            firstHalfWasRead.countDown();
                            content.transferTo(got);
                        },
                        Host.CopyWatcher.none());

        assertThat(got.size()).isEqualTo(1_000_000);
        assertThat(origin.reads.values()).containsExactly(1);
    }

    /** Gives nothing before somebody has read what came before. */
    private static final class Awaiting extends FilterInputStream {
        private final CountDownLatch latch;

        Awaiting(CountDownLatch latch, InputStream in) {
            super(in);
            this.latch = latch;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            try {
                assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
            return super.read(into, offset, length);
        }
    }

    @Test
    void aSlowTakerKeepsNoOtherWaiting(@TempDir Path dir) throws Exception {
        ContentCache cache = ContentCache.open(dir, 1 << 20);
        List<FileEntry> files = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            files.add(origin.file("f" + i, "content " + i));
        }
        CountDownLatch quickIsThrough = new CountDownLatch(1);
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch slowHasBegun = new CountDownLatch(1);
            Future<?> slow = readers.submit(() -> {
                cache.inFrontOf(origin)
                        .read(
                                files,
                                (file, content) -> {
                                    slowHasBegun.countDown();
                                    try {
                                        assertThat(quickIsThrough.await(10, TimeUnit.SECONDS))
                                                .isTrue();
                                    } catch (InterruptedException e) {
                                        throw new InterruptedIOException();
                                    }
                                    content.readAllBytes();
                                },
                                Host.CopyWatcher.none());
                return null;
            });
            slowHasBegun.await();

            assertThat(readAll(cache.inFrontOf(origin), files)).hasSize(30);
            quickIsThrough.countDown();
            slow.get();
        }
        assertThat(origin.reads.values()).containsOnly(1);
    }

    @Test
    void whoWaitsForASilentSourceIsAskedWhetherToGoOn(@TempDir Path dir) {
        ContentCache cache = ContentCache.open(dir, 1 << 20);
        FileEntry file = origin.file("a", "hello");
        AtomicInteger asked = new AtomicInteger();
        ContentSource silent = (files, sink, watcher) -> {
            while (watcher.goOn()) {
                LockSupport.parkNanos(1_000_000);
            }
            throw new TransferException(new Failure.Unreachable("origin", "gone"));
        };

        assertThatThrownBy(() -> cache.inFrontOf(silent)
                        .read(List.of(file), (f, content) -> {}, () -> asked.incrementAndGet() < 3))
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.failure()).isInstanceOf(Failure.Stopped.class));
    }

    @Test
    void aSourceThatBreaksOffIsWhatEveryReaderIsTold(@TempDir Path dir) throws Exception {
        ContentCache cache = ContentCache.open(dir, 64 << 20);
        FileEntry big = origin.file("big", "0123456789".repeat(100_000));
        ContentSource breaking = (files, sink, watcher) -> {
            try {
                origin.read(
                        files,
                        (file, content) -> {
                            sink.file(
                                    file,
                                    new SequenceInputStream(
                                            new ByteArrayInputStream(content.readNBytes(600_000)), new Broken()));
                        },
                        watcher);
            } catch (TransferException e) {
                throw new TransferException(new Failure.Unreachable("origin", "the line was cut"), e);
            }
        };

        assertThatThrownBy(() -> readAll(cache.inFrontOf(breaking), List.of(big)))
                .isInstanceOfSatisfying(TransferException.class, e -> assertThat(e.failure())
                        .isEqualTo(new Failure.Unreachable("origin", "the line was cut")));

        assertThat(readAll(cache.inFrontOf(origin), List.of(big))).containsKey("big");
        assertThat(cache.sizeBytes()).isEqualTo(1_000_000 + Segment.HEADER_BYTES);
    }

    private static final class Broken extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("cut");
        }
    }

    /** Some of them end just where what is written at once is full. */
    @ParameterizedTest
    @ValueSource(ints = {262_104, 262_103, 262_105, 2 * 262_144 - 40, 262_064})
    void filesOfAnySizeComeInAndStay(int size, @TempDir Path dir) throws Exception {
        List<FileEntry> files = List.of(origin.file("a", "a".repeat(size)), origin.file("b", "b"));
        ContentCache cache = ContentCache.open(dir, 16 << 20);

        for (int reader = 0; reader < 2; reader++) {
            for (FileEntry file : files) {
                assertThat(readAll(cache.inFrontOf(origin), List.of(file))
                                .get(file.path().value()))
                        .hasSize((int) file.sizeBytes());
            }
        }

        assertThat(origin.reads.values()).containsExactly(1, 1);
    }

    @Test
    void smallFilesAreWrittenSeveralAtATime(@TempDir Path dir) throws Exception {
        List<FileEntry> files = List.of(origin.file("a", "1"), origin.file("b", "2"), origin.file("c", "3"));
        List<Long> written = new ArrayList<>();
        ContentSource watched = (all, sink, watcher) -> origin.read(
                all,
                (file, content) -> {
                    sink.file(file, content);
                    written.add(dir.resolve("segment-0").toFile().length());
                },
                watcher);

        Map<String, String> got = readAll(ContentCache.open(dir, 1 << 20).inFrontOf(watched), files);

        assertThat(got).hasSize(3);
        assertThat(written).containsExactly(0L, 0L, 0L);
    }

    @Test
    @Timeout(20)
    void aWholeContentIsHandedOverWhileTheNextOneIsSlowToCome(@TempDir Path dir) throws Exception {
        FileEntry first = origin.file("first", "x");
        FileEntry slow = origin.file("slow", "y");
        CountDownLatch handedOver = new CountDownLatch(1);
        ContentSource stalling = (files, sink, watcher) -> origin.read(
                files,
                (file, content) -> sink.file(file, file == slow ? afterwards(handedOver, content) : content),
                watcher);

        ContentCache.open(dir, 1 << 20)
                .inFrontOf(stalling)
                .read(
                        List.of(first, slow),
                        (file, content) -> {
                            content.readAllBytes();
                            handedOver.countDown();
                        },
                        Host.CopyWatcher.none());

        assertThat(handedOver.getCount()).isZero();
    }

    private static InputStream afterwards(CountDownLatch latch, InputStream content) {
        return new BlockInput() {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                try {
                    latch.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return content.read(into, offset, length);
            }
        };
    }

    @Test
    void whatCameBeforeTheDiskWasFullIsKeptAndTheRestIsReadWhenThereIsRoom(@TempDir Path dir) throws Exception {
        try (SmallDisk disk = SmallDisk.mount(dir.resolve("disk"), "size=4m")) {
            Path ballast = Files.write(disk.directory().resolve("ballast"), new byte[3 << 20]);
            Path cached = disk.directory().resolve("cache");
            List<FileEntry> files = IntStream.range(0, 300)
                    .mapToObj(i -> origin.file("site/" + i, (i + " ").repeat(2_000)))
                    .toList();
            Set<String> got = ConcurrentHashMap.newKeySet();
            ContentCache cache = ContentCache.open(cached, 1 << 30);

            Failure failure = Failures.of(() -> cache.inFrontOf(origin)
                    .read(
                            files,
                            (file, content) -> {
                                content.readAllBytes();
                                got.add(file.path().value());
                            },
                            Host.CopyWatcher.none()));

            assertThat(failure.message()).contains("takes no more", cached.toString(), "slipway.cache.max-bytes");
            assertThat(got).hasSizeBetween(10, files.size() - 10);
            assertThat(cache.sizeBytes()).isEqualTo(Files.size(cached.resolve("segment-0")));
            Files.delete(ballast);
            origin.reads.clear();
            Map<String, String> all = readAll(ContentCache.open(cached, 1 << 30).inFrontOf(origin), files);
            assertThat(all).hasSize(files.size());
            files.forEach(file -> assertThat(all.get(file.path().value()))
                    .startsWith(file.path().value().substring("site/".length()) + " "));
            assertThat(origin.reads).hasSize(files.size() - got.size());
        }
    }

    @Test
    void aDamagedContentIsRemovedAndReadAnewNextTime(@TempDir Path dir) throws Exception {
        FileEntry file = origin.file("a", "hello");
        readAll(ContentCache.open(dir, 1000).inFrontOf(origin), List.of(file));
        Path segment = dir.resolve("segment-0");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length - 1] = 'x';
        Files.write(segment, bytes);
        ContentSource source = ContentCache.open(dir, 1000).inFrontOf(origin);

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
    void refusesADirectoryThatOthersMayWriteTo(@TempDir Path dir) throws Exception {
        Path open = Files.createDirectory(dir.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(() -> ContentCache.open(open, 1000))
                .hasRootCauseMessage("others than its owner may write to it");
    }
}
