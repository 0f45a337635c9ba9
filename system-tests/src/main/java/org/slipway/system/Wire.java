package org.slipway.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The way to a server on this machine, which can be made a bad one. It is good until {@link #be} says otherwise, and what it did to
 * those who used it is counted. A connection that lost bytes stays lost when the way is good again, as behind a firewall that forgot
 * it: nobody is told, and only who gives up by himself comes through with a new one.
 */
public final class Wire implements AutoCloseable {
    private static final int BLOCK = 16 << 10;
    private static final Duration A_BYTE = Duration.ofSeconds(1);
    private static final Duration A_LINE = Duration.ofMillis(20);
    private static final int CONNECT_MILLIS = 5_000;

    /** What becomes of bytes. */
    public enum Mode {
        /** They arrive. */
        GOOD,
        /** They vanish both ways, and nobody is told. */
        DROP,
        /** Those of the client arrive, those of the server vanish. */
        ONE_WAY,
        /** Every connection is reset, and every new one. */
        RESET,
        /** One arrives each second, in each direction. */
        SLOW,
        /** Whoever connects anew is told lines without end that are no greeting. */
        BANNER
    }

    private final int serverPort;
    private final ServerSocket listener;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicLong struck = new AtomicLong();
    private volatile Mode mode = Mode.GOOD;

    private Wire(int serverPort, ServerSocket listener) {
        this.serverPort = serverPort;
        this.listener = listener;
    }

    /** A good one to a port of 127.0.0.1, whether somebody listens there yet or not. */
    public static Wire to(int serverPort) {
        try {
            Wire wire = new Wire(serverPort, new ServerSocket(0, 200, InetAddress.getLoopbackAddress()));
            Thread.ofPlatform().daemon().name("wire to " + serverPort).start(wire::accept);
            return wire;
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    /** Where clients connect to. */
    public int port() {
        return listener.getLocalPort();
    }

    /** From now on. */
    public void be(Mode wanted) {
        if (wanted != Mode.GOOD) {
            struck.set(0);
        }
        mode = wanted;
        if (wanted == Mode.RESET) {
            links.forEach(link -> {
                struck.incrementAndGet();
                link.reset();
            });
        }
    }

    /** How many times it did to somebody what it was told to do last: blocks swallowed, bytes held back, connections reset or told nonsense. */
    public long struck() {
        return struck.get();
    }

    /** Both ends of one connection. */
    private final class Link {
        private final Socket client;
        private final Socket server;
        private volatile boolean lost;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void reset() {
            resetQuietly(client);
            resetQuietly(server);
            links.remove(this);
        }

        void pump(Socket from, Socket to, boolean toClient) {
            byte[] block = new byte[BLOCK];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(block); read >= 0; read = in.read(block)) {
                    pass(block, read, out, toClient);
                }
                if (!lost && mode != Mode.DROP) {
                    to.shutdownOutput();
                }
            } catch (IOException cut) {
                if (!lost && mode != Mode.DROP) {
                    closeQuietly(to);
                }
            } finally {
                if (from.isInputShutdown() || lost) {
                    closeQuietly(from);
                }
                if (client.isClosed() || server.isClosed()) {
                    links.remove(this);
                }
            }
        }

        private void pass(byte[] block, int length, OutputStream out, boolean toClient) throws IOException {
            int at = 0;
            while (at < length) {
                Mode now = mode;
                if (lost || now == Mode.DROP || (now == Mode.ONE_WAY && toClient)) {
                    lost = lost || now == Mode.DROP || now == Mode.ONE_WAY;
                    struck.incrementAndGet();
                    if (toClient || now != Mode.ONE_WAY) {
                        return;
                    }
                }
                if (now == Mode.SLOW) {
                    struck.incrementAndGet();
                    out.write(block, at, 1);
                    at++;
                    restWhile(Mode.SLOW, A_BYTE);
                } else {
                    out.write(block, at, length - at);
                    at = length;
                }
            }
        }
    }

    private void restWhile(Mode wanted, Duration time) {
        long until = System.nanoTime() + time.toNanos();
        while (mode == wanted && System.nanoTime() < until) {
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                switch (mode) {
                    case RESET -> {
                        struck.incrementAndGet();
                        resetQuietly(client);
                    }
                    case BANNER -> Thread.ofVirtual().start(() -> talkNonsense(client));
                    case GOOD, DROP, ONE_WAY, SLOW -> Thread.ofVirtual().start(() -> join(client));
                }
            } catch (IOException closed) {
                // the listener, and then we are through; or a client that is gone already
            }
        }
    }

    private void join(Socket client) {
        Socket server = new Socket();
        try {
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort), CONNECT_MILLIS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        } catch (IOException nobodyThere) {
            resetQuietly(client);
            closeQuietly(server);
            return;
        }
        Link link = new Link(client, server);
        links.add(link);
        if (mode == Mode.RESET) {
            struck.incrementAndGet();
            link.reset();
            return;
        }
        Thread.ofVirtual().start(() -> link.pump(client, server, false));
        Thread.ofVirtual().start(() -> link.pump(server, client, true));
    }

    private void talkNonsense(Socket client) {
        byte[] line = "this is a line that comes before no greeting\r\n".getBytes(StandardCharsets.US_ASCII);
        try (client) {
            OutputStream out = client.getOutputStream();
            while (mode == Mode.BANNER) {
                out.write(line);
                struck.incrementAndGet();
                restWhile(Mode.BANNER, A_LINE);
            }
        } catch (IOException hadEnough) {
            // what was wanted
        }
    }

    private static void resetQuietly(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException closed) {
            // then there is nothing to reset
        }
        closeQuietly(socket);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyCut) {
            // what was wanted
        }
    }

    @Override
    public void close() {
        closeQuietly();
        links.forEach(Link::reset);
    }

    private void closeQuietly() {
        try {
            listener.close();
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }
}
