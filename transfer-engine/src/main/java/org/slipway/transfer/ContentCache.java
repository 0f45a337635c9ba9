package org.slipway.transfer;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slipway.model.FileEntry;
import org.slipway.transfer.Host.CopyWatcher;

/**
 * A directory of contents by SHA-256 on local disk, in front of hosts: however many servers a release goes to, and however many
 * threads ask at the same time, each content is read from its origin once. For use by any number of threads, one process at a time.
 *
 * <p>A content is written aside, checked and renamed into place, so a process that dies leaves nothing half; what it leaves aside is
 * wiped by the next one. The least recently used contents make room for new ones. A content that is larger than the whole cache
 * passes through and is not kept.
 */
public final class ContentCache {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final String ASIDE = ".part";
    private static final int BUFFER_BYTES = 128 << 10;
    private static final long CLAIM_BYTES = 64L << 20;
    private static final int CLAIM_FILES = 1000;
    private static final long ASK_EVERY_MILLIS = 100;

    private final Path directory;
    private final long maxBytes;
    private final LinkedHashMap<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<String> beingRead = new HashSet<>();
    private long bytes;
    private long asides;

    /** One content in the directory; {@code users} are reading it now, so it may not be evicted. */
    private static final class Kept {
        private final long sizeBytes;
        private int users;

        Kept(long sizeBytes) {
            this.sizeBytes = sizeBytes;
        }
    }

