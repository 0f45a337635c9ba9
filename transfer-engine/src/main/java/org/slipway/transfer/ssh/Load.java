package org.slipway.transfer.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;
import org.slipway.transfer.Host.Fence;
import org.slipway.transfer.TransferException;

/** One stream of files into the staging directory of a host with a shell, and its verification there, which may be waited for later. */
final class Load implements AutoCloseable {
    static final long MOST_BYTES = 32 << 20;

    private final Diagnosis diagnosis;
    private final Exec exec;
    private final TargetPipe pipe;
    private final OutputStream out;
    private final ReleaseTar tar;
    private final @Nullable FileEntry followed;
    private final boolean first;
    private long bytes;

    /**
     * @param followed a large file that the load will consist of; it is hashed while it comes
     * @param hashedBytes how much there is to hash in all
     */
    Load(
            ShellHost host,
            Fence fence,
            Pulse pulse,
            String staging,
            int number,
            @Nullable FileEntry followed,
            long hashedBytes)
            throws TransferException {
        this.diagnosis = host.diagnosis();
        this.followed = followed;
        this.first = number == 0;
        boolean packed = host.connection().packs();
        String name = ShellHost.load(number);
        List<String> arguments = new ArrayList<>(host.targetArguments(fence, staging, hashedBytes, name, packed));
        arguments.add(followed == null ? "." : "./" + followed.path());
        this.exec =
                Exec.alone(host.connection(), diagnosis, pulse, Script.STAGE, fence.epoch(), Exec.ALL_INPUT, arguments);
        this.pipe = new TargetPipe(exec.stdin());
        this.out = packed ? new ZstdBlocks(pipe) : pipe;
        this.tar = new ReleaseTar(out, host.connection().can("gnu-tar"), name);
    }

    /** Waits until there is a staging directory, for which the first load sees. */
    void begin() throws IOException, TransferException {
        if (first) {
            exec.answer();
            exec.expect("ready");
        }
    }

    void part(Release release) throws IOException {
        tar.part(release);
    }

    void file(FileEntry file, InputStream content, Tally tally) throws IOException {
        tar.file(file, content, tally);
        bytes += file.sizeBytes();
    }

    /** Whether this file belongs into the next one. One that is followed comes alone, and one to be followed as well. */
    boolean isFull(FileEntry file, boolean toBeFollowed) {
        if (followed != null || toBeFollowed) {
            return !file.equals(followed);
        }
        return !tar.files().isEmpty() && bytes + file.sizeBytes() > MOST_BYTES;
    }

    /** Sends the end. */
    void finish() throws IOException {
        tar.finish();
        out.flush();
        exec.stdin().close();
    }

    /** When the target took no more, its own words are the reason, not how the source saw it. */
    void explainIfBroken() throws IOException, TransferException {
        if (pipe.broken()) {
            if (!first) {
                exec.answer();
            }
            exec.restOfTags();
        }
    }

    /** Waits for the hashes. */
    void verify(boolean compare) throws IOException, TransferException {
        exec.allowFor(2 * bytes);
        Fields fields = first ? exec.fields() : exec.answer();
        Map<RelativePath, String> hashes;
        if (followed == null) {
            exec.expect("h");
            hashes = HashLines.read(
                    fields, tar.files().stream().map(FileEntry::path).toList());
        } else {
            exec.expect("f");
            hashes = new HashMap<>();
            hashes.put(followed.path(), fields.ascii());
        }
        exec.expect("staged");
        exec.restOfTags();
        List<RelativePath> wrong = tar.files().stream()
                .filter(file -> compare && !Objects.equals(hashes.get(file.path()), file.sha256()))
                .map(FileEntry::path)
                .toList();
        if (!wrong.isEmpty()) {
            throw diagnosis.checksum(wrong, "in the staging directory");
        }
    }

    @Override
    public void close() {
        exec.close();
    }

    /** Marks a failure to write as the target's, on its way through the source that is being read. */
    private final class TargetPipe extends OutputStream {
        private final OutputStream to;
        private boolean broken;

        TargetPipe(OutputStream to) {
            this.to = to;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] data, int offset, int length) throws IOException {
            try {
                to.write(data, offset, length);
            } catch (CarriedFailure e) {
                throw e;
            } catch (IOException e) {
                broken = true;
                throw new CarriedFailure(diagnosis.unreachable(e));
            }
        }

        @Override
        public void flush() throws IOException {
            to.flush();
        }

        boolean broken() {
            return broken;
        }
    }
}
