package org.slipway.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slipway.model.FileEntry;
import org.slipway.transfer.Host.CopyWatcher;
import org.slipway.transfer.crypto.NativeCrypto;

/**
 * Contents by SHA-256 on local disk, in front of hosts: however many servers a release goes to, and however many threads ask at the
 * same time, each content is read from its origin once. For use by any number of threads, one process at a time.
 *
 * <p>What is not here comes in on a thread of its own, as fast as the origin gives it, and whoever wants it reads along while it
 * comes: nobody waits for the whole release, and a slow taker slows nobody else. Contents lie one behind the other in
 * {@linkplain Segment segments}; the least recently used segments make room for new ones. A content that is larger than half of the
 * cache, or for which there is no room because everything is being read, passes through and is not kept.
 */
public final class ContentCache {
    private static final Logger LOG = LoggerFactory.getLogger(ContentCache.class);
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final String NAME = "segment-";
    private static final long MOST_SEGMENT_BYTES = 64 << 20;
    private static final long MOST_BATCH_BYTES = 256 << 20;
    private static final int MOST_BATCH_FILES = 5_000;
    private static final int MOST_CONTENTS = 200_000;
    private static final int BUFFER_BYTES = 256 << 10;
    private static final long ASK_EVERY_MILLIS = 200;
    private static final long ROOM_NANOS = 10_000_000_000L;

    private final Path directory;
    private final long maxBytes;
    private final long segmentBytes;
    private final Map<Sha256, Content> known = new HashMap<>();
    private final LinkedHashMap<Segment, Boolean> segments = new LinkedHashMap<>();
    private final Deque<Segment> withRoom = new ArrayDeque<>();
    private long bytes;
    private long nextNumber;
    private int readers;

    /** Where a content is, or that it is on its way. All guarded by the cache, but for the failure, which readers look at. */
    private static final class Content {
        private final @Nullable Fetch fetch;
        private @Nullable Segment segment;
        private long offset;
        private boolean complete;
        private boolean checked;
        private boolean passes;
        private final long sizeBytes;
        /** Set before what came of it is cut off. */
        private volatile boolean broken;

        private volatile @Nullable TransferException failure;

        Content(@Nullable Fetch fetch, long sizeBytes) {
            this.fetch = fetch;
            this.sizeBytes = sizeBytes;
        }
    }

    private ContentCache(Path directory, long maxBytes) {
        this.directory = directory;
        this.maxBytes = maxBytes;
        this.segmentBytes = Math.min(MOST_SEGMENT_BYTES, maxBytes / 8);
    }

    /**
     * Opens a cache in a directory of its own, which is made where it is missing.
     *
     * @param maxBytes how much it may hold
     * @throws UncheckedIOException when the directory cannot be made or read, or others than its owner may write to it
     */
    public static ContentCache open(Path directory, long maxBytes) {
        if (maxBytes < 0) {
            throw new IllegalArgumentException("a cache of " + maxBytes + " bytes");
        }
        ContentCache cache = new ContentCache(directory, maxBytes);
        try {
            makeOwn(directory);
            cache.takeUp();
        } catch (IOException e) {
            throw new UncheckedIOException("the cache directory " + directory + " cannot be used", e);
        }
        return cache;
    }

    /** Nobody else may put contents there. */
    private static void makeOwn(Path directory) throws IOException {
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        Set<PosixFilePermission> rights = Files.getPosixFilePermissions(directory);
        if (rights.contains(PosixFilePermission.GROUP_WRITE) || rights.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("others than its owner may write to it");
        }
    }

