package org.slipway.worker;

import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;
import org.slipway.model.failpoint.Failpoint;
import org.slipway.persistence.Setting;
import org.slipway.persistence.release.Manifests;
import org.slipway.transfer.ContentCache;
import org.slipway.transfer.ContentSource;
import org.slipway.transfer.Failure;
import org.slipway.transfer.Host;
import org.slipway.transfer.Host.CopyWatcher;
import org.slipway.transfer.Host.Hashing;
import org.slipway.transfer.Hosts;
import org.slipway.transfer.Manifest;
import org.slipway.transfer.ManifestFile;
import org.slipway.transfer.TransferException;

/**
 * What releases consist of, as this replica knows it: the manifest, and contents read from beta once however many servers need them.
 * Beta is compared with the manifest before the first server of a release is copied: one that somebody edited is refused. Made when the
 * service starts, which it does not do where its cache cannot be used.
 */
@Startup(Setting.FIRST)
@ApplicationScoped
class BetaContents {
    private static final int MOST_RELEASES_KEPT = 16;
    private static final int COMPARED_AT_ONCE = 10_000;

    private final Hosts hosts;
    private final Manifests manifests;
    private final CacheSlot slot;
    private final ContentCache cache;
    private final Map<Long, Release> known = new LinkedHashMap<>(16, 0.75f, true);

    BetaContents(
            Hosts hosts,
            Manifests manifests,
            @ConfigProperty(name = "slipway.cache.directory") Optional<Path> directory,
            @ConfigProperty(name = "slipway.cache.max-bytes", defaultValue = "2147483648") long maxBytes) {
        this.hosts = hosts;
        this.manifests = manifests;
        try {
            this.slot = CacheSlot.takeFirstFree(directory.isPresent() ? directory.get() : CacheSlot.ownTemporary());
            this.cache = ContentCache.open(slot.directory(), Setting.atLeast(0L, "slipway.cache.max-bytes", maxBytes));
        } catch (IOException e) {
            throw new ConfigurationException(
                    "the cache directory cannot be used (slipway.cache.directory): " + e.getMessage());
        } catch (UncheckedIOException e) {
            throw new ConfigurationException(
                    e.getMessage() + " (slipway.cache.directory): " + String.valueOf(e.getCause()));
        }
    }

    @PreDestroy
    void close() throws IOException {
        slot.close();
    }

    /**
     * The release behind a copy: the same object for every server of one attempt, as long as this replica remembers it. Its manifest is
     * on disk.
     */
    Release of(ServerCopy copy) {
        synchronized (known) {
            Release release = known.compute(
                    copy.releaseId(),
                    (id, before) -> before != null && before.attempt == copy.attempt() ? before : new Release(copy));
            forgetEldest();
            return release;
        }
    }

    private void forgetEldest() {
        Iterator<Release> eldestFirst = known.values().iterator();
        while (known.size() > MOST_RELEASES_KEPT) {
            eldestFirst.next();
            eldestFirst.remove();
        }
    }

    /** One release on this replica. */
    final class Release {
        private final long releaseId;
        private final int attempt;
        private final HostAddress beta;
        private final ReentrantLock look = new ReentrantLock();
        private volatile @Nullable Manifest checked;

        private Release(ServerCopy copy) {
            this.releaseId = copy.releaseId();
            this.attempt = copy.attempt();
            this.beta = copy.beta();
        }

        /** The manifest, once beta was found to hold it. A second caller waits for the first one's look. */
        Manifest manifest(CopyWatcher watcher) throws TransferException {
            takeLook(watcher);
            try {
                Manifest manifest = checked;
                if (manifest == null) {
                    manifest = loadAndCompare(watcher);
                    checked = manifest;
                }
                return manifest;
            } finally {
                look.unlock();
            }
        }

