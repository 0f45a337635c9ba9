package org.slipway.benchmarks.transfer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slipway.benchmarks.transfer.Workload.Way;
import org.slipway.model.FileEntry;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;
import org.slipway.transfer.ContentCache;
import org.slipway.transfer.ContentSource;
import org.slipway.transfer.CopySettings;
import org.slipway.transfer.Host;
import org.slipway.transfer.Host.CopyWatcher;
import org.slipway.transfer.Host.Hashing;
import org.slipway.transfer.Hosts;
import org.slipway.transfer.Listing;
import org.slipway.transfer.Manifest;
import org.slipway.transfer.SshHosts;
import org.slipway.transfer.TransferException;
import org.slipway.transfer.TransferSettings;

/**
 * Slipway's engine in this JVM, used as the workers use it: sessions are open, the manifest is known, and every copy is staged, verified by
 * SHA-256 on the target and published atomically.
 */
final class SlipwayTool implements Tool, AutoCloseable {

    /** Where the contents come from. */
    enum Mode {
        /** As in production: read from beta, through an empty cache. */
        THROUGH_WORKER("Slipway, from beta through the worker"),
        /** Files of the sender, as the other tools have them. */
        LOCAL("Slipway, from the sender's files"),
        /** The same without verification. The engine has no such mode; its settings go into {@link #open}. */
        LOCAL_UNVERIFIED("Slipway, from the sender's files, unverified");

        private final String title;

        Mode(String title) {
            this.title = title;
        }
    }

    private static final int AT_ONCE = Peer.AT_ONCE;
    private static final long CACHE_BYTES = 16L << 30;
    private static final AtomicLong EPOCH = new AtomicLong(System.currentTimeMillis());

    private final Mode mode;
    private final Lab lab;
    private Hosts hosts;

    SlipwayTool(Mode mode, Lab lab) {
        this.mode = mode;
        this.lab = lab;
        this.hosts = open();
    }

    private Hosts open() {
        CopySettings usual = CopySettings.DEFAULT;
        return SshHosts.open(TransferSettings.of(lab.key().privateKey(), null)
                .withCopying(new CopySettings(
                        usual.alwaysHash(),
                        mode != Mode.LOCAL_UNVERIFIED,
                        usual.durable(),
                        usual.compress(),
                        usual.bytesPerSecond(),
                        usual.bytesPerSecondInAll())));
    }

    Mode mode() {
        return mode;
    }

    @Override
    public String title() {
        return mode.title;
    }

    @Override
    public Optional<String> missing() {
        return Optional.empty();
    }

    @Override
    public boolean isFor(Workload workload) {
        return mode == Mode.THROUGH_WORKER || workload.way() == Way.PUSH || workload.way() == Way.PUSH_SFTP_ONLY;
    }

    @Override
    public Job prepare(Scene scene) throws TransferException, IOException, InterruptedException {
        Path cacheDirectory = lab.directory().resolve("cache");
        Programs.demand("rm", "-rf", "--", cacheDirectory.toString());
        ContentCache cache = ContentCache.open(cacheDirectory, CACHE_BYTES);
        if (scene.workload().way() == Way.WHOLE) {
            return wholeWay(scene, cache);
        }
        HostAddress beta = lab.readFrom(scene.workload(), "beta", scene.source());
        Manifest manifest = manifest(beta);
        ContentSource contents = mode == Mode.THROUGH_WORKER
                ? cache.inFrontOf((files, sink, watcher) -> {
                    try (Host host = hosts.open(beta)) {
                        host.read(files, sink, watcher);
                    }
                })
                : new LocalContent(scene.source());
        List<HostAddress> targets = targets(scene);
        if (scene.workload().way() == Way.MANY) {
            hosts.close();
            hosts = open();
        } else {
            for (HostAddress target : targets) {
                warm(target);
            }
        }
        warm(beta);
        return deadline -> {
            copyToAll(targets, manifest, contents, deadline);
            return "";
        };
    }

    /** As the beta-worker and then the server-workers do it, with nothing known before. */
    private Job wholeWay(Scene scene, ContentCache cache) throws TransferException {
        HostAddress development = lab.readFrom(scene.workload(), "development", scene.source());
        HostAddress beta = lab.target(scene.workload(), "beta", scene.beta());
        List<HostAddress> targets = targets(scene);
        warm(development);
        warm(beta);
        for (HostAddress target : targets) {
            warm(target);
        }
        return deadline -> {
            Manifest manifest;
            try (Host from = hosts.open(development)) {
                manifest = manifest(from);
                copy(beta, manifest, from, deadline);
            }
            if (!targets.isEmpty()) {
                try (Host host = hosts.open(beta)) {
                    if (!contents(manifest(host)).equals(contents(manifest))) {
                        throw new IOException("beta does not hold what was copied to it");
                    }
                }
                ContentSource contents = cache.inFrontOf((files, sink, watcher) -> {
                    try (Host host = hosts.open(beta)) {
                        host.read(files, sink, watcher);
                    }
                });
                copyToAll(targets, manifest, contents, deadline);
            }
            return "";
        };
    }

    private List<HostAddress> targets(Scene scene) {
        List<HostAddress> targets = new ArrayList<>();
        for (Path target : scene.targets()) {
            targets.add(lab.target(scene.workload(), "business-" + target.getFileName(), target));
        }
        return targets;
    }

    private void warm(HostAddress address) throws TransferException {
        hosts.open(address).close();
    }

    private Manifest manifest(HostAddress address) throws TransferException {
        try (Host host = hosts.open(address)) {
            return manifest(host);
        }
    }

    private static Manifest manifest(Host host) throws TransferException {
        Listing listing = host.list(List.of(new RelativePath(SourceTrees.NAME)), Hashing.ALL, CopyWatcher.none());
        if (!listing.missing().isEmpty() || !listing.refused().isEmpty()) {
            throw new IllegalStateException(
                    "the tree cannot be copied: " + listing.missing() + " " + listing.refused());
        }
        return Manifest.of(listing.entries());
    }

    private static Map<RelativePath, String> contents(Manifest manifest) {
        return manifest.open().next(Integer.MAX_VALUE).stream()
                .filter(entry -> entry.sha256() != null)
                .collect(Collectors.toMap(
                        FileEntry::path, entry -> entry.contentHash().orElseThrow()));
    }

    private void copyToAll(List<HostAddress> targets, Manifest manifest, ContentSource contents, Deadline deadline)
            throws TransferException, OverLimitException, InterruptedException {
        List<Callable<Boolean>> copies = targets.stream()
                .map(target -> (Callable<Boolean>) () -> {
                    copy(target, manifest, contents, deadline);
                    return true;
                })
                .toList();
        try (ExecutorService executor = Executors.newFixedThreadPool(Math.min(AT_ONCE, targets.size()))) {
            for (Future<Boolean> copy : executor.invokeAll(copies)) {
                copy.get();
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case OverLimitException over -> throw over;
                case TransferException failed -> throw failed;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    private void copy(HostAddress address, Manifest manifest, ContentSource contents, Deadline deadline)
            throws TransferException, OverLimitException {
        try (Host target = hosts.open(address)) {
            var unused = target.copy(
                    manifest, contents, new Host.Fence("benchmark", EPOCH.incrementAndGet()), () -> !deadline.isOver());
        } catch (TransferException failed) {
            if (deadline.isOver()) {
                throw new OverLimitException();
            }
            throw failed;
        }
    }

    @Override
    public void close() {
        hosts.close();
    }
}