    private ContentCache(Path directory, long maxBytes) {
        this.directory = directory;
        this.maxBytes = maxBytes;
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
        record Old(Path file, long modified, long size) {}
        List<Old> old = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = file.getFileName().toString();
                if (name.endsWith(ASIDE)) {
                    Files.deleteIfExists(file);
                } else if (SHA256.matcher(name).matches() && Files.isRegularFile(file)) {
                    old.add(new Old(file, Files.getLastModifiedTime(file).toMillis(), Files.size(file)));
                }
            }
        }
        old.sort(Comparator.comparingLong(Old::modified));
        for (Old one : old) {
            kept.put(one.file().getFileName().toString(), new Kept(one.size()));
            bytes += one.size();
        }
        evict(0);
    }

    /** A source that asks {@code origin} only for what is not here. */
    public ContentSource inFrontOf(ContentSource origin) {
        return (files, sink, watcher) -> read(origin, files, sink, watcher);
    }

    /** How many bytes are held now. */
    public synchronized long sizeBytes() {
        return bytes;
    }

    private void read(ContentSource origin, List<FileEntry> files, ContentSource.Sink sink, CopyWatcher watcher)
            throws TransferException {
        Map<String, List<FileEntry>> due = new LinkedHashMap<>();
        for (FileEntry file : files) {
            due.computeIfAbsent(hash(file), h -> new ArrayList<>()).add(file);
        }
        while (!due.isEmpty()) {
            Map<String, List<FileEntry>> here = new LinkedHashMap<>();
            List<FileEntry> toFetch = new ArrayList<>();
            claim(due, here, toFetch);
            boolean idle = here.isEmpty() && toFetch.isEmpty();
            try {
                for (Iterator<Map.Entry<String, List<FileEntry>>> i =
                                here.entrySet().iterator();
                        i.hasNext(); ) {
                    Map.Entry<String, List<FileEntry>> one = i.next();
                    i.remove();
                    if (handOver(one.getKey(), one.getValue(), sink)) {
                        due.remove(one.getKey());
                    }
                }
                if (!toFetch.isEmpty()) {
                    fetch(origin, toFetch, due, sink, watcher);
                }
            } finally {
                here.keySet().forEach(this::release);
                unclaim(toFetch);
            }
            if (idle && !due.isEmpty()) {
                awaitOthers(due.keySet(), watcher);
            }
        }
    }

    private static String hash(FileEntry file) {
        return Objects.requireNonNull(file.sha256(), () -> file.path() + " has no hash");
    }

    /**
     * Sorts what is due into what is here, what this thread will read, and what others are reading. A thread claims so much at a time
     * only: it reads no faster than its own target takes, and others may need the rest meanwhile.
     */
    private synchronized void claim(
            Map<String, List<FileEntry>> due, Map<String, List<FileEntry>> here, List<FileEntry> toFetch) {
        long claimed = 0;
        for (Map.Entry<String, List<FileEntry>> one : due.entrySet()) {
            Kept found = kept.get(one.getKey());
            if (found != null) {
                found.users++;
                here.put(one.getKey(), one.getValue());
            } else if (claimed < CLAIM_BYTES && toFetch.size() < CLAIM_FILES && beingRead.add(one.getKey())) {
                toFetch.add(one.getValue().getFirst());
                claimed += one.getValue().getFirst().sizeBytes();
            }
        }
    }

    private synchronized void unclaim(List<FileEntry> fetched) {
        fetched.forEach(file -> beingRead.remove(hash(file)));
        notifyAll();
    }

    private synchronized void release(String hash) {
        Kept one = kept.get(hash);
        if (one != null) {
            one.users--;
        }
    }

    private void awaitOthers(Set<String> hashes, CopyWatcher watcher) throws TransferException {
        try {
            while (stillBeingRead(hashes)) {
                if (!watcher.goOn()) {
                    throw new TransferException(new Failure.Stopped(
                            "the cache", "The work was stopped on request while it waited for files of the source."));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TransferException(
                    new Failure.Stopped("the cache", "Waiting for files of the source was interrupted."), e);
        }
    }

    /** Waits for a moment at most. */
    private synchronized boolean stillBeingRead(Set<String> hashes) throws InterruptedException {
        if (hashes.stream().allMatch(beingRead::contains)) {
            wait(ASK_EVERY_MILLIS);
            return hashes.stream().allMatch(beingRead::contains);
        }
        return false;
    }

    /** Hands over a content that is here; {@code false}, and it is forgotten, when it is no longer what its name says. */
    private boolean handOver(String hash, List<FileEntry> takers, ContentSource.Sink sink) throws TransferException {
        Path file = directory.resolve(hash);
        try {
            for (FileEntry taker : takers) {
                try (Verified content = new Verified(Files.newInputStream(file), hash, taker.sizeBytes())) {
                    sink.file(taker, content);
                }
            }
            return true;
        } catch (DamagedException e) {
            forget(hash);
            throw new TransferException(
                    new Failure.RemoteError(
                            "the cache",
                            "The content of " + takers.getFirst().path() + " in the cache " + directory
                                    + " was damaged and has been removed. It is safe to try again."),
                    e);
        } catch (NoSuchFileException e) {
            forget(hash);
            return false;
        } catch (IOException e) {
            throw sinkOrDisk(e);
        } finally {
            release(hash);
        }
    }

    private synchronized void forget(String hash) {
        Kept gone = kept.remove(hash);
        if (gone != null) {
            bytes -= gone.sizeBytes;
            deleteQuietly(directory.resolve(hash));
        }
    }

    private void fetch(
            ContentSource origin,
            List<FileEntry> toFetch,
            Map<String, List<FileEntry>> due,
            ContentSource.Sink sink,
            CopyWatcher watcher)
            throws TransferException {
        origin.read(
                toFetch,
                (file, content) -> {
                    String hash = hash(file);
                    List<FileEntry> takers = Objects.requireNonNull(due.get(hash));
                    if (file.sizeBytes() > maxBytes && takers.size() == 1) {
                        sink.file(file, content);
                        due.remove(hash);
                        return;
                    }
                    Path aside = aside();
                    try {
                        try (OutputStream out = Files.newOutputStream(aside)) {
                            content.transferTo(out);
                        }
                        boolean stays = keep(hash, aside, file.sizeBytes());
                        if (stays) {
                            unclaim(List.of(file));
                        }
                        try {
                            Path stored = stays ? directory.resolve(hash) : aside;
                            for (FileEntry taker : takers) {
                                try (InputStream again = Files.newInputStream(stored)) {
                                    sink.file(taker, again);
                                }
                            }
                        } finally {
                            if (stays) {
                                release(hash);
                            }
                        }
                        due.remove(hash);
                    } finally {
                        Files.deleteIfExists(aside);
                    }
                },
                watcher);
    }

    private synchronized Path aside() {
        return directory.resolve(ProcessHandle.current().pid() + "-" + asides++ + ASIDE);
    }

    /** Takes a checked content in, used by one, unless there is no room even without all that nobody uses. */
    private synchronized boolean keep(String hash, Path aside, long size) throws IOException {
        evict(size);
        if (bytes + size > maxBytes) {
            return false;
        }
        Files.move(aside, directory.resolve(hash), StandardCopyOption.ATOMIC_MOVE);
        Kept one = new Kept(size);
        one.users = 1;
        kept.put(hash, one);
        bytes += size;
        return true;
    }

    private synchronized void evict(long need) {
        Iterator<Map.Entry<String, Kept>> oldest = kept.entrySet().iterator();
        while (bytes + need > maxBytes && oldest.hasNext()) {
            Map.Entry<String, Kept> one = oldest.next();
            if (one.getValue().users == 0) {
                oldest.remove();
                bytes -= one.getValue().sizeBytes;
                deleteQuietly(directory.resolve(one.getKey()));
            }
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A taker that failed says why itself; what is left is the disk here. */
    private static TransferException sinkOrDisk(IOException e) {
        if (e.getCause() instanceof TransferException why) {
            return why;
        }
        return new TransferException(
                new Failure.RemoteError(
                        "the cache", "A file of the cache could not be read or passed on: " + e.getMessage()),
                e);
    }

    private static final class DamagedException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** A content whose last read fails when size or hash are not what they were when it was taken in. */
    private static final class Verified extends FilterInputStream {
        private final MessageDigest digest;
        private final String hash;
        private long left;

        Verified(InputStream in, String hash, long sizeBytes) {
            super(in);
            this.hash = hash;
            this.left = sizeBytes;
            try {
                this.digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int n = super.read(into, offset, Math.min(length, BUFFER_BYTES));
            if (n < 0) {
                if (left != 0) {
                    throw new DamagedException();
                }
                return -1;
            }
            digest.update(into, offset, n);
            left -= n;
            if (left < 0
                    || (left == 0 && !HexFormat.of().formatHex(digest.digest()).equals(hash))) {
                throw new DamagedException();
            }
            return n;
        }
    }
}
