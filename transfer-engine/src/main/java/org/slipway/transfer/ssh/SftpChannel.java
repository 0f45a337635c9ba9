package org.slipway.transfer.ssh;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.channel.ChannelSubsystem;
import org.apache.sshd.client.session.ClientSession;
import org.jspecify.annotations.Nullable;
import org.slipway.transfer.BlockInput;

/**
 * SFTP version 3 with many requests in flight on one channel. Every call blocks its caller until its answer is there, and any number
 * of (virtual) threads may call: what they ask goes out together, and answers are matched by their numbers.
 */
final class SftpChannel implements AutoCloseable {
    static final int NO_SUCH_FILE = 2;
    static final int PERMISSION_DENIED = 3;
    static final int FAILURE = 4;
    static final int UNSUPPORTED = 8;

    private static final int EOF = 1;
    private static final long STATVFS_READ_ONLY = 1;
    private static final int VERSION = 3;
    private static final int IN_FLIGHT = 128;
    private static final int PER_FILE = 32;
    private static final int SAFE_CHUNK_BYTES = 32 << 10;
    private static final int MAX_CHUNK_BYTES = 128 << 10;
    private static final int MAX_PACKET_BYTES = 1 << 20;
    private static final int SEND_BYTES = 256 << 10;

    private static final byte[] CLOSE = new byte[0];

    /** What a server says instead of an answer. */
    static final class StatusException extends IOException {
        private static final long serialVersionUID = 1L;

        private final int code;

