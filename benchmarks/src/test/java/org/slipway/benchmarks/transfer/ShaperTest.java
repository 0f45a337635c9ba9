package org.slipway.benchmarks.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShaperTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    @Test
    void carriesEveryByteBothWaysAndTheEndOfEach() throws Exception {
        byte[] sent = new byte[3_000_001];
        new Random(7).nextBytes(sent);
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK);
                Shaper line = Shaper.before(server.getLocalPort(), Duration.ofMillis(2), 1_000_000_000)) {
            Thread.ofVirtual().start(() -> echo(server));

            try (Socket client = new Socket(LOOPBACK, line.port())) {
                Thread.ofVirtual().start(() -> send(client, sent));
                assertThat(client.getInputStream().readAllBytes()).isEqualTo(sent);
            }
        }
    }

    @Test
    void cutsTheClientWhenTheServerIsGone() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK);
                Shaper line = Shaper.before(server.getLocalPort(), Duration.ZERO, 1_000_000_000);
                Socket client = new Socket(LOOPBACK, line.port())) {
            server.accept().close();

            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static void echo(ServerSocket server) {
        try (Socket socket = server.accept();
                InputStream in = socket.getInputStream();
                OutputStream out = socket.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException cut) {
            // the client sees that too little came back
        }
    }

    private static void send(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
        } catch (IOException cut) {
            // the client sees that too little came back
        }
    }
}
