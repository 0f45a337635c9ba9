package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In front of a server that says back what it is told. */
class WireTest {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int NOTHING_COMES_MILLIS = 300;

    private final BlockingQueue<Integer> heard = new LinkedBlockingQueue<>();
    private ServerSocket server;
    private Wire wire;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        wire = Wire.to(server.getLocalPort());
        Thread.ofPlatform().daemon().start(this::accept);
    }

    @AfterEach
    void end() throws IOException {
        wire.close();
        server.close();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.ofPlatform().daemon().start(() -> sayBack(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void sayBack(Socket client) {
        try (client) {
            InputStream in = client.getInputStream();
            OutputStream out = client.getOutputStream();
            for (int read = in.read(); read >= 0; read = in.read()) {
                heard.add(read);
                out.write(read);
            }
        } catch (IOException cut) {
            // what some of the tests are about
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), wire.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static int say(Socket socket, int what) throws IOException {
        socket.getOutputStream().write(what);
        return socket.getInputStream().read();
    }

    @Test
    void carriesBothWaysAndTellsOfTheEnd() throws IOException {
        try (Socket socket = connect()) {
            assertThat(say(socket, 'a')).isEqualTo('a');
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void dropsBothWaysAndForgetsTheConnectionForGood() throws Exception {
        try (Socket socket = connect()) {
            assertThat(say(socket, 'a')).isEqualTo('a');
            wire.be(Wire.Mode.DROP);
            socket.setSoTimeout(NOTHING_COMES_MILLIS);
            assertThatThrownBy(() -> say(socket, 'b')).isInstanceOf(SocketTimeoutException.class);
            assertThat(wire.struck()).isPositive();
            wire.be(Wire.Mode.GOOD);
            assertThatThrownBy(() -> say(socket, 'c')).isInstanceOf(SocketTimeoutException.class);
            try (Socket another = connect()) {
                assertThat(say(another, 'd')).isEqualTo('d');
            }
            assertThat(heard).containsExactly((int) 'a', (int) 'd');
        }
    }

    @Test
    void carriesOneWayOnly() throws Exception {
        try (Socket socket = connect()) {
            wire.be(Wire.Mode.ONE_WAY);
            socket.setSoTimeout(NOTHING_COMES_MILLIS);
            assertThatThrownBy(() -> say(socket, 'a')).isInstanceOf(SocketTimeoutException.class);
            assertThat(heard.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo('a');
        }
    }

    @Test
    void resetsWhoIsThereAndWhoComes() throws IOException {
        try (Socket socket = connect()) {
            assertThat(say(socket, 'a')).isEqualTo('a');
            wire.be(Wire.Mode.RESET);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> {
                        try (Socket another = connect()) {
                            if (say(another, 'b') < 0) {
                                throw new SocketException("closed");
                            }
                        }
                    })
                    .isInstanceOf(SocketException.class);
            assertThat(wire.struck()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void carriesAByteASecondAndTheRestAtOnceWhenItIsGoodAgain() throws Exception {
        try (Socket socket = connect()) {
            wire.be(Wire.Mode.SLOW);
            socket.getOutputStream().write("abcdefghij".getBytes(StandardCharsets.US_ASCII));
            assertThat(heard.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo('a');
            assertThat(heard).doesNotContain((int) 'j');
            wire.be(Wire.Mode.GOOD);
            assertThat(socket.getInputStream().readNBytes(10))
                    .isEqualTo("abcdefghij".getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void tellsLinesWithoutEnd() throws IOException {
        wire.be(Wire.Mode.BANNER);
        try (Socket socket = connect()) {
            assertThat(socket.getInputStream().readNBytes(200)).hasSize(200);
            assertThat(heard).isEmpty();
        }
    }
}
