package org.slipway.transfer.ssh;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slipway.model.FileEntry;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;
import org.slipway.transfer.ContentSource;
import org.slipway.transfer.Host;
import org.slipway.transfer.Listing;
import org.slipway.transfer.Manifest;
import org.slipway.transfer.TransferException;

/**
 * A host over a session of the pool. Where something is wrong that only a person mends, no session from before is used again: a
 * session keeps the groups of its login, and its connection what tools were found when it was opened.
 */
final class PooledHost implements Host {
    private final Host host;
    private final Runnable forget;
    private final Runnable giveBack;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * @param forget lets no session to this server that is open by now be used again
     * @param giveBack gives this session back
     */
    PooledHost(Host host, Runnable forget, Runnable giveBack) {
        this.host = host;
        this.forget = forget;
        this.giveBack = giveBack;
    }

    private interface Work<T> {
        T run() throws TransferException;
    }

    private <T> T doing(Work<T> work) throws TransferException {
        try {
            return work.run();
        } catch (TransferException e) {
            if (!e.failure().retryHelps()) {
                forget.run();
            }
            throw e;
        }
    }

    @Override
    public HostAddress address() {
        return host.address();
    }

    @Override
    public Listing.Gaps list(List<RelativePath> paths, Consumer<FileEntry> taker, CopyWatcher watcher)
            throws TransferException {
        Listing.Gaps gaps = doing(() -> host.list(paths, taker, watcher));
        if (!gaps.refused().isEmpty()) {
            forget.run();
        }
        return gaps;
    }

    @Override
    public boolean hashesByItself() {
        return host.hashesByItself();
    }

    @Override
    public Map<RelativePath, String> hash(Collection<FileEntry> files, CopyWatcher watcher) throws TransferException {
        Map<RelativePath, String> hashes = doing(() -> host.hash(files, watcher));
        if (hashes.size() < files.size()) {
            forget.run();
        }
        return hashes;
    }

    @Override
    public void read(List<FileEntry> files, ContentSource.Sink sink, CopyWatcher watcher) throws TransferException {
        doing(() -> {
            host.read(files, sink, watcher);
            return files;
        });
    }

    @Override
    public CopyResult copy(Manifest manifest, ContentSource source, Fence fence, CopyWatcher watcher)
            throws TransferException {
        return doing(() -> host.copy(manifest, source, fence, watcher));
    }

    @Override
    public void fenceOff(Fence fence, CopyWatcher watcher) throws TransferException {
        doing(() -> {
            host.fenceOff(fence, watcher);
            return fence;
        });
    }

    @Override
    public BackupResult archive(BackupOrder order, Fence fence, CopyWatcher watcher) throws TransferException {
        return doing(() -> host.archive(order, fence, watcher));
    }

    @Override
    public List<CheckLine> check(boolean forWriting, @Nullable String backupFile) throws TransferException {
        return doing(() -> host.check(forWriting, backupFile));
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            giveBack.run();
        }
    }
}
