package org.slipway.benchmarks.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A slow line to a server: everything is late by a fixed time each way, and all connections together get no more than a rate each way.
 * It delays bytes, not packets, and loses none; the kernel here has no netem.
 */
final class Shaper implements AutoCloseable {
    private static final int BLOCK_BYTES = 16 << 10;

    /** What may be under way in one direction of one connection: 16 MiB, far above rate × delay, so that only these two limit it. */
    private static final int BLOCKS_UNDER_WAY = 1024;

    private static final Block END = new Block(new byte[0], 0);

    private final ServerSocket listener;
    private final InetSocketAddress server;
    private final Duration delay;
    private final Rate up;
    private final Rate down;

    private record Block(byte[] bytes, long dueNanos) {}

    private Shaper(ServerSocket listener, InetSocketAddress server, Duration delayEachWay, long bitsPerSecond) {
        this.listener = listener;
        this.server = server;
        this.delay = delayEachWay;
        this.up = new Rate(bitsPerSecond / 8);
        this.down = new Rate(bitsPerSecond / 8);
    }

    /** A line at a free port of 127.0.0.1 to a port of it. */
    static Shaper before(int port, Duration delayEachWay, long bitsPerSecond) throws IOException {
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        Shaper shaper = new Shaper(
                new ServerSocket(0, 200, loopback), new InetSocketAddress(loopback, port), delayEachWay, bitsPerSecond);
        Thread.ofPlatform().daemon().name("line").start(shaper::accept);
        return shaper;
    }

    /**
     * A line in a JVM of its own, so that its work is not counted as that of the one who uses it. Prints its port, and ends with its
     * standard input.
     *
     * @param args port of the server, delay each way in ms, bits per second
     */
    public static void main(String[] args) throws IOException {
        try (Shaper shaper = before(
                Integer.parseInt(args[0]), Duration.ofMillis(Long.parseLong(args[1])), Long.parseLong(args[2]))) {
            System.out.println(shaper.port());
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket there = new Socket();
                client.setTcpNoDelay(true);
                there.setTcpNoDelay(true);
                there.connect(server);
                carry(client, there, up);
                carry(there, client, down);
            } catch (IOException cut) {
                // closed, or that client is told by its broken connection
            }
        }
    }

    private void carry(Socket from, Socket to, Rate rate) {
        BlockingQueue<Block> underWay = new ArrayBlockingQueue<>(BLOCKS_UNDER_WAY);
        Thread.ofVirtual().start(() -> take(from, underWay, rate));
        Thread.ofVirtual().start(() -> hand(underWay, from, to));
    }

    private void take(Socket from, BlockingQueue<Block> underWay, Rate rate) {
        byte[] buffer = new byte[BLOCK_BYTES];
        try {
            try {
                InputStream in = from.getInputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    rate.pass(n);
                    underWay.put(new Block(Arrays.copyOf(buffer, n), System.nanoTime() + delay.toNanos()));
                }
            } catch (IOException cut) {
                // the other end sees the end
            }
            underWay.put(END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void hand(BlockingQueue<Block> underWay, Socket from, Socket to) {
        try {
            OutputStream out = to.getOutputStream();
            for (Block block = underWay.take(); block != END; block = underWay.take()) {
                long early = block.dueNanos() - System.nanoTime();
                if (early > 0) {
                    TimeUnit.NANOSECONDS.sleep(early);
                }
                out.write(block.bytes());
            }
            to.shutdownOutput();
        } catch (IOException cut) {
            // nobody takes any more, so nobody needs to send
            close(from);
            close(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException already) {
            // what was wanted
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    /** Lets so many bytes a second through; what was not used is kept for 10 ms and no longer. */
    private static final class Rate {
        private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

        private final long bytesPerSecond;
        private long freeAt = System.nanoTime();

        Rate(long bytesPerSecond) {
            this.bytesPerSecond = bytesPerSecond;
        }

        void pass(int bytes) throws InterruptedException {
            long wait;
            synchronized (this) {
                long now = System.nanoTime();
                freeAt = Math.max(freeAt, now - BURST_NANOS) + bytes * 1_000_000_000L / bytesPerSecond;
                wait = freeAt - now;
            }
            if (wait > 0) {
                TimeUnit.NANOSECONDS.sleep(wait);
            }
        }
    }
}
