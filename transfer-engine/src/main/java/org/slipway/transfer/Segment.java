package org.slipway.transfer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/**
 * A file of contents, one behind the other, each behind its hash and size: {@value #HEADER_BYTES} bytes of header, then the content.
 * One thread appends; any number read, also what is still being appended. A content that was not written to its end, because the
 * process died, is cut off when the file is opened again.
 */
final class Segment {
    static final int HEADER_BYTES = 40;

    private final Path file;
    private final FileChannel channel;
    private long writtenBytes;
    private int users;
    private boolean open;

    private Segment(Path file, FileChannel channel, long writtenBytes, boolean open) {
        this.file = file;
        this.channel = channel;
        this.writtenBytes = writtenBytes;
        this.open = open;
    }

    /** A new one, open for appending. */
    static Segment create(Path file) throws IOException {
        return new Segment(
                file,
                FileChannel.open(
                        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                0,
                true);
    }

    /** Takes what an earlier process left. */
    static Segment takeUp(Path file, Visitor visitor) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        long size = channel.size();
        long end = 0;
        Segment segment = new Segment(file, channel, size, false);
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        while (end + HEADER_BYTES <= size) {
            header.clear();
            readFully(channel, header, end);
            header.flip();
            Sha256 hash = Sha256.read(header);
            long bytes = header.getLong();
            long content = end + HEADER_BYTES;
            if (bytes < 0 || bytes > size - content) {
                break;
            }
            visitor.content(hash, segment, content, bytes);
            end = content + bytes;
        }
        channel.truncate(end);
        segment.writtenBytes = end;
        return segment;
    }

    /** Is told of each content that a segment holds. */
    interface Visitor {
        void content(Sha256 hash, Segment segment, long offset, long sizeBytes);
    }

    private static void readFully(FileChannel channel, ByteBuffer into, long from) throws IOException {
        long at = from;
        while (into.hasRemaining()) {
            int n = channel.read(into, at);
            if (n < 0) {
                throw new IOException("a file of the cache became shorter");
            }
            at += n;
        }
    }

    /** How long the file is. */
    synchronized long sizeBytes() {
        return writtenBytes;
    }

    /** Appends; readers that wait for just this go on. */
    void append(byte[] bytes, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
        long at = sizeBytes();
        try {
            while (buffer.hasRemaining()) {
                at += channel.write(buffer, at);
            }
        } catch (IOException e) {
            cutOffWhatIsHalfWritten(e);
            throw e;
        }
        synchronized (this) {
            writtenBytes = at;
            notifyAll();
        }
    }

    private void cutOffWhatIsHalfWritten(IOException why) {
        try {
            channel.truncate(sizeBytes());
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    /** Takes back what was appended behind this. */
    synchronized void cutTo(long sizeBytes) throws IOException {
        channel.truncate(sizeBytes);
        writtenBytes = sizeBytes;
    }

    /**
     * Reads at least one byte, as soon as there is one.
     *
     * @return how many were read; 0 when none came within {@code millis}
     */
    int read(byte[] into, int offset, int length, long from, long millis) throws IOException {
        long there = awaitBehind(from, millis) - from;
        return there <= 0
                ? 0
                : Math.max(0, channel.read(ByteBuffer.wrap(into, offset, (int) Math.min(length, there)), from));
    }

    private synchronized long awaitBehind(long from, long millis) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = millis; writtenBytes <= from && left > 0; left = millisUntil(deadline)) {
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            }
        }
        return writtenBytes;
    }

    private static long millisUntil(long deadline) {
        return TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    }

    synchronized void use() {
        users++;
    }

    synchronized void unuse() {
        users--;
    }

    /** Whether somebody reads it or appends to it. */
    synchronized boolean isInUse() {
        return users > 0 || open;
    }

    /** No more is appended for now. */
    synchronized void close() {
        open = false;
    }

    /** More is appended. */
    synchronized void reopen() {
        open = true;
    }

    /** Removes the file. */
    void delete() throws IOException {
        channel.close();
        Files.deleteIfExists(file);
    }
}
