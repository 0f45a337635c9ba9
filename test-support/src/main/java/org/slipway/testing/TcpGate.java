package org.slipway.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A way to a server that a test can shut: connections are cut and new ones refused until it is opened again. What it is told goes
 * through a system property, because Quarkus loads classes of tests several times in one JVM.
 */
public final class TcpGate {
    private static final String SHUT = "slipway.testing.gate.shut.";
    private static final long LOOK_MILLIS = 5;

    private final String name;
    private final InetSocketAddress server;
    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private TcpGate(String name, InetSocketAddress server, ServerSocket listener) {
        this.name = name;
        this.server = server;
        this.listener = listener;
    }

    /** A gate in front of a server, at any free port of 127.0.0.1, until the JVM ends. */
    public static TcpGate before(String name, String host, int port) {
        try {
            TcpGate gate = new TcpGate(
                    name, new InetSocketAddress(host, port), new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            daemon(gate::accept);
            daemon(gate::cutWhenShut);
            return gate;
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Cuts every connection through the gate of that name, and lets none through until {@link #open}. */
    public static void shut(String name) {
        System.setProperty(SHUT + name, "");
    }

    public static void open(String name) {
        System.clearProperty(SHUT + name);
    }

    private boolean isShut() {
        return System.getProperty(SHUT + name) != null;
    }

    private void accept() {
        while (true) {
            try {
                Socket client = listener.accept();
                if (isShut()) {
                    client.close();
                    continue;
                }
                Socket there = new Socket();
                there.connect(server);
                open.add(client);
                open.add(there);
                daemon(() -> pass(client, there));
                daemon(() -> pass(there, client));
            } catch (IOException cannot) {
                // that client is told by its broken connection
            }
        }
    }

    private void pass(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        } catch (IOException cut) {
            // both ends see it
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private void cutWhenShut() {
        while (true) {
            if (isShut()) {
                for (Socket socket : open) {
                    try {
                        socket.close();
                    } catch (IOException alreadyCut) {
                        // what was wanted
                    }
                }
            }
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void daemon(Runnable run) {
        Thread.ofPlatform().daemon().name("gate").start(run);
    }
}
