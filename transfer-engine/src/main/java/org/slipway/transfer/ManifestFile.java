package org.slipway.transfer;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HexFormat;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;

/**
 * A manifest in a file of its own, for releases of any number of files: it is written once, in its order, and read as often as
 * wanted, and never is more of it in memory than one entry. The file goes when it is closed, or when nobody knows of it any more.
 */
public final class ManifestFile implements Manifest, AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final EntryType[] TYPES = EntryType.values();
    private static final Cleaner CLEANER = Cleaner.create();

    private final FileChannel channel;
    private final DataOutputStream out;
    private final Cleaner.Cleanable removal;
    private long entries;
    private long files;
    private long sizeBytes;

    private ManifestFile(FileChannel channel) {
        this.channel = channel;
        this.out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES));
        this.removal = CLEANER.register(this, new Removal(channel));
    }

    private record Removal(FileChannel channel) implements Runnable {
        @Override
        public void run() {
            try {
                channel.close();
            } catch (IOException e) {
                throw unusable(e);
            }
        }
    }

    /**
     * An empty one in the directory for temporary files. It has no name there any more, so a process that dies leaves nothing behind.
     *
     * @throws UncheckedIOException when it cannot be made
     */
    public static ManifestFile create() {
        try {
            Path file = Files.createTempFile(
                    "slipway-manifest-",
                    ".tmp",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                return new ManifestFile(FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private static UncheckedIOException unusable(IOException e) {
        return new UncheckedIOException("the directory for temporary files cannot hold a manifest", e);
    }

    /**
     * Appends an entry. A directory comes before what is in it.
     *
     * @throws UncheckedIOException when the disk takes no more
     */
    public void add(FileEntry entry) {
        try {
            text(entry.path().value());
            out.writeByte(entry.type().ordinal());
            out.writeShort(entry.mode());
            out.writeLong(entry.modified().getEpochSecond());
            out.writeInt(entry.modified().getNano());
            if (entry.type() == EntryType.FILE) {
                out.writeLong(entry.sizeBytes());
                String hash = entry.sha256();
                out.writeBoolean(hash != null);
                if (hash != null) {
                    out.write(HexFormat.of().parseHex(hash));
                }
                files++;
                sizeBytes += entry.sizeBytes();
            }
            String target = entry.linkTarget();
            if (target != null) {
                text(target);
            }
            entries++;
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private void text(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    @Override
    public long entries() {
        return entries;
    }

    @Override
    public long files() {
        return files;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public Cursor open() {
        try {
            out.flush();
            return new Reader(channel);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /** Removes the file. */
    @Override
    public void close() {
        removal.clean();
    }

    private static final class Reader implements Cursor {
        private final DataInputStream in;
        private @Nullable FileEntry next;

        Reader(FileChannel channel) throws IOException {
            in = new DataInputStream(new BufferedInputStream(new FromBeginning(channel), BUFFER_BYTES));
            next = read();
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public FileEntry next() {
            FileEntry entry = next;
            if (entry == null) {
                throw new NoSuchElementException();
            }
            try {
                next = read();
            } catch (IOException e) {
                throw unusable(e);
            }
            return entry;
        }

        private @Nullable FileEntry read() throws IOException {
            String path;
            try {
                path = text();
            } catch (EOFException e) {
                return null;
            }
            EntryType type = TYPES[in.readByte()];
            int mode = in.readShort();
            Instant modified = Instant.ofEpochSecond(in.readLong(), in.readInt());
            long size = 0;
            String hash = null;
            if (type == EntryType.FILE) {
                size = in.readLong();
                hash = in.readBoolean() ? HexFormat.of().formatHex(in.readNBytes(32)) : null;
            }
            String target = type == EntryType.SYMLINK ? text() : null;
            return new FileEntry(new RelativePath(path), type, mode, modified, size, hash, target);
        }

        private String text() throws IOException {
            return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
        }
    }

    /** A stream of its own over the channel, whose position is the writer's. */
    private static final class FromBeginning extends BlockInput {
        private final FileChannel channel;
        private long at;

        FromBeginning(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int n = channel.read(ByteBuffer.wrap(into, offset, length), at);
            at += Math.max(0, n);
            return n;
        }
    }
}