        private void takeLook(CopyWatcher watcher) throws TransferException {
            try {
                while (!look.tryLock(100, TimeUnit.MILLISECONDS)) {
                    if (!watcher.goOn()) {
                        throw new TransferException(new Failure.Stopped(
                                beta.name(), "The work was stopped on request while it waited for the look at beta."));
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new TransferException(
                        new Failure.Stopped(beta.name(), "Waiting for the look at beta was interrupted."), e);
            }
        }

        /** The contents of the release: each is read from beta at most once. */
        ContentSource contents() {
            return cache.inFrontOf((files, sink, watcher) -> {
                try (Host host = hosts.open(beta)) {
                    Failpoint.BETA_READ_BEGUN.passed();
                    host.read(files, sink, watcher);
                    Failpoint.CONTENTS_CACHED.passed();
                }
            });
        }

        private Manifest loadAndCompare(CopyWatcher watcher) throws TransferException {
            ManifestFile manifest = ManifestFile.create();
            try {
                manifests.forEach(releaseId, manifest::add);
                compare(manifest, watcher);
                return manifest;
            } catch (TransferException | RuntimeException e) {
                manifest.close();
                throw e;
            }
        }

        private void compare(Manifest manifest, CopyWatcher watcher) throws TransferException {
            List<RelativePath> edited = new ArrayList<>();
            try (Host host = hosts.open(beta);
                    Manifest.Cursor entries = manifest.open()) {
                // Without a shell all would be read for it, and what is copied once more, which is checked when it is
                // read.
                Hashing hashing = host.hashesByItself() ? Hashing.ALL : Hashing.NONE;
                while (entries.hasNext()) {
                    List<FileEntry> some = entries.next(COMPARED_AT_ONCE).stream()
                            .filter(entry -> entry.type() == EntryType.FILE || entry.type() == EntryType.SYMLINK)
                            .toList();
                    Map<RelativePath, FileEntry> present = new HashMap<>();
                    List<RelativePath> paths =
                            some.stream().map(FileEntry::path).toList();
                    host.list(paths, hashing, watcher).entries().forEach(entry -> present.put(entry.path(), entry));
                    if (hashing == Hashing.NONE) {
                        hashWhatWasWritten(host, some, present, watcher);
                    }
                    some.stream()
                            .filter(entry -> !sameContent(entry, present.get(entry.path())))
                            .map(FileEntry::path)
                            .forEach(edited::add);
                }
            }
            if (!edited.isEmpty()) {
                throw new TransferException(new Failure.ManifestMismatch(
                        beta.name(),
                        "Beta no longer holds what was copied to it. Put these files back as they were and retry,"
                                + " or cancel and make a new release. If it is another machine now, only a new release helps.",
                        edited));
            }
        }

        /** Files whose time is not the one that the copy to beta gave them. */
        private static void hashWhatWasWritten(
                Host host, List<FileEntry> wanted, Map<RelativePath, FileEntry> present, CopyWatcher watcher)
                throws TransferException {
            List<FileEntry> written = new ArrayList<>();
            for (FileEntry entry : wanted) {
                FileEntry there = present.get(entry.path());
                if (there != null
                        && there.type() == EntryType.FILE
                        && there.modified().getEpochSecond() != entry.modified().getEpochSecond()) {
                    written.add(there);
                }
            }
            Map<RelativePath, String> hashes = host.hash(written, watcher);
            for (FileEntry there : written) {
                String hash = hashes.get(there.path());
                if (hash == null) {
                    present.remove(there.path());
                } else {
                    present.put(there.path(), there.withSha256(hash));
                }
            }
        }

        private static boolean sameContent(FileEntry wanted, @Nullable FileEntry found) {
            return found != null
                    && found.type() == wanted.type()
                    && found.sizeBytes() == wanted.sizeBytes()
                    && (found.sha256() == null || found.sha256().equals(wanted.sha256()))
                    && Objects.equals(found.linkTarget(), wanted.linkTarget());
        }
    }
}