        StatusException(int code, String message) {
            super(message);
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    /** What is known about a file. */
    record Attributes(long size, long uid, int permissions, long modified) {
        boolean isDirectory() {
            return permissions >> 12 == 004;
        }

        boolean isFile() {
            return permissions >> 12 == 010;
        }

        boolean isLink() {
            return permissions >> 12 == 012;
        }

        int mode() {
            return permissions & 07777;
        }
    }

    /** One name in a directory. */
    record Named(byte[] name, Attributes attributes) {}

    private record Packet(int type, ByteBuffer body) {}

    /** An open file or directory. */
    record Handle(byte[] id) {}

    private final ChannelSubsystem channel;
    private final Duration answerTimeout;
    private final Pace pace;
    private final DataInputStream in;
    private final LinkedBlockingQueue<byte[]> toSend = new LinkedBlockingQueue<>();
    private final Map<Integer, CompletableFuture<Packet>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final Semaphore inFlight = new Semaphore(IN_FLIGHT);
    private final Set<String> extensions = new HashSet<>();
    private int readChunk = SAFE_CHUNK_BYTES;
    private int writeChunk = SAFE_CHUNK_BYTES;
    private volatile @Nullable IOException broken;
    private volatile long heardAt = System.nanoTime();

    private SftpChannel(Incoming.Of<ChannelSubsystem> opened, Duration answerTimeout, Pace pace) {
        this.channel = opened.channel();
        this.answerTimeout = answerTimeout;
        this.pace = pace;
        this.in = new DataInputStream(new BufferedInputStream(opened.incoming(), SEND_BYTES));
    }

    static SftpChannel open(ClientSession session, Duration answerTimeout, Pace pace) throws IOException {
        Incoming.Of<ChannelSubsystem> opened = Incoming.ofSubsystem(session, "sftp");
        ChannelSubsystem channel = opened.channel();
        try {
            channel.open().verify(answerTimeout);
            SftpChannel sftp = new SftpChannel(opened, answerTimeout, pace);
            sftp.begin();
            return sftp;
        } catch (IOException | RuntimeException e) {
            channel.close(true);
            throw e;
        }
    }

    private void begin() throws IOException {
        CompletableFuture<Packet> version = new CompletableFuture<>();
        waiting.put(-1, version);
        var receiver = Thread.ofVirtual().name("slipway-sftp-in").start(this::receive);
        var sender = Thread.ofVirtual().name("slipway-sftp-out").start(this::send);
        ByteArrayOutputStream init = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(init);
        out.writeInt(5);
        out.writeByte(1);
        out.writeInt(VERSION);
        toSend.add(init.toByteArray());
        Packet answer = await(version);
        int agreed = int32(answer.body());
        if (agreed < VERSION) {
            throw new IOException("the server speaks SFTP version " + agreed + " only");
        }
        while (answer.body().hasRemaining()) {
            extensions.add(new String(string(answer.body()), StandardCharsets.US_ASCII));
            string(answer.body());
        }
        if (can("limits@openssh.com")) {
            ByteBuffer limits = extended("limits@openssh.com").body();
            long packet = int64(limits);
            readChunk = chunk(int64(limits), packet);
            writeChunk = chunk(int64(limits), packet);
        }
    }

    private static int chunk(long limit, long packet) {
        long most = Math.min(limit > 0 ? limit : SAFE_CHUNK_BYTES, packet > 0 ? packet - 1024 : SAFE_CHUNK_BYTES);
        return (int) Math.clamp(most, SAFE_CHUNK_BYTES, MAX_CHUNK_BYTES);
    }

    /** Whether the server offers an extension. */
    boolean can(String extension) {
        return extensions.contains(extension);
    }

    boolean isUsable() {
        return broken == null && channel.isOpen() && !channel.isClosing();
    }

    Optional<Attributes> lstat(String path) throws IOException {
        try {
            return Optional.of(attributes(expect(request(7, path), 105)));
        } catch (StatusException e) {
            if (e.code() == NO_SUCH_FILE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    Optional<Attributes> stat(String path) throws IOException {
        try {
            return Optional.of(attributes(expect(request(17, path), 105)));
        } catch (StatusException e) {
            if (e.code() == NO_SUCH_FILE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    byte[] readlink(String path) throws IOException {
        ByteBuffer body = expect(request(19, path), 104);
        if (int32(body) != 1) {
            throw new OddAnswer("a link with more than one target");
        }
        return string(body);
    }

    String realpath(String path) throws IOException {
        ByteBuffer body = expect(request(16, path), 104);
        int32(body);
        return new String(string(body), StandardCharsets.UTF_8);
    }

    void mkdir(String path, int mode) throws IOException {
        status(request(14, out -> {
            text(out, path);
            out.writeInt(4);
            out.writeInt(mode);
        }));
    }

    void rmdir(String path) throws IOException {
        status(request(15, path));
    }

    void remove(String path) throws IOException {
        status(request(13, path));
    }

    /** OpenSSH, and everybody after it, takes the target first. */
    void symlink(String target, String path) throws IOException {
        status(request(20, out -> {
            text(out, target);
            text(out, path);
        }));
    }

    void rename(String from, String to) throws IOException {
        status(requestExtended("posix-rename@openssh.com", from, to));
    }

    void hardlink(String existing, String path) throws IOException {
        status(requestExtended("hardlink@openssh.com", existing, path));
    }

    void setMode(String path, int mode) throws IOException {
        status(request(9, out -> {
            text(out, path);
            out.writeInt(4);
            out.writeInt(mode);
        }));
    }

    void setTime(String path, long seconds) throws IOException {
        status(request(9, out -> {
            text(out, path);
            out.writeInt(8);
            out.writeInt((int) seconds);
            out.writeInt((int) seconds);
        }));
    }

    /** Free blocks, block size, free inodes, inodes, as {@code stat -f} prints them; empty where the server does not tell. */
    Optional<Room> room(String path) throws IOException {
        if (!can("statvfs@openssh.com")) {
            return Optional.empty();
        }
        try {
            ByteBuffer body = expect(requestExtended("statvfs@openssh.com", path), 201);
            int64(body);
            long block = Math.max(1, int64(body));
            int64(body);
            int64(body);
            long free = int64(body);
            long inodes = int64(body);
            int64(body);
            long freeInodes = int64(body);
            return Optional.of(new Room(
                    free < 0 || free > Long.MAX_VALUE / block ? Long.MAX_VALUE : free * block,
                    block,
                    inodes == 0 ? Long.MAX_VALUE : freeInodes));
        } catch (StatusException e) {
            return Optional.empty();
        }
    }

    /** Whether a path is on a file system that is mounted read-only, as far as the server tells. */
    boolean isReadOnly(String path) throws IOException {
        if (!can("statvfs@openssh.com")) {
            return false;
        }
        ByteBuffer body = expect(requestExtended("statvfs@openssh.com", path), 201);
        for (int field = 0; field < 9; field++) {
            int64(body);
        }
        return (int64(body) & STATVFS_READ_ONLY) != 0;
    }

    List<Named> readDirectory(String path) throws IOException {
        Handle handle = new Handle(string(expect(request(11, path), 102)));
        try {
            List<Named> all = new ArrayList<>();
            while (true) {
                ByteBuffer body;
                try {
                    body = expect(request(12, out -> bytes(out, handle.id())), 104);
                } catch (StatusException e) {
                    if (e.code() == EOF) {
                        return all;
                    }
                    throw e;
                }
                int count = int32(body);
                for (int i = 0; i < count; i++) {
                    byte[] name = string(body);
                    string(body);
                    Attributes attributes = attributes(body);
                    if (!(name.length == 1 && name[0] == '.')
                            && !(name.length == 2 && name[0] == '.' && name[1] == '.')) {
                        all.add(new Named(name, attributes));
                    }
                }
            }
        } finally {
            close(handle);
        }
    }

    Handle openToRead(String path) throws IOException {
        return new Handle(string(expect(
                request(3, out -> {
                    text(out, path);
                    out.writeInt(1);
                    out.writeInt(0);
                }),
                102)));
    }

    /** Makes a file that must not be there yet, only for its owner. */
    Handle create(String path) throws IOException {
        return new Handle(string(expect(
                request(3, out -> {
                    text(out, path);
                    out.writeInt(0x02 | 0x08 | 0x20);
                    out.writeInt(4);
                    out.writeInt(0600);
                }),
                102)));
    }

    void close(Handle handle) throws IOException {
        status(request(4, out -> bytes(out, handle.id())));
    }

    /** Sets mode and time of an open file. */
    void settle(Handle handle, int mode, long seconds) throws IOException {
        status(request(10, out -> {
            bytes(out, handle.id());
            out.writeInt(4 | 8);
            out.writeInt(mode);
            out.writeInt((int) seconds);
            out.writeInt((int) seconds);
        }));
    }

    /** Brings an open file to the disk, where the server can. */
    void sync(Handle handle) throws IOException {
        if (can("fsync@openssh.com")) {
            status(request(200, out -> {
                text(out, "fsync@openssh.com");
                bytes(out, handle.id());
            }));
        }
    }

    /** A file's content, several requests ahead of the reader. Closing it closes the file. */
    InputStream read(String path) throws IOException {
        return new Reading(openToRead(path));
    }

    /** Takes a file's content, several requests ahead of the server. */
    Writing writing(Handle handle) {
        return new Writing(handle);
    }

    /** All of a small file. */
    byte[] readAll(String path) throws IOException {
        try (InputStream content = read(path)) {
            return content.readAllBytes();
        }
    }

    private final class Reading extends BlockInput {
        private final Handle handle;
        private final ArrayDeque<Ahead> ahead = new ArrayDeque<>();
        private long nextOffset;
        private boolean ended;
        private boolean shortened;
        private int window = 1;
        private ByteBuffer current = ByteBuffer.allocate(0);

        private record Ahead(long offset, int length, CompletableFuture<Packet> answer) {}

        Reading(Handle handle) {
            this.handle = handle;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            while (!current.hasRemaining()) {
                while (!ended && !shortened && ahead.size() < window) {
                    ahead.add(ask(nextOffset, readChunk));
                    nextOffset += readChunk;
                }
                window = Math.min(PER_FILE, window * 2);
                Ahead first = ahead.poll();
                if (first == null) {
                    return -1;
                }
                try {
                    current = ByteBuffer.wrap(content(first.answer()));
                    int short_ = first.length() - current.remaining();
                    shortened = short_ > 0 && current.hasRemaining();
                    if (shortened) {
                        // A server may answer with less than was asked for, in the middle of a file too. Most often it
                        // is the end,
                        // and nothing beyond is asked for: two small answers in a row wait 40 ms for each other where
                        // the server
                        // leaves Nagle's algorithm on.
                        ahead.addFirst(ask(first.offset() + current.remaining(), short_));
                    }
                } catch (StatusException e) {
                    if (e.code() != EOF) {
                        throw e;
                    }
                    ended = true;
                }
            }
            int n = Math.min(length, current.remaining());
            current.get(into, offset, n);
            return n;
        }

        private Ahead ask(long offset, int length) throws IOException {
            return new Ahead(offset, length, request(5, out -> {
                bytes(out, handle.id());
                out.writeLong(offset);
                out.writeInt(length);
            }));
        }

        @Override
        public void close() throws IOException {
            SftpChannel.this.close(handle);
        }
    }

    /** Output to an open file. {@link #drain} waits until the server has taken everything. */
    final class Writing extends OutputStream {
        private final Handle handle;
        private final ArrayDeque<Ahead> ahead = new ArrayDeque<>();
        private byte[] chunk = new byte[0];
        private int used;
        private long offset;

        Writing(Handle handle) {
            this.handle = handle;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            int done = 0;
            while (done < length) {
                if (used == chunk.length) {
                    put();
                    chunk = new byte[writeChunk];
                }
                int n = Math.min(length - done, chunk.length - used);
                System.arraycopy(bytes, from + done, chunk, used, n);
                used += n;
                done += n;
            }
        }

        private void put() throws IOException {
            if (used == 0) {
                return;
            }
            byte[] full = chunk;
            int length = used;
            long at = offset;
            while (ahead.size() >= PER_FILE) {
                contentTaken(ahead.remove());
            }
            ahead.add(new Ahead(length, request(6, out -> {
                bytes(out, handle.id());
                out.writeLong(at);
                out.writeInt(length);
                out.write(full, 0, length);
            })));
            offset += used;
            used = 0;
            chunk = new byte[0];
        }

        void drain() throws IOException {
            put();
            while (!ahead.isEmpty()) {
                contentTaken(ahead.remove());
            }
        }

        private record Ahead(int length, CompletableFuture<Packet> answer) {}

        private void contentTaken(Ahead first) throws IOException {
            long taken = 0;
            pace.begin();
            try {
                status(first.answer());
                taken = Math.max(Pace.ANSWER_WORTH_BYTES, first.length());
            } finally {
                endWait(taken);
            }
        }
    }

    private byte[] content(CompletableFuture<Packet> answer) throws IOException {
        long come = 0;
        pace.begin();
        try {
            byte[] bytes = string(expect(answer, 103));
            come = Math.max(Pace.ANSWER_WORTH_BYTES, bytes.length);
            return bytes;
        } finally {
            endWait(come);
        }
    }

    /** Where content comes too slowly, nobody waits for the answers that are still on their way either. */
    private void endWait(long passed) throws TooSlowException {
        try {
            pace.end(passed);
        } catch (TooSlowException e) {
            fail(e);
            throw e;
        }
    }

    private interface Body {
        void write(DataOutputStream out) throws IOException;
    }

    private CompletableFuture<Packet> request(int type, String path) throws IOException {
        return request(type, out -> text(out, path));
    }

    private CompletableFuture<Packet> requestExtended(String name, String... paths) throws IOException {
        return request(200, out -> {
            text(out, name);
            for (String path : paths) {
                text(out, path);
            }
        });
    }

    private Packet extended(String name) throws IOException {
        Packet packet = await(requestExtended(name));
        if (packet.type() == 101) {
            throw refusal(packet.body());
        }
        return packet;
    }

    private CompletableFuture<Packet> request(int type, Body body) throws IOException {
        ByteArrayOutputStream packet = new ByteArrayOutputStream(256);
        DataOutputStream out = new DataOutputStream(packet);
        int id = ids.incrementAndGet() & Integer.MAX_VALUE;
        out.writeInt(0);
        out.writeByte(type);
        out.writeInt(id);
        body.write(out);
        byte[] bytes = packet.toByteArray();
        ByteBuffer.wrap(bytes).putInt(0, bytes.length - 4);
        try {
            while (!inFlight.tryAcquire(answerTimeout.toMillis(), TimeUnit.MILLISECONDS)) {
                requireNotSilent();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        CompletableFuture<Packet> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        IOException why = broken;
        if (why != null) {
            waiting.remove(id);
            throw again(why);
        }
        toSend.add(bytes);
        return answer;
    }

    private Packet await(CompletableFuture<Packet> answer) throws IOException {
        while (true) {
            try {
                return answer.get(answerTimeout.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            } catch (TimeoutException e) {
                requireNotSilent();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException why ? again(why) : new IOException(e);
            }
        }
    }

    /** What ended the channel, for one more of those who wait. */
    private static IOException again(IOException why) {
        return switch (why) {
            case TooSlowException slow -> slow.again();
            case OddAnswer odd -> new OddAnswer(String.valueOf(odd.getMessage()), odd);
            default -> new IOException(why.getMessage(), why);
        };
    }

    /** An answer may stand behind many others on a slow link; what has to come in time is any of them. */
    private void requireNotSilent() throws IOException {
        if (System.nanoTime() - heardAt >= answerTimeout.toNanos()) {
            throw new IOException("no answer within " + answerTimeout.toSeconds() + " s", new TimeoutException());
        }
    }

    private ByteBuffer expect(CompletableFuture<Packet> answer, int type) throws IOException {
        Packet packet = await(answer);
        if (packet.type() == 101) {
            throw refusal(packet.body());
        }
        if (packet.type() != type) {
            throw new OddAnswer("SFTP answer of type " + packet.type() + " where " + type + " was due");
        }
        return packet.body();
    }

    private void status(CompletableFuture<Packet> answer) throws IOException {
        Packet packet = await(answer);
        if (packet.type() != 101) {
            throw new OddAnswer("SFTP answer of type " + packet.type() + " where a status was due");
        }
        StatusException refusal = refusal(packet.body());
        if (refusal.code() != 0) {
            throw refusal;
        }
    }

    private static StatusException refusal(ByteBuffer body) throws IOException {
        int code = int32(body);
        String message = body.remaining() >= 4 ? new String(string(body), StandardCharsets.UTF_8) : "";
        return new StatusException(code, message.isBlank() ? "SFTP status " + code : message);
    }

    private static Attributes attributes(ByteBuffer body) throws OddAnswer {
        int flags = int32(body);
        long size = (flags & 1) != 0 ? int64(body) : 0;
        long uid = -1;
        if ((flags & 2) != 0) {
            uid = int32(body) & 0xffffffffL;
            int32(body);
        }
        int permissions = (flags & 4) != 0 ? int32(body) : 0;
        long modified = 0;
        if ((flags & 8) != 0) {
            int32(body);
            modified = int32(body) & 0xffffffffL;
        }
        if ((flags & 0x80000000) != 0) {
            int count = int32(body);
            for (int i = 0; i < count; i++) {
                string(body);
                string(body);
            }
        }
        if (size < 0) {
            throw new OddAnswer("a file of negative size");
        }
        return new Attributes(size, uid, permissions, modified);
    }

    private static byte[] string(ByteBuffer body) throws OddAnswer {
        int length = int32(body);
        if (length < 0 || length > body.remaining()) {
            throw new OddAnswer("an SFTP answer that is too short");
        }
        byte[] bytes = new byte[length];
        body.get(bytes);
        return bytes;
    }

    private static int int32(ByteBuffer body) throws OddAnswer {
        if (body.remaining() < Integer.BYTES) {
            throw new OddAnswer("an SFTP answer that is too short");
        }
        return body.getInt();
    }

    private static long int64(ByteBuffer body) throws OddAnswer {
        if (body.remaining() < Long.BYTES) {
            throw new OddAnswer("an SFTP answer that is too short");
        }
        return body.getLong();
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        bytes(out, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private void send() {
        try {
            OutputStream out = new BufferedOutputStream(channel.getInvertedIn(), SEND_BYTES);
            while (true) {
                byte[] next = toSend.poll();
                if (next == null) {
                    out.flush();
                    next = toSend.take();
                }
                if (next == CLOSE) {
                    return;
                }
                out.write(next);
            }
        } catch (IOException e) {
            fail(e);
        } catch (InterruptedException e) {
            fail(new InterruptedIOException("closed"));
        }
    }

    private void receive() {
        try {
            while (true) {
                int length = in.readInt();
                if (length < 5 || length > MAX_PACKET_BYTES) {
                    throw new OddAnswer("an SFTP packet of " + length + " bytes");
                }
                int type = in.readUnsignedByte();
                boolean version = type == 2;
                int id = version ? -1 : in.readInt();
                byte[] body = new byte[length - (version ? 1 : 5)];
                in.readFully(body);
                heardAt = System.nanoTime();
                CompletableFuture<Packet> asked = waiting.remove(id);
                if (asked == null) {
                    throw new OddAnswer("an SFTP answer that nobody asked for");
                }
                if (!version) {
                    inFlight.release();
                }
                asked.complete(new Packet(type, ByteBuffer.wrap(body)));
            }
        } catch (EOFException e) {
            fail(new IOException("the SFTP server ended", e));
        } catch (IOException e) {
            fail(e);
        }
    }

    private void fail(IOException why) {
        if (broken == null) {
            broken = why;
        }
        waiting.values().forEach(answer -> answer.completeExceptionally(why));
        waiting.clear();
        inFlight.release(IN_FLIGHT);
    }

    @Override
    public void close() {
        toSend.add(CLOSE);
        channel.close(false);
        fail(new IOException("closed"));
    }
}
