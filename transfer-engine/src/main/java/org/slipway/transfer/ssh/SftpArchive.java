package org.slipway.transfer.ssh;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slipway.model.failpoint.Failpoint;
import org.slipway.transfer.Host.BackupOrder;
import org.slipway.transfer.Host.BackupResult;
import org.slipway.transfer.Host.Fence;
import org.slipway.transfer.TransferException;
import org.slipway.transfer.crypto.NativeCrypto;
import org.slipway.transfer.plan.Found;

/**
 * One backup of a host without a shell: the tree comes down file by file, goes back up as one archive, and is read again in full. Names
 * begin with {@code ./}, as in an archive that the host makes itself.
 */
final class SftpArchive {
    private static final Logger LOG = LoggerFactory.getLogger(SftpArchive.class);

    private static final int BUFFER_BYTES = 64 << 10;

    private final SftpHost host;
    private final Diagnosis diagnosis;
    private final Pulse pulse;
    private final SftpTarget target;

    SftpArchive(SftpHost host, Fence fence, Pulse pulse) {
        this.host = host;
        this.diagnosis = host.diagnosis();
        this.pulse = pulse;
        this.target = new SftpTarget(host, fence);
    }

    BackupResult archive(BackupOrder order) throws TransferException {
        BackupFormat format = BackupFormat.of(order.file(), diagnosis);
        pulse.ask();
        try {
            return archive(order, format);
        } catch (IOException e) {
            throw host.failedToWrite(
                    e, "archiving " + host.address().projectDirectory(), directoryOf(order.file()), target.work());
        }
    }

