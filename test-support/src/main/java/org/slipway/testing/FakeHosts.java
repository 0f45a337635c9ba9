package org.slipway.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;
import org.slipway.transfer.ContentSource;
import org.slipway.transfer.Failure;
import org.slipway.transfer.Host;
import org.slipway.transfer.Hosts;
import org.slipway.transfer.Listing;
import org.slipway.transfer.Manifest;
import org.slipway.transfer.TransferException;

/**
 * Hosts without a network: each asked path is a file of five bytes that everybody has, and whatever is asked of a host goes well
 * unless a test says otherwise, by the project directory, as {@link GivenProject#at} names it.
 */
public class FakeHosts implements Hosts {
    /** The SHA-256 that every file has here. */
    public static final String SHA256 = "5".repeat(64);

    private final Map<String, Behaviour<Listing>> lists = new ConcurrentHashMap<>();
    private final Map<String, Behaviour<Host.CopyResult>> copies = new ConcurrentHashMap<>();
    private final Map<String, Behaviour<Host.BackupResult>> archives = new ConcurrentHashMap<>();
    private final Map<String, Behaviour<Long>> fences = new ConcurrentHashMap<>();
    private final Map<String, List<String>> calls = new ConcurrentHashMap<>();
    private final Map<String, Map<RelativePath, String>> contents = new ConcurrentHashMap<>();
    private final Set<String> withoutShell = ConcurrentHashMap.newKeySet();
    private final Set<String> askingForAll = ConcurrentHashMap.newKeySet();

    /**
     * What a host does when it is asked.
     *
     * @param <R> what comes of it
     */
    @FunctionalInterface
    public interface Behaviour<R> {
        /**
         * @param watcher of the operation; one that always goes on where the operation has none
         * @param well what comes of it where nothing goes wrong
         */
        R answer(Host.CopyWatcher watcher, R well) throws TransferException;
    }

    /** A file as it is on every host. */
    public static FileEntry file(String path) {
        return new FileEntry(
                new RelativePath(path), EntryType.FILE, 0644, Instant.parse("2024-05-17T09:30:00Z"), 5, SHA256, null);
    }

    /** Goes wrong with this failure. */
    public static <R> Behaviour<R> fails(Failure failure) {
        return (watcher, well) -> {
            throw new TransferException(failure);
        };
    }

    public void onList(String at, Behaviour<Listing> behaviour) {
        lists.put(at, behaviour);
    }

    public void onCopy(String at, Behaviour<Host.CopyResult> behaviour) {
        copies.put(at, behaviour);
    }

    public void onFenceOff(String at, Behaviour<Long> behaviour) {
        fences.put(at, behaviour);
    }

    public void onArchive(String at, Behaviour<Host.BackupResult> behaviour) {
        archives.put(at, behaviour);
    }

    /** Has no shell: whoever wants a hash reads the file for it. */
    public void withoutShell(String at) {
        withoutShell.add(at);
    }

    /** A copy to this host asks its source for every file. */
    public void asksForAll(String at) {
        askingForAll.add(at);
    }

    /** What was asked of the host, such as {@code list}, or {@code copy 7} with the epoch of the fence. */
    public List<String> calls(String at) {
        return calls.getOrDefault(at, List.of());
    }

    @Override
    public Host open(HostAddress address) {
        return new FakeHost(address);
    }

    @Override
    public Host openAnew(HostAddress address) {
        return open(address);
    }

    @Override
    public void close() {}

    private final class FakeHost implements Host {
        private final HostAddress address;

        private FakeHost(HostAddress address) {
            this.address = address;
        }

        private void called(String what) {
            calls.computeIfAbsent(address.projectDirectory(), at -> new CopyOnWriteArrayList<>())
                    .add(what);
        }

        @Override
        public HostAddress address() {
            return address;
        }

        @Override
        public Listing.Gaps list(List<RelativePath> paths, Consumer<FileEntry> taker, CopyWatcher watcher)
                throws TransferException {
            called("list");
            Listing well =
                    new Listing(paths.stream().map(path -> file(path.value())).toList(), List.of(), List.of());
            Listing listing = answer(lists, watcher, well);
            for (FileEntry entry : listing.entries()) {
                entry.contentHash().ifPresent(hash -> contents().put(entry.path(), hash));
                taker.accept(withoutHash(entry));
            }
            return new Listing.Gaps(listing.missing(), listing.refused());
        }

        @Override
        public boolean hashesByItself() {
            return !withoutShell.contains(address.projectDirectory());
        }

        @Override
        public Map<RelativePath, String> hash(Collection<FileEntry> files, CopyWatcher watcher) {
            if (!hashesByItself() && !files.isEmpty()) {
                called("hash " + files.size());
            }
            return files.stream()
                    .filter(file -> contents().containsKey(file.path()))
                    .collect(
                            Collectors.toMap(FileEntry::path, file -> contents().get(file.path())));
        }

        private Map<RelativePath, String> contents() {
            return contents.computeIfAbsent(address.projectDirectory(), at -> new ConcurrentHashMap<>());
        }

        private static FileEntry withoutHash(FileEntry entry) {
            return new FileEntry(
                    entry.path(),
                    entry.type(),
                    entry.mode(),
                    entry.modified(),
                    entry.sizeBytes(),
                    null,
                    entry.linkTarget());
        }

        @Override
        public CopyResult copy(Manifest manifest, ContentSource source, Fence fence, CopyWatcher watcher)
                throws TransferException {
            called("copy " + fence.epoch());
            watcher.fenceRaised();
            if (askingForAll.contains(address.projectDirectory())) {
                readAll(manifest, source, watcher);
            }
            return answer(copies, watcher, new CopyResult(manifest.files(), manifest.sizeBytes(), 0));
        }

        private static void readAll(Manifest manifest, ContentSource source, CopyWatcher watcher)
                throws TransferException {
            try (Manifest.Cursor cursor = manifest.open()) {
                while (cursor.hasNext()) {
                    source.read(cursor.next(1_000), (file, content) -> content.readAllBytes(), watcher);
                }
            }
        }

        @Override
        public void fenceOff(Fence fence, CopyWatcher watcher) throws TransferException {
            called("fence off " + fence.epoch());
            answer(fences, watcher, fence.epoch());
        }

        @Override
        public BackupResult archive(BackupOrder order, Fence fence, CopyWatcher watcher) throws TransferException {
            called("archive " + fence.epoch());
            watcher.fenceRaised();
            return answer(archives, watcher, new BackupResult(order.file(), 100, SHA256, 3));
        }

        private <R> R answer(Map<String, Behaviour<R>> behaviours, CopyWatcher watcher, R well)
                throws TransferException {
            return behaviours
                    .getOrDefault(address.projectDirectory(), (w, result) -> result)
                    .answer(watcher, well);
        }

        @Override
        public void read(List<FileEntry> files, Sink sink, CopyWatcher watcher) throws TransferException {
            try {
                for (FileEntry file : files) {
                    called("read " + file.path());
                    sink.file(file, new ByteArrayInputStream(new byte[(int) file.sizeBytes()]));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public List<CheckLine> check(boolean forWriting, @Nullable String backupFile) {
            throw new UnsupportedOperationException("nothing is checked here");
        }

        @Override
        public void close() {}
    }
}
