package org.slipway.transfer.ssh;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
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
 * What a channel received and nobody has read yet, in the packets in which it came. MINA's own stream keeps it in one array
 * and moves all of it forward with every packet that is read: with a window of some MiB that is far more than what is copied.
 * Its size is bounded by the channel's window, which opens again only by reading.
 */
final class Incoming extends BlockInput {
    private final long waitMillis;
    private final Deque<byte[]> packets = new ArrayDeque<>();
    private @Nullable LocalWindow window;
    private int readOfFirst;
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
                synchronized (packets) {
                    ended = true;
                    packets.notifyAll();
                }
            }
        };
    }

    private void add(byte[] data, int offset, int length) {
        if (length == 0) {
            return;
        }
        byte[] packet = new byte[length];
        System.arraycopy(data, offset, packet, 0, length);
        synchronized (packets) {
            packets.add(packet);
            packets.notifyAll();
        }
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        int copied = 0;
        synchronized (packets) {
            if (!await()) {
                return -1;
            }
            for (byte[] first = packets.peek(); first != null && copied < length; first = packets.peek()) {
                int take = Math.min(length - copied, first.length - readOfFirst);
                System.arraycopy(first, readOfFirst, into, offset + copied, take);
                copied += take;
                readOfFirst += take;
                if (readOfFirst == first.length) {
                    packets.remove();
                    readOfFirst = 0;
                }
            }
        }
        Objects.requireNonNull(window).release(copied);
        return copied;
    }

    /** {@code false} when nothing will come any more. */
    private boolean await() throws IOException {
        long begin = System.nanoTime();
        while (packets.isEmpty() && !ended) {
            try {
                if (waitMillis == 0) {
                    packets.wait();
                } else {
                    long leftMillis = waitMillis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
                    if (leftMillis <= 0) {
                        throw new SocketException("nothing came for " + waitMillis + " ms");
                    }
                    packets.wait(leftMillis);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                InterruptedIOException interrupted = new InterruptedIOException("interrupted while waiting for data");
                interrupted.initCause(e);
                throw interrupted;
            }
        }
        return !packets.isEmpty();
    }
}