    private BackupResult archive(BackupOrder order, BackupFormat format) throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        String file = order.file();
        String directory = directoryOf(file);
        if (sftp.stat(directory).filter(SftpChannel.Attributes::isDirectory).isEmpty()) {
            throw diagnosis.directory("On " + diagnosis.server() + " the backup directory " + directory
                    + " is missing; make it and give it to " + host.address().user() + ".");
        }
        if (host.isInProject(directory)) {
            throw diagnosis.directory("On " + diagnosis.server() + " the backup file " + file
                    + " lies inside the project directory and would hold itself; name one outside.");
        }
        requireCompressor(format, file, diagnosis);
        host.requireProject();
        target.prepare(pulse);
        pulse.watcher().fenceRaised();
        Failpoint.FENCE_RAISED.passed();
        removeLeftovers(sftp, directory, file);
        List<SftpHost.Tree.Seen> tree = walk();
        long bytes = tree.stream()
                .map(SftpHost.Tree.Seen::found)
                .mapToLong(found -> found == null ? 0 : found.sizeBytes())
                .sum();
        Optional<Room> room = sftp.room(directory);
        if (room.isPresent() && format == BackupFormat.PLAIN && room.get().freeBytes() < bytes) {
            throw diagnosis.noSpace(directory, bytes, room.get().freeBytes());
        }
        String partial = file + ".partial-" + target.name();
        try {
            return finish(order, format, partial, tree, bytes);
        } catch (IOException | TransferException e) {
            removeQuietly(sftp, partial);
            throw e;
        }
    }

    static void requireCompressor(BackupFormat format, String file, Diagnosis diagnosis) throws TransferException {
        if (format == BackupFormat.ZSTD && !NativeZstd.isUsable()) {
            throw diagnosis.directory("The backup file " + file + " of " + diagnosis.server()
                    + ", a host without a shell, would be compressed by Slipway, whose native library for zstd cannot be loaded; the log"
                    + " of the service says why. Mend that, or name a file that ends in .tar.gz.");
        }
    }

    private static void removeQuietly(SftpChannel sftp, String partial) {
        try {
            sftp.remove(partial);
        } catch (IOException e) {
            LOG.debug("{} stays until the next backup", partial, e);
        }
    }

    private BackupResult finish(
            BackupOrder order, BackupFormat format, String partial, List<SftpHost.Tree.Seen> tree, long bytes)
            throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        String file = order.file();
        long written = write(partial, tree, bytes, format);
        Failpoint.ARCHIVE_WRITTEN.passed();
        Reread reread = readBack(partial, format);
        if (reread.sizeBytes() != written || reread.entries() != tree.size() + 1L) {
            throw diagnosis.nonsense("an archive of " + reread.entries() + " entries and " + reread.sizeBytes()
                    + " bytes, where " + (tree.size() + 1) + " and " + written + " were written");
        }
        Failpoint.ARCHIVE_VERIFIED.passed();
        pulse.askToPublish();
        target.requireFence();
        rotate(sftp, file, order.keep());
        sftp.rename(partial, file);
        Failpoint.ARCHIVE_PLACED.passed();
        pulse.progressLast(1, bytes);
        return new BackupResult(file, reread.sizeBytes(), reread.sha256(), reread.entries());
    }

    private static void removeLeftovers(SftpChannel sftp, String directory, String file) throws IOException {
        String begin = file.substring(file.lastIndexOf('/') + 1) + ".partial-";
        for (SftpChannel.Named named : sftp.readDirectory(directory)) {
            String name = Fields.utf8(named.name()).orElse("");
            if (name.startsWith(begin)) {
                sftp.remove(directory + "/" + name);
            }
        }
    }

    private List<SftpHost.Tree.Seen> walk() throws IOException, TransferException {
        try (Swarm swarm = new Swarm(pulse)) {
            SftpHost.Tree tree = host.new Tree(host.sftp(), swarm);
            tree.lookBelowRoot();
            List<SftpHost.Tree.Seen> all = new ArrayList<>();
            tree.walk(all::add);
            if (!tree.refused().isEmpty()) {
                throw diagnosis.directory("On " + diagnosis.server() + " "
                        + tree.refused().getFirst().path() + " cannot be archived: "
                        + tree.refused().getFirst().why() + ".");
            }
            for (SftpHost.Tree.Seen seen : all) {
                if (seen.found() == null) {
                    throw diagnosis.directory("On " + diagnosis.server() + " " + host.path(seen.path())
                            + " may not be read, so the backup would not be whole. Give "
                            + host.address().user() + " the right to.");
                }
            }
            return all.stream()
                    .filter(seen -> Objects.requireNonNull(seen.found()).kind() != Found.Kind.OTHER)
                    .sorted(Comparator.comparing(SftpHost.Tree.Seen::path))
                    .toList();
        }
    }

    private long write(String partial, List<SftpHost.Tree.Seen> tree, long bytes, BackupFormat format)
            throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        SftpChannel.Handle handle = sftp.create(partial);
        Counting counted = new Counting(sftp.writing(handle));
        long[] done = {0};
        try (OutputStream out = format.compress(counted)) {
            TarStream tar = new TarStream(out, true);
            SftpChannel.Attributes root = sftp.stat(host.address().projectDirectory())
                    .orElseThrow(() -> new IOException("the project directory is gone"));
            tar.directory(".", root.mode() & 01777, Instant.ofEpochSecond(root.modified()));
            for (SftpHost.Tree.Seen seen : tree) {
                Found found = Objects.requireNonNull(seen.found());
                String name = "./" + seen.path();
                switch (found.kind()) {
                    case DIRECTORY -> tar.directory(name, found.mode() & 01777, found.modified());
                    case SYMLINK -> tar.link(name, Objects.requireNonNull(found.linkTarget()), found.modified());
                    case FILE -> {
                        try (InputStream content = sftp.read(host.path(seen.path()))) {
                            tar.file(
                                    name,
                                    found.mode() & 01777,
                                    found.modified(),
                                    found.sizeBytes(),
                                    new ExactLength(content, found.sizeBytes()),
                                    n -> {
                                        done[0] += n;
                                        beat(done[0], bytes);
                                    });
                        }
                    }
                    case OTHER -> {}
                }
            }
            tar.finish();
        }
        ((SftpChannel.Writing) counted.below()).drain();
        sftp.sync(handle);
        sftp.close(handle);
        return counted.bytes;
    }

    private void beat(long done, long bytes) throws CarriedFailure {
        try {
            pulse.beat();
        } catch (TransferException e) {
            throw new CarriedFailure(e);
        }
        pulse.progress(0, 1, done, bytes);
    }

    private record Reread(long sizeBytes, String sha256, long entries) {}

    private Reread readBack(String partial, BackupFormat format) throws IOException, TransferException {
        MessageDigest digest = NativeCrypto.sha256();
        long entries = 0;
        long[] size = {0};
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream raw = host.sftp().read(partial)) {
            InputStream hashed = new DigestInputStream(raw, digest) {
                @Override
                public int read(byte[] into, int offset, int length) throws IOException {
                    int n = super.read(into, offset, length);
                    size[0] += Math.max(0, n);
                    return n;
                }

                @Override
                public void close() {}
            };
            try (InputStream buffered = new BufferedInputStream(hashed, BUFFER_BYTES);
                    TarArchiveInputStream tar = new TarArchiveInputStream(format.decompress(buffered), "UTF-8")) {
                while (tar.getNextEntry() != null) {
                    entries++;
                    while (tar.read(buffer) >= 0) {
                        pulse.beat();
                    }
                }
            }
            while (hashed.read(buffer, 0, buffer.length) >= 0) {}
        }
        return new Reread(size[0], HexFormat.of().formatHex(digest.digest()), entries);
    }

    static String directoryOf(String file) {
        return file.lastIndexOf('/') == 0 ? "/" : file.substring(0, file.lastIndexOf('/'));
    }

    /** Whether one that was cut off had already kept the earlier backup, which is then there under both names. */
    private boolean isKept(SftpChannel sftp, String file) throws IOException, TransferException {
        Optional<SftpChannel.Attributes> earlier = sftp.lstat(file);
        Optional<SftpChannel.Attributes> kept = sftp.lstat(file + ".1");
        return earlier.isPresent() && earlier.equals(kept) && host.hashAt(file).equals(host.hashAt(file + ".1"));
    }

    private void rotate(SftpChannel sftp, String file, int keep) throws IOException, TransferException {
        if (keep >= 1 && isKept(sftp, file)) {
            return;
        }
        for (int i = keep; i > 1; i--) {
            if (sftp.lstat(file + "." + (i - 1)).isPresent()) {
                sftp.rename(file + "." + (i - 1), file + "." + i);
            }
        }
        if (keep >= 1 && sftp.lstat(file).isPresent()) {
            if (sftp.can("hardlink@openssh.com")) {
                if (sftp.lstat(file + ".1").isPresent()) {
                    sftp.remove(file + ".1");
                }
                sftp.hardlink(file, file + ".1");
            } else {
                sftp.rename(file, file + ".1");
            }
        }
    }

    /** Counts what goes through, and does not close what is below. */
    private static final class Counting extends FilterOutputStream {
        private long bytes;

        Counting(OutputStream out) {
            super(out);
        }

        OutputStream below() {
            return out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            bytes++;
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            out.write(from, offset, length);
            bytes += length;
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    /** A file that changes while it is archived is cut or filled up with zeros to the length that its header tells, as tar does. */
    private static final class ExactLength extends FilterInputStream {
        private long left;
        private boolean short_;

        ExactLength(InputStream in, long length) {
            super(in);
            left = length;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int most = (int) Math.min(left, length);
            int n = short_ ? -1 : in.read(into, offset, most);
            if (n < 0) {
                short_ = true;
                Arrays.fill(into, offset, offset + most, (byte) 0);
                n = most;
            }
            left -= n;
            return n;
        }
    }
}
