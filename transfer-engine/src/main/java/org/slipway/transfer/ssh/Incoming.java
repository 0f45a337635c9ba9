package org.slipway.transfer.ssh;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.channel.AbstractClientChannel;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ChannelSubsystem;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.LocalWindow;
import org.apache.sshd.common.session.ConnectionService;
import org.jspecify.annotations.Nullable;
import org.slipway.transfer.BlockInput;

/**
 * What a channel received and nobody has read yet. MINA's own stream keeps it in one array and moves all of it forward with every
 * packet that is read: with a window of some MiB that is far more than what is copied. Its size is bounded by the channel's window,
 * which opens again only by reading. What is longer than a packet lies in blocks that are used again until everything is read: arrays
 * for one packet each would live just long enough to be moved into the old generation, and fill that.
 */
final class Incoming extends BlockInput {
    private static final int BLOCK_BYTES = 64 << 10;

    private final long waitMillis;
    private final Deque<byte[]> blocks = new ArrayDeque<>();
    private final Deque<byte[]> free = new ArrayDeque<>();
    private @Nullable LocalWindow window;
    private int readOfFirst;
    private int usedOfLast;
    private boolean ended;

    private Incoming(long waitMillis) {
        this.waitMillis = waitMillis;
    }

    /** A channel that is not open yet, and what it will receive. */
    record Of<C extends AbstractClientChannel>(C channel, Incoming incoming) {}

    /** A read that waits for longer than {@code waitMillis} ends with a {@link SocketException}. */
    static Of<ChannelExec> ofCommand(ClientSession session, String command, long waitMillis) throws IOException {
        Incoming incoming = new Incoming(waitMillis);
        return of(session, incoming, new ChannelExec(command, StandardCharsets.US_ASCII, null, null) {
            @Override
            protected void doWriteData(byte[] data, int offset, long length) {
                incoming.add(data, offset, Math.toIntExact(length));
            }
        });
    }

    static Of<ChannelSubsystem> ofSubsystem(ClientSession session, String name) throws IOException {
        Incoming incoming = new Incoming(0);
        return of(session, incoming, new ChannelSubsystem(name) {
            @Override
            protected void doWriteData(byte[] data, int offset, long length) {
                incoming.add(data, offset, Math.toIntExact(length));
            }
        });
    }

    private static <C extends AbstractClientChannel> Of<C> of(ClientSession session, Incoming incoming, C channel)
            throws IOException {
        channel.setOut(incoming.end());
        try {
            session.getService(ConnectionService.class).registerChannel(channel);
        } catch (IllegalStateException e) {
            throw new IOException("the session is being closed", e);
        }
        incoming.window = channel.getLocalWindow();
        return new Of<>(channel, incoming);
    }

    /** MINA closes it when nothing more can come. */
    private OutputStream end() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("data comes by the channel");
            }

            @Override
            public void close() {
                synchronized (blocks) {
                    ended = true;
                    blocks.notifyAll();
                }
            }
        };
    }

    private void add(byte[] data, int offset, int length) {
        if (length == 0) {
            return;
        }
        synchronized (blocks) {
            if (blocks.isEmpty()) {
                blocks.add(Arrays.copyOfRange(data, offset, offset + length));
                usedOfLast = length;
            } else {
                append(data, offset, length);
            }
            blocks.notifyAll();
        }
    }

    private void append(byte[] data, int offset, int length) {
        for (int done = 0; done < length; ) {
            byte[] last = blocks.getLast();
            if (usedOfLast == last.length) {
                byte[] next = free.poll();
                last = next != null ? next : new byte[blockFor(length - done, last.length)];
                blocks.add(last);
                usedOfLast = 0;
            }
            int put = Math.min(length - done, last.length - usedOfLast);
            System.arraycopy(data, offset + done, last, usedOfLast, put);
            usedOfLast += put;
            done += put;
        }
    }

    /** Short answers get short blocks. */
    private static int blockFor(int length, int lengthBefore) {
        return Math.min(BLOCK_BYTES, 2 * Math.max(length, lengthBefore));
    }

    @Override
    public int available() {
        synchronized (blocks) {
            // At least so much; whoever asks wants to know whether a read would wait.
            return blocks.isEmpty() ? 0 : (blocks.size() == 1 ? usedOfLast : blocks.getFirst().length) - readOfFirst;
        }
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        int copied = 0;
        synchronized (blocks) {
            if (!await()) {
                return -1;
            }
            while (copied < length && !blocks.isEmpty()) {
                copied += take(into, offset + copied, length - copied);
            }
        }
        Objects.requireNonNull(window).release(copied);
        return copied;
    }

    /** Takes of the first block, which is there. */
    private int take(byte[] into, int offset, int most) {
        byte[] first = blocks.getFirst();
        boolean only = blocks.size() == 1;
        int there = only ? usedOfLast : first.length;
        int taken = Math.min(most, there - readOfFirst);
        System.arraycopy(first, readOfFirst, into, offset, taken);
        readOfFirst += taken;
        if (readOfFirst == there) {
            blocks.remove();
            readOfFirst = 0;
            if (only) {
                free.clear();
            } else if (first.length == BLOCK_BYTES) {
                free.add(first);
            }
        }
        return taken;
    }

    /** {@code false} when nothing will come any more. */
    private boolean await() throws IOException {
        long begin = System.nanoTime();
        while (blocks.isEmpty() && !ended) {
            try {
                if (waitMillis == 0) {
                    blocks.wait();
                } else {
                    long leftMillis = waitMillis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
                    if (leftMillis <= 0) {
                        throw new SocketException("nothing came for " + waitMillis + " ms");
                    }
                    blocks.wait(leftMillis);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                InterruptedIOException interrupted = new InterruptedIOException("interrupted while waiting for data");
                interrupted.initCause(e);
                throw interrupted;
            }
        }
        return !blocks.isEmpty();
    }
}