    private synchronized void takeUp() throws IOException {
        record Old(Path file, long number, long modified) {}
        List<Old> old = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = file.getFileName().toString();
                if (name.matches(NAME + "[0-9]{1,15}")) {
                    old.add(new Old(
                            file,
                            Long.parseLong(name.substring(NAME.length())),
                            Files.getLastModifiedTime(file).toMillis()));
                }
            }
        }
        old.sort(Comparator.comparingLong(Old::modified));
        for (Old one : old) {
            nextNumber = Math.max(nextNumber, one.number() + 1);
            Segment segment = Segment.takeUp(one.file(), (hash, in, offset, size) -> {
                Content content = new Content(null, size);
                content.segment = in;
                content.offset = offset;
                content.complete = true;
                known.put(hash, content);
            });
            segments.put(segment, true);
            withRoom.add(segment);
            bytes += segment.sizeBytes();
        }
        makeRoom(0);
    }

    /** A source that asks {@code origin} only for what is not here. */
    public ContentSource inFrontOf(ContentSource origin) {
        return (files, sink, watcher) -> {
            begin();
            try {
                new Reading(origin, files, sink, watcher).run();
            } finally {
                end();
            }
        };
    }

    /** How many bytes are held now. */
    public synchronized long sizeBytes() {
        return bytes;
    }

    /** Whether any segment may not make room: a content is whole a moment before its segment is closed. */
    synchronized boolean isInUse() {
        return segments.keySet().stream().anyMatch(Segment::isInUse);
    }

    private synchronized void begin() {
        readers++;
    }

    private synchronized void end() {
        readers--;
    }

    private boolean fits(FileEntry file) {
        return file.sizeBytes() + Segment.HEADER_BYTES <= maxBytes / 2;
    }

    private static Sha256 hash(FileEntry file) {
        return Sha256.of(Objects.requireNonNull(file.sha256(), () -> file.path() + " has no hash"));
    }

    private static TransferException trouble(String message, @Nullable Throwable cause) {
        Failure failure = new Failure.RemoteError("the cache", message);
        return cause == null ? new TransferException(failure) : new TransferException(failure, cause);
    }

    /** One taker's way through its files. It has at most two batches brought in ahead of itself. */
    private final class Reading {
        private final ContentSource origin;
        private final Fetch fetch;
        private final List<FileEntry> files;
        private final ContentSource.Sink sink;
        private final CopyWatcher watcher;
        private int claimed;
        private int newestBatch;

        Reading(ContentSource origin, List<FileEntry> files, ContentSource.Sink sink, CopyWatcher watcher) {
            this.origin = origin;
            this.fetch = new Fetch(origin);
            this.files = files;
            this.sink = sink;
            this.watcher = watcher;
        }

        void run() throws TransferException {
            for (int i = 0; i < files.size(); i++) {
                claimAhead(i);
                while (!handOver(files.get(i))) {
                    claimed = i;
                    newestBatch = i;
                    claimAhead(i);
                }
            }
        }

        private void claimAhead(int at) {
            while (at >= newestBatch && claimed < files.size()) {
                newestBatch = claimed;
                claimBatch();
            }
        }

        private void claimBatch() {
            List<FileEntry> batch = new ArrayList<>();
            synchronized (ContentCache.this) {
                long batchBytes = 0;
                long most = Math.min(MOST_BATCH_BYTES, maxBytes / 4);
                int from = claimed;
                while (claimed < files.size()
                        && (claimed == from || batchBytes < most)
                        && batch.size() < MOST_BATCH_FILES) {
                    FileEntry file = files.get(claimed++);
                    if (fits(file) && !known.containsKey(hash(file))) {
                        known.put(hash(file), new Content(fetch, file.sizeBytes()));
                        batch.add(file);
                    }
                    batchBytes += file.sizeBytes();
                }
                fetch.add(batch);
            }
        }

        /** {@code false} when the content is neither here nor on its way. */
        private boolean handOver(FileEntry file) throws TransferException {
            if (!fits(file)) {
                origin.read(List.of(file), sink, watcher);
                return true;
            }
            Content content;
            Segment segment;
            synchronized (ContentCache.this) {
                content = known.get(hash(file));
                if (content == null) {
                    fetch.throwIfFailed(hash(file));
                    return false;
                }
                // Of another size it is not what the manifest means; its origin says so.
                segment = content.sizeBytes == file.sizeBytes() ? awaitPlace(content) : null;
                if (content.failure != null && content.sizeBytes == file.sizeBytes()) {
                    fetch.throwIfFailed(hash(file));
                    return false;
                }
                if (segment != null) {
                    segment.use();
                    touch(segment);
                }
            }
            if (segment == null) {
                origin.read(List.of(file), sink, watcher);
                return true;
            }
            try {
                take(file, new Coming(file, content, segment, watcher));
            } finally {
                unuse(segment);
            }
            return true;
        }

        /** {@code null} when it has failed or passes through. */
        private @Nullable Segment awaitPlace(Content content) throws TransferException {
            while (content.segment == null && content.failure == null && !content.passes) {
                if (!watcher.goOn()) {
                    throw stopped();
                }
                try {
                    ContentCache.this.wait(ASK_EVERY_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw stopped();
                }
            }
            return content.segment;
        }

        private void take(FileEntry file, Coming coming) throws TransferException {
            try {
                sink.file(file, coming);
            } catch (IOException e) {
                TransferException own = coming.failure();
                if (own != null) {
                    throw own;
                }
                if (e.getCause() instanceof TransferException why) {
                    throw why;
                }
                throw trouble("A file of the cache could not be read or passed on: " + e.getMessage(), e);
            }
        }
    }

    private static TransferException stopped() {
        return new TransferException(
                new Failure.Stopped("the cache", "Waiting for files of the source was stopped on request."));
    }

    /** It is the one used last. */
    private void touch(Segment segment) {
        segments.putLast(segment, true);
    }

    private synchronized void unuse(Segment segment) {
        segment.unuse();
        notifyAll();
    }

    /** A whole content whose end may still be in the buffer, and where its header begins. */
    private record Untold(Content content, long begin) {}

    /** Brings batches in, one after the other, on a thread of its own. Small files are written, and readers told of them, several at a time. */
    private final class Fetch {
        private final ContentSource origin;
        private final Deque<List<FileEntry>> due = new ArrayDeque<>();
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private final List<Untold> untold = new ArrayList<>();
        private int used;
        private boolean running;
        private boolean withoutRoom;
        private @Nullable Segment current;
        /** What did not come and will not be asked for again; no more than the files that its one reader has. */
        private final Map<Sha256, TransferException> failed = new HashMap<>();

        Fetch(ContentSource origin) {
            this.origin = origin;
        }

        void add(List<FileEntry> batch) {
            if (!batch.isEmpty()) {
                due.add(batch);
                if (!running) {
                    running = true;
                    Thread.ofVirtual().name("slipway-cache").start(this::run);
                }
            }
        }

        private void run() {
            for (List<FileEntry> batch = next(); batch != null; batch = next()) {
                TransferException why = read(batch);
                try {
                    flush();
                } catch (TransferException e) {
                    if (why == null) {
                        why = e;
                    } else {
                        why.addSuppressed(e);
                    }
                } finally {
                    leave(batch, why != null ? why : trouble("The source did not give all its files.", null));
                }
            }
        }

        /** What it failed with, if it did. */
        private @Nullable TransferException read(List<FileEntry> batch) {
            try {
                origin.read(batch, this::append, this::isWanted);
                return null;
            } catch (TransferException e) {
                return e;
            } catch (RuntimeException | Error e) {
                LOG.error("Bringing files of the source into the cache ended with an error that nothing foresaw", e);
                return trouble(
                        "Slipway met an error that it did not foresee ("
                                + e.getClass().getSimpleName()
                                + ") while it brought files of the source into its cache; the log of the service has the details."
                                + " Try again, and report it if it comes back.",
                        e);
            }
        }

        /** A batch can fail before its reader looks for it. */
        void throwIfFailed(Sha256 hash) throws TransferException {
            TransferException why = failed.get(hash);
            if (why != null) {
                throw why;
            }
        }

        private @Nullable List<FileEntry> next() {
            synchronized (ContentCache.this) {
                List<FileEntry> batch = due.poll();
                if (batch == null) {
                    giveBack();
                    running = false;
                }
                return batch;
            }
        }

        private boolean isWanted() {
            synchronized (ContentCache.this) {
                return readers > 0;
            }
        }

        /** Whatever of a batch did not come will not come. */
        private void leave(List<FileEntry> batch, TransferException why) {
            synchronized (ContentCache.this) {
                for (FileEntry file : batch) {
                    Sha256 hash = hash(file);
                    Content content = known.get(hash);
                    if (content != null && content.fetch == this && !content.complete) {
                        failed.put(hash, why);
                        content.failure = why;
                        known.remove(hash);
                    }
                }
                ContentCache.this.notifyAll();
            }
        }

        private void append(FileEntry file, InputStream from) throws IOException, TransferException {
            Sha256 hash = hash(file);
            long need = file.sizeBytes() + Segment.HEADER_BYTES;
            Content content = place(hash, need);
            Segment to = current;
            if (content == null || to == null) {
                return;
            }
            long begin = to.sizeBytes() + used;
            boolean whole = false;
            try {
                putHeader(hash, file.sizeBytes());
                for (int n = 0; n >= 0; n = readOn(from, to.sizeBytes() + used < begin + need)) {
                    used += n;
                    if (used == buffer.length) {
                        flush();
                        show(content, to, begin);
                    }
                }
                whole = to.sizeBytes() + used == begin + need;
            } finally {
                if (whole) {
                    untold.add(new Untold(content, begin));
                } else {
                    takeBack(content, begin);
                }
            }
        }

        /** Nobody waits for a whole content because another one is slow to come. */
        private int readOn(InputStream from, boolean moreIsDue) throws IOException, TransferException {
            if (moreIsDue && !untold.isEmpty() && from.available() == 0) {
                flush();
            }
            return from.read(buffer, used, buffer.length - used);
        }

        private void putHeader(Sha256 hash, long sizeBytes) throws TransferException {
            if (buffer.length - used <= Segment.HEADER_BYTES) {
                flush();
            }
            ByteBuffer header = ByteBuffer.wrap(buffer, used, Segment.HEADER_BYTES);
            hash.write(header);
            header.putLong(sizeBytes);
            used += Segment.HEADER_BYTES;
        }

        /** Writes what is in the buffer, and tells readers of what is whole. */
        private void flush() throws TransferException {
            Segment to = current;
            if (to == null || (used == 0 && untold.isEmpty())) {
                return;
            }
            try {
                to.append(buffer, used);
            } catch (IOException e) {
                takeBackUntold(e);
                throw trouble(
                        "The cache directory " + directory + " takes no more: " + e.getMessage()
                                + ". Make room there, or let slipway.cache.max-bytes be less.",
                        e);
            }
            used = 0;
            synchronized (ContentCache.this) {
                for (Untold one : untold) {
                    show(one.content(), to, one.begin());
                    one.content().complete = true;
                    one.content().checked = true;
                }
                ContentCache.this.notifyAll();
            }
            untold.clear();
        }

        private void takeBackUntold(IOException why) {
            try {
                for (Untold one : untold.reversed()) {
                    takeBack(one.content(), one.begin());
                }
            } catch (IOException e) {
                why.addSuppressed(e);
            }
            untold.clear();
        }

        /** Readers may begin, also with what is not whole yet. */
        private void show(Content content, Segment at, long begin) {
            synchronized (ContentCache.this) {
                if (content.segment == null) {
                    content.segment = at;
                    content.offset = begin + Segment.HEADER_BYTES;
                    ContentCache.this.notifyAll();
                }
            }
        }

        /** What came of it is cut off; why it ended is said when the batch is left. */
        private void takeBack(Content content, long begin) throws IOException {
            synchronized (ContentCache.this) {
                Segment from = Objects.requireNonNull(current);
                content.broken = true;
                bytes -= content.sizeBytes + Segment.HEADER_BYTES;
                used = (int) Math.clamp(begin - from.sizeBytes(), 0, used);
                if (begin < from.sizeBytes()) {
                    from.cutTo(begin);
                }
            }
        }

        /** Makes room for it in {@code current}; {@code null} when there is none, and then it passes. */
        private @Nullable Content place(Sha256 hash, long need) throws IOException, TransferException {
            synchronized (ContentCache.this) {
                Content content = known.get(hash);
                if (content == null) {
                    return null;
                }
                if (current != null && current.sizeBytes() + used + need > segmentBytes) {
                    flush();
                    giveBack();
                }
                if (!awaitRoom(need)) {
                    content.passes = true;
                    known.remove(hash);
                    ContentCache.this.notifyAll();
                    return null;
                }
                if (current == null) {
                    current = openSegment(need);
                }
                touch(current);
                bytes += need;
                return content;
            }
        }

        private boolean awaitRoom(long need) throws IOException, TransferException {
            long deadline = System.nanoTime() + ROOM_NANOS;
            while (!makeRoom(need)) {
                // Others may only give room when they were told.
                flush();
                // Whoever has waited once in vain does not wait again for each of many files.
                if (withoutRoom || System.nanoTime() - deadline > 0) {
                    withoutRoom = true;
                    return false;
                }
                try {
                    ContentCache.this.wait(ASK_EVERY_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw stopped();
                }
            }
            withoutRoom = false;
            return true;
        }

        private void giveBack() {
            if (current != null) {
                current.close();
                withRoom.add(current);
                current = null;
            }
        }
    }

    private Segment openSegment(long need) throws IOException {
        for (Iterator<Segment> i = withRoom.iterator(); i.hasNext(); ) {
            Segment segment = i.next();
            if (segment.sizeBytes() + need <= segmentBytes) {
                i.remove();
                segment.reopen();
                return segment;
            }
            if (segment.sizeBytes() >= segmentBytes / 2) {
                i.remove();
            }
        }
        Segment segment = Segment.create(directory.resolve(NAME + nextNumber++));
        segments.put(segment, true);
        return segment;
    }

    /** Removes what was used least recently and is not in use, until there is room. {@code false} when that was not enough. */
    private boolean makeRoom(long need) throws IOException {
        Iterator<Segment> eldestFirst = segments.keySet().iterator();
        while ((bytes + need > maxBytes || known.size() > MOST_CONTENTS) && eldestFirst.hasNext()) {
            Segment segment = eldestFirst.next();
            if (!segment.isInUse()) {
                eldestFirst.remove();
                withRoom.remove(segment);
                known.values().removeIf(content -> content.segment == segment);
                bytes -= segment.sizeBytes();
                segment.delete();
            }
        }
        return bytes + need <= maxBytes;
    }

    private synchronized void forget(FileEntry file, Content content) {
        if (known.get(hash(file)) == content) {
            known.remove(hash(file));
        }
    }

    private synchronized void markChecked(Content content) {
        content.checked = true;
    }

    private synchronized boolean isChecked(Content content) {
        return content.checked || !content.complete;
    }

    /**
     * A content as it comes in. What an earlier process left is checked once: its last read fails when it is no longer what its name
     * says. What this process brought in was checked on the way.
     */
    private final class Coming extends BlockInput {
        private final FileEntry file;
        private final Content content;
        private final Segment segment;
        private final CopyWatcher watcher;
        private final @Nullable MessageDigest digest;
        private long at;
        private long left;
        private @Nullable TransferException failure;

        Coming(FileEntry file, Content content, Segment segment, CopyWatcher watcher) {
            this.file = file;
            this.content = content;
            this.segment = segment;
            this.watcher = watcher;
            this.at = content.offset;
            this.left = file.sizeBytes();
            this.digest = isChecked(content) ? null : NativeCrypto.sha256();
        }

        @Nullable TransferException failure() {
            return failure;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            if (length == 0) {
                return 0;
            }
            int most = (int) Math.min(length, left);
            int n = segment.read(into, offset, most, at, ASK_EVERY_MILLIS);
            // What was read behind the end of a broken content is another one's.
            while (n == 0 || content.broken) {
                TransferException why = content.failure;
                if (why == null && !watcher.goOn()) {
                    why = stopped();
                }
                if (why != null) {
                    failure = why;
                    throw new IOException(why);
                }
                n = segment.read(into, offset, most, at, ASK_EVERY_MILLIS);
            }
            at += n;
            left -= n;
            check(into, offset, n);
            return n;
        }

        private void check(byte[] bytesRead, int offset, int length) throws IOException {
            if (digest == null) {
                return;
            }
            digest.update(bytesRead, offset, length);
            if (left > 0) {
                return;
            }
            if (HexFormat.of().formatHex(digest.digest()).equals(file.sha256())) {
                markChecked(content);
                return;
            }
            forget(file, content);
            failure = trouble(
                    "The content of " + file.path() + " in the cache " + directory
                            + " was damaged and has been removed. It is safe to try again.",
                    null);
            throw new IOException(failure);
        }
    }
}
