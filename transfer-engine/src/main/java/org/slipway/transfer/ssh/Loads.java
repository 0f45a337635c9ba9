package org.slipway.transfer.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slipway.model.FileEntry;
import org.slipway.transfer.ContentSource;
import org.slipway.transfer.Host.Fence;
import org.slipway.transfer.TransferException;

/**
 * Brings a release to the staging directory in loads: while one comes in, the host hashes the one before, and a large file is
 * hashed while it comes itself.
 */
final class Loads implements ContentSource.Sink, AutoCloseable {
    private static final int MOST_OPEN = 3;

    private final ShellHost host;
    private final Fence fence;
    private final Pulse pulse;
    private final Tally tally;
    private final String staging;
    private final Deque<Load> sent = new ArrayDeque<>();
    private @Nullable Load current;
    private int count;
    private long hashedBytes;

    Loads(ShellHost host, Fence fence, Pulse pulse, Tally tally, String staging) {
        this.host = host;
        this.fence = fence;
        this.pulse = pulse;
        this.tally = tally;
        this.staging = staging;
    }

    /** How many there were. */
    int count() {
        return count;
    }

    /** Stages one part of a release; it is verified by the time that {@link #verify} returns. */
    void stage(Release release, ContentSource source) throws IOException, TransferException {
        hashedBytes = release.bytes();
        boolean alone = release.files().size() == 1;
        Load load = next(
                alone && isLarge(release.files().getFirst()) ? release.files().getFirst() : null);
        try {
            load.part(release);
            source.read(release.files(), this, pulse.watcher());
            finishCurrent();
        } catch (IOException | TransferException e) {
            Load broken = current;
            if (broken != null) {
                broken.explainIfBroken();
            }
            throw e;
        }
    }

    @Override
    public void file(FileEntry file, InputStream content) throws IOException, TransferException {
        Load load = current;
        boolean large = isLarge(file);
        if (load == null || load.isFull(file, large)) {
            finishCurrent();
            load = next(large ? file : null);
        }
        load.file(file, content, tally);
    }

    private boolean isLarge(FileEntry file) {
        return file.sizeBytes() >= Load.MOST_BYTES && host.follows();
    }

    private Load next(@Nullable FileEntry followed) throws IOException, TransferException {
        // Some servers cannot begin a command while another one ends.
        int most = host.connection().overlapsCommands() ? MOST_OPEN : 1;
        while (sent.size() >= most) {
            verifyEldest();
        }
        Load load = new Load(host, fence, pulse, staging, count, followed, hashedBytes);
        count++;
        current = load;
        load.begin();
        return load;
    }

    private void finishCurrent() throws IOException {
        Load load = current;
        if (load != null) {
            load.finish();
            sent.add(load);
            current = null;
        }
    }

    private void verifyEldest() throws IOException, TransferException {
        try (Load eldest = sent.removeFirst()) {
            eldest.verify(host.connection().copying().verify());
        }
    }

    /** Waits until everything was verified. */
    void verify() throws IOException, TransferException {
        while (!sent.isEmpty()) {
            verifyEldest();
        }
    }

    @Override
    public void close() {
        sent.forEach(Load::close);
        Load load = current;
        if (load != null) {
            load.close();
        }
    }
}
