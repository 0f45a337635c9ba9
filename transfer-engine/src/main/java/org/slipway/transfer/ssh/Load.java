package org.slipway.transfer.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;
import org.slipway.transfer.ContentSource;
import org.slipway.transfer.Failure;
import org.slipway.transfer.TransferException;

/**
 * One stream of files into the staging directory of a host with a shell, and its verification there, which may wait until the next
 * stream has been sent. Streams made small only so that they are hashed one behind the other were slower: docs/decisions/0008.
 */
final class Load implements AutoCloseable {
    private final ShellHost host;
    private final Diagnosis diagnosis;
    private final Pulse pulse;
    private final Exec exec;
    private final TargetPipe pipe;
    private final OutputStream out;
    private final ReleaseTar tar;
    private @Nullable Fields answer;
    private long bytes;

    /**
     * @param arguments of the staging script
     * @param number of the load, as its lists carry it
     * @param packed whether the stream is compressed
     * @param there of which files only what differs is sent; each is taken out when it is used
     */
    Load(
            ShellHost host,
            Pulse pulse,
            long epoch,
            List<String> arguments,
            String number,
            boolean packed,
            Map<RelativePath, BlockSums> there)
            throws TransferException {
        this.host = host;
        this.diagnosis = host.diagnosis();
        this.pulse = pulse;
        this.exec = Exec.alone(host.connection(), diagnosis, pulse, Script.STAGE, epoch, Exec.ALL_INPUT, arguments);
        this.pipe = new TargetPipe(exec.stdin());
        this.out = packed ? new ZstdBlocks(pipe) : pipe;
        this.tar = new ReleaseTar(out, host.connection().can("gnu-tar"), number, host.hashesInShares(), there);
    }

    /** Sends a part of a release. */
    void send(Release release, ContentSource source, Tally tally) throws IOException, TransferException {
        try {
            bytes = release.bytes();
            tar.part(release);
            source.read(release.files(), (file, content) -> tar.file(file, content, tally), pulse.watcher());
            tar.finish();
            out.flush();
            exec.stdin().close();
        } catch (IOException | TransferException e) {
            // When the target took no more, its own words are the reason, not how the source saw it.
            if (pipe.broken()) {
                exec.answer();
                exec.restOfTags();
            }
            throw e;
        }
    }

    /** Waits until the target has the staging directory, which those after the first load need. */
    Fields awaitDirectory() throws IOException, TransferException {
        Fields fields = answer;
        if (fields == null) {
            fields = awaitDirectory(exec);
            answer = fields;
        }
        return fields;
    }

    /** The same of any script that stages. */
    static Fields awaitDirectory(Exec exec) throws IOException, TransferException {
        Fields fields = exec.answer();
        exec.expect("ready");
        return fields;
    }

    /** Waits until it is staged and verified. */
    void verify() throws IOException, TransferException {
        exec.allowFor(2 * bytes);
        try {
            verify(exec, awaitDirectory(), tar.files(), host);
        } catch (TransferException e) {
            if (tar.patchedBytes() > 0 && isOfWhatIsThere(e.failure())) {
                host.connection().link().differencesFailed();
            }
            throw e;
        }
        exec.restOfTags();
    }

    /** Whether it may come of what is in the place of the files, or of the room that differences take. */
    private static boolean isOfWhatIsThere(Failure failure) {
        return failure instanceof Failure.ChecksumMismatch
                || failure instanceof Failure.RemoteError
                || failure instanceof Failure.NoSpace;
    }

    /** What is not on the target's disk before it is verified, since it is put together there. */
    long bytesToCome() {
        return tar.patchedBytes();
    }

    /** Waits for the hashes of the staged files, and compares them with those of the manifest where that is asked for. */
    static void verify(Exec exec, Fields fields, List<FileEntry> files, ShellHost host)
            throws IOException, TransferException {
        exec.expect("h");
        Map<RelativePath, String> hashes =
                HashLines.read(fields, files.stream().map(FileEntry::path).toList());
        exec.expect("staged");
        List<RelativePath> wrong = files.stream()
                .filter(file -> !Objects.equals(hashes.get(file.path()), file.sha256()))
                .map(FileEntry::path)
                .toList();
        if (host.connection().copying().verify() && !wrong.isEmpty()) {
            throw host.diagnosis().checksum(wrong, "in the staging directory");
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
            } catch (TooSlowException e) {
                exec.spoil();
                throw new CarriedFailure(diagnosis.unreachable(e));
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
