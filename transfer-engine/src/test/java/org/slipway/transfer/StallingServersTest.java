package org.slipway.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.SftpEventListener;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;

/** Servers that answer too little, too late, or nonsense: none of them keeps a copy for ever, and each failure says which it was. The tests wait most of the time, hence together. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
class StallingServersTest {
    private static final SpeedFloor FAST = new SpeedFloor(1 << 20, Duration.ofSeconds(1));
    private static final SpeedFloor NONE = new SpeedFloor(0, Duration.ofSeconds(1));

    private Path dir = Path.of("/");

    @BeforeEach
    void makeDirectories(@TempDir Path temporary) throws Exception {
        dir = temporary;
        Files.createDirectory(dir.resolve("from"));
        Files.createDirectory(dir.resolve("to"));
    }

    /** Where there is a floor, it is what gives up, however slow this machine is; otherwise silence is. */
    private static TransferSettings impatient(TransferSettings usual, SpeedFloor floor) {
        return new TransferSettings(
                usual.privateKey(),
                null,
                Duration.ofSeconds(20),
                Duration.ofSeconds(floor == NONE ? 2 : 30),
                Duration.ofSeconds(30),
                usual.idleSession(),
                usual.copying(),
                floor);
    }

    /** A server that speaks as it was told, whatever it hears. */
    private static final class Scripted implements AutoCloseable {
        private final ServerSocket listening;
        private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

        private Scripted(ServerSocket listening) {
            this.listening = listening;
        }

        interface Speech {
            void say(OutputStream out) throws IOException;
        }

        static Scripted start(Speech speech) throws IOException {
            Scripted server = new Scripted(new ServerSocket(0, 5, InetAddress.getLoopbackAddress()));
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        Socket socket = server.listening.accept();
                        server.sockets.add(socket);
                        Thread.ofVirtual().start(() -> hear(socket));
                        Thread.ofVirtual().start(() -> speak(socket, speech));
                    }
                } catch (IOException closed) {
                    // The test is over.
                    return;
                }
            });
            return server;
        }

        private static void hear(Socket socket) {
            try (InputStream in = socket.getInputStream()) {
                in.transferTo(OutputStream.nullOutputStream());
            } catch (IOException gone) {
                // Whoever talked is gone.
                return;
            }
        }

        private static void speak(Socket socket, Speech speech) {
            try {
                speech.say(socket.getOutputStream());
            } catch (IOException gone) {
                // Nobody listens any more.
                return;
            }
        }

        int port() {
            return listening.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            listening.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static TransferSettings connectingWithin(Duration connectTimeout, Duration heartbeat, Path key) {
        return new TransferSettings(
                key,
                null,
                connectTimeout,
                Duration.ofSeconds(2),
                heartbeat,
                Duration.ofSeconds(5),
                CopySettings.DEFAULT);
    }

    private Failure connectTo(Scripted.Speech speech, Duration connectTimeout) throws Exception {
        OpenSsh.keygen("ed25519", dir.resolve("key"));
        try (Scripted server = Scripted.start(speech);
                Hosts hosts =
                        SshHosts.open(connectingWithin(connectTimeout, Duration.ofSeconds(1), dir.resolve("key")))) {
            HostAddress address =
                    new HostAddress("web1", "127.0.0.1", server.port(), "deploy", List.of(), dir.toString(), null);
            Failure failure = Failures.of(() -> hosts.open(address).close());
            assertThat(failure.message()).contains("web1").contains(":" + server.port());
            assertThat(failure.retryHelps()).isTrue();
            return failure;
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** What a server may say for ever before it names itself. */
    private enum Endless {
        LINES("Welcome to a server that talks too much.\r\n"),
        ONE_LINE("Welcome to a server that knows no end of a line. "),
        ZEROS("\0\0\0\0\0\0\0\0");

        private final byte[] again;

        Endless(String again) {
            this.again = text(again);
        }
    }

    @ParameterizedTest
    @EnumSource(Endless.class)
    void aServerThatTalksForEverBeforeItNamesItselfIsNoSshServer(Endless talk) throws Exception {
        Failure failure = connectTo(
                out -> {
                    while (true) {
                        out.write(talk.again);
                    }
                },
                Duration.ofSeconds(20));

        assertThat(failure).isInstanceOf(Failure.ProtocolError.class);
        assertThat(failure.message()).contains("port");
    }

    @Test
    void aServerThatTalksSlowlyIsUnreachableInTime() throws Exception {
        Failure failure = connectTo(
                out -> {
                    while (true) {
                        out.write('x');
                        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
                    }
                },
                Duration.ofSeconds(1));

        assertThat(failure).isInstanceOf(Failure.Unreachable.class);
        assertThat(failure.message()).contains("no answer within 1 s");
    }

    @Test
    void aServerThatOnlyNamesItselfIsUnreachableInTime() throws Exception {
        Failure failure = connectTo(out -> out.write(text("SSH-2.0-mute\r\n")), Duration.ofSeconds(1));

        assertThat(failure).isInstanceOf(Failure.Unreachable.class);
    }

    @Test
    void aServerThatNamesItselfAndThenSpeaksNonsenseIsNoSshServer() throws Exception {
        Failure failure = connectTo(
                out -> {
                    out.write(text("SSH-2.0-odd\r\n"));
                    while (true) {
                        out.write(text("nonsense "));
                    }
                },
                Duration.ofSeconds(20));

        assertThat(failure).isInstanceOf(Failure.ProtocolError.class);
    }

    private HostAddress from(OpenSsh sshd) {
        return sshd.address(dir.resolve("from"));
    }

    private HostAddress to(OpenSsh sshd) {
        return sshd.address(dir.resolve("to"));
    }

    private OpenSsh serverWith(String tool, String... script) throws Exception {
        Path tools = Files.createDirectories(dir.resolve("tools"));
        Path file = tools.resolve(tool);
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", script) + "\n");
        Trees.mode(file, 0755);
        Path session = dir.resolve("session");
        Files.writeString(
                session, "#!/bin/sh\nexport PATH=" + tools + ":$PATH\nexec /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"\n");
        Trees.mode(session, 0755);
        return OpenSsh.start(dir.resolve("sshd"), "ForceCommand " + session);
    }

    private void writeBig(int bytes) throws IOException {
        byte[] content = new byte[bytes];
        new java.util.Random(5).nextBytes(content);
        Files.write(dir.resolve("from/big"), content);
    }

    private static Listing list(Host host) throws TransferException {
        return host.list(List.of(new RelativePath("big")), Host.Hashing.ALL, Host.CopyWatcher.none());
    }

    private static void read(Hosts hosts, HostAddress address) throws TransferException {
        try (Host host = hosts.open(address)) {
            host.read(
                    list(host).entries(),
                    (file, content) -> content.transferTo(OutputStream.nullOutputStream()),
                    Host.CopyWatcher.none());
        }
    }

    @Test
    void aServerThatStopsInTheMiddleOfAFileIsTooSlow() throws Exception {
        writeBig(1 << 20);
        try (OpenSsh sshd = serverWith("cat", "head -c 100000 \"$1\"", "exec sleep 600");
                Hosts hosts = SshHosts.open(impatient(sshd.settings(), FAST))) {
            Failure failure = Failures.of(() -> read(hosts, from(sshd)));

            assertThat(failure).isInstanceOf(Failure.TooSlow.class);
            assertThat(failure.retryHelps()).isTrue();
            assertThat(failure.message())
                    .contains("web1")
                    .contains(":" + sshd.port())
                    .contains("slipway.ssh.least-bytes-per-second")
                    .contains("1.0 MiB a second");
        }
    }

    @Test
    void withoutAFloorItIsUnreachableWhenItWasSilentForTooLong() throws Exception {
        writeBig(1 << 20);
        try (OpenSsh sshd = serverWith("cat", "head -c 100000 \"$1\"", "exec sleep 600");
                Hosts hosts = SshHosts.open(impatient(sshd.settings(), NONE))) {
            Failure failure = Failures.of(() -> read(hosts, from(sshd)));

            assertThat(failure).isInstanceOf(Failure.Unreachable.class);
            assertThat(failure.message()).contains("no answer for 2 s");
        }
    }

    @Test
    void eachPieceOfWorkOnASessionMayTakeItsTime() throws Exception {
        writeBig(10);
        try (OpenSsh sshd = serverWith("cat", "sleep 5", "exec /bin/cat \"$@\"");
                Hosts hosts =
                        SshHosts.open(sshd.settings().withFloor(new SpeedFloor(1 << 20, Duration.ofSeconds(9))))) {
            read(hosts, from(sshd));
            read(hosts, from(sshd));

            assertThat(sshd.log().lines().filter(line -> line.contains("Accepted publickey")))
                    .hasSize(1);
        }
    }

    /** What is compressed comes in blocks, in each of which there are many small files. */
    @Test
    void smallFilesMayEachTakeTheirTime() throws Exception {
        List<RelativePath> paths = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Files.writeString(dir.resolve("from/" + i), "small");
            paths.add(new RelativePath("" + i));
        }
        try (OpenSsh sshd = serverWith("cat", "for f; do sleep 0.1; /bin/cat \"$f\"; done");
                Hosts hosts = SshHosts.open(sshd.settings()
                        .withCopying(new CopySettings(false, true, false, false, 0, 0))
                        .withFloor(new SpeedFloor(16 << 10, Duration.ofSeconds(4))));
                Host host = hosts.open(from(sshd))) {
            AtomicInteger read = new AtomicInteger();

            host.read(
                    host.list(paths, Host.Hashing.ALL, Host.CopyWatcher.none()).entries(),
                    (file, content) -> read.addAndGet(content.readAllBytes().length),
                    Host.CopyWatcher.none());

            assertThat(read).hasValue(100 * "small".length());
        }
    }

    @Test
    void aServerThatIsNeverSilentAndNeverReadyIsTooSlow() throws Exception {
        writeBig(1 << 20);
        try (OpenSsh sshd = serverWith("cat", "while printf x; do sleep 0.05; done");
                Hosts hosts = SshHosts.open(impatient(sshd.settings(), FAST))) {
            assertThat(Failures.of(() -> read(hosts, from(sshd)))).isInstanceOf(Failure.TooSlow.class);
        }
    }

    @Test
    void aServerThatTakesNothingMoreIsTooSlow() throws Exception {
        writeBig(20 << 20);
        try (OpenSsh source = OpenSsh.start(dir.resolve("source"));
                OpenSsh sshd = serverWith(
                        "tar", "case \"$*\" in *-xpof*) exec sleep 600 ;; esac", "exec /usr/bin/tar \"$@\"");
                Hosts sources = SshHosts.open(source.settings());
                Hosts hosts = SshHosts.open(impatient(sshd.settings(), FAST));
                Host beta = sources.open(from(source));
                Host target = hosts.open(to(sshd))) {
            Manifest manifest = Manifest.of(list(beta).entries());

            Failure failure =
                    Failures.of(() -> target.copy(manifest, beta, new Host.Fence("w", 1), Host.CopyWatcher.none()));

            assertThat(failure).isInstanceOf(Failure.TooSlow.class);
            assertThat(failure.server()).isEqualTo("web1");
            assertThat(Trees.names(dir.resolve("to"))).isEmpty();
        }
    }

    @Test
    void whatSlipwayItselfHoldsBackIsNotTooSlow() throws Exception {
        writeBig(600 << 10);
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("sshd"))) {
            CopySettings halfOfTheFloor = new CopySettings(false, true, false, false, 128 << 10, 0);
            TransferSettings settings = sshd.settings()
                    .withCopying(halfOfTheFloor)
                    .withFloor(new SpeedFloor(256 << 10, Duration.ofSeconds(4)));
            try (Hosts hosts = SshHosts.open(settings);
                    Host source = hosts.open(from(sshd));
                    Host target = hosts.open(to(sshd))) {
                Manifest manifest = Manifest.of(list(source).entries());

                target.copy(manifest, source, new Host.Fence("w", 1), Host.CopyWatcher.none());

                assertThat(Trees.names(dir.resolve("to"))).containsExactly("big");
            }
        }
    }

    @Test
    void whatAServerTakesToHashIsNotTooSlow() throws Exception {
        writeBig(6 << 20);
        Path tools = Files.createDirectories(dir.resolve("tools"));
        for (String tool : List.of("sha256sum", "openssl")) {
            Path file = tools.resolve(tool);
            Files.writeString(file, "#!/bin/sh\nsleep 8\nexec /usr/bin/" + tool + " \"$@\"\n");
            Trees.mode(file, 0755);
        }
        try (OpenSsh source = OpenSsh.start(dir.resolve("source"));
                OpenSsh sshd = serverWith("unused", "exit 1");
                Hosts sources = SshHosts.open(source.settings());
                Hosts hosts =
                        SshHosts.open(sshd.settings().withFloor(new SpeedFloor(16 << 10, Duration.ofSeconds(6))));
                Host beta = sources.open(from(source));
                Host target = hosts.open(to(sshd))) {
            Manifest manifest = Manifest.of(list(beta).entries());

            target.copy(manifest, beta, new Host.Fence("w", 1), Host.CopyWatcher.none());

            assertThat(Trees.names(dir.resolve("to"))).containsExactly("big");
        }
    }

    /** Lets each request about content wait for a moment, or for ever. */
    private static final class Slowly implements SftpEventListener {
        private final Duration each;
        private final int before;
        private final AtomicInteger requests = new AtomicInteger();
        private final CountDownLatch over = new CountDownLatch(1);

        Slowly(Duration each, int before) {
            this.each = each;
            this.before = before;
        }

        private void rest() {
            if (requests.getAndIncrement() < before) {
                return;
            }
            try {
                boolean unused = over.await(each.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void reading(
                ServerSession session,
                String remote,
                FileHandle handle,
                long offset,
                byte[] data,
                int dataOffset,
                int length) {
            if (handle.getFile().endsWith("big")) {
                rest();
            }
        }

        @Override
        public void writing(
                ServerSession session,
                String remote,
                FileHandle handle,
                long offset,
                byte[] data,
                int dataOffset,
                int length) {
            if (handle.getFile().endsWith("big")) {
                rest();
            }
        }
    }

    @Test
    void aServerWithoutAShellThatStopsInTheMiddleOfAFileIsUnreachable() throws Exception {
        writeBig(1 << 20);
        Slowly never = new Slowly(Duration.ofMinutes(10), 3);
        try (MinaServer server = MinaServer.start(dir.resolve("mina"), false, never);
                Hosts hosts = SshHosts.open(impatient(server.settings(), NONE))) {
            Failure failure = Failures.of(() -> read(hosts, server.address(dir.resolve("from"))));

            assertThat(failure).isInstanceOf(Failure.Unreachable.class);
            assertThat(failure.message()).contains("no answer in time");
            never.over.countDown();
        }
    }

    @Test
    void aServerWithoutAShellThatGivesLittleIsTooSlow() throws Exception {
        writeBig(4 << 20);
        Slowly slowly = new Slowly(Duration.ofMillis(500), 0);
        try (MinaServer server = MinaServer.start(dir.resolve("mina"), false, slowly);
                Hosts hosts = SshHosts.open(impatient(server.settings(), FAST))) {
            assertThat(Failures.of(() -> read(hosts, server.address(dir.resolve("from")))))
                    .isInstanceOf(Failure.TooSlow.class);
            slowly.over.countDown();
        }
    }

    @Test
    void aServerWithoutAShellThatTakesLittleIsTooSlow() throws Exception {
        writeBig(8 << 20);
        Slowly slowly = new Slowly(Duration.ofSeconds(5), 0);
        try (OpenSsh source = OpenSsh.start(dir.resolve("source"));
                MinaServer server = MinaServer.start(dir.resolve("mina"), false, slowly);
                Hosts sources = SshHosts.open(source.settings());
                Hosts hosts = SshHosts.open(impatient(server.settings(), FAST));
                Host beta = sources.open(from(source));
                Host target = hosts.open(server.address(dir.resolve("to")))) {
            Manifest manifest = Manifest.of(list(beta).entries());

            Failure failure =
                    Failures.of(() -> target.copy(manifest, beta, new Host.Fence("w", 1), Host.CopyWatcher.none()));

            assertThat(failure).isInstanceOf(Failure.TooSlow.class);
            assertThat(failure.server()).isEqualTo("demo");
            slowly.over.countDown();
        }
    }

    @Test
    void aServerThatAnswersNoRequestAfterTheLoginIsUnreachableAndNotWithoutTools() throws Exception {
        try (MinaServer server = MinaServer.startMute(dir.resolve("mina"));
                Hosts hosts = SshHosts.open(impatient(server.settings(), NONE))) {
            Failure failure = Failures.of(() -> read(hosts, server.address(dir.resolve("from"))));

            assertThat(failure).isInstanceOf(Failure.Unreachable.class);
            assertThat(failure.message()).contains("no answer in time");
        }
    }

    @Test
    void aServerThatNeverDecidesAboutALoginIsUnreachableInTime() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (MinaServer server = MinaServer.startUndecided(dir.resolve("mina"), over);
                Hosts hosts = SshHosts.open(connectingWithin(
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(30),
                        server.settings().privateKey()))) {
            Failure failure = Failures.of(() -> read(hosts, server.address(dir.resolve("from"))));
            over.countDown();

            assertThat(failure).isInstanceOf(Failure.Unreachable.class);
            assertThat(failure.message()).contains("no answer within 3 s");
        }
    }

    /** As many as are let in at the same time. */
    private static final int HANDSHAKES = Math.max(2, Runtime.getRuntime().availableProcessors());

    @Test
    void serversThatAreSilentAfterTheLoginHoldUpNoOther() throws Exception {
        CountDownLatch asked = new CountDownLatch(HANDSHAKES);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                MinaServer mute = MinaServer.startMute(dir.resolve("mute"), asked);
                OpenSsh healthy = openToTheKeyOf(mute);
                Hosts hosts = SshHosts.open(mute.settings())) {
            List<Future<?>> silent = new ArrayList<>();
            for (int i = 0; i < HANDSHAKES; i++) {
                silent.add(threads.submit(() -> hosts.open(mute.address(dir.resolve("from")))));
            }
            asked.await();

            hosts.open(from(healthy)).close();

            assertThat(silent).noneMatch(Future::isDone);
        }
    }

    private OpenSsh openToTheKeyOf(MinaServer other) throws Exception {
        Path server = Files.createDirectory(dir.resolve("healthy"));
        Path key = Files.copy(other.settings().privateKey(), server.resolve("user_ed25519"));
        Trees.mode(key, 0600);
        Files.writeString(Path.of(key + ".pub"), OpenSsh.run("ssh-keygen", "-y", "-f", key.toString()));
        return OpenSsh.start(server);
    }

    @Test
    void nobodyWaitsForEverForServersThatNeverDecideAboutALogin() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        List<Failure> failures = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                MinaServer server = MinaServer.startUndecided(dir.resolve("mina"), over);
                Hosts hosts = SshHosts.open(connectingWithin(
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(30),
                        server.settings().privateKey()))) {
            List<Future<Failure>> all = new ArrayList<>();
            for (int i = 0; i < 4 * HANDSHAKES; i++) {
                all.add(threads.submit(() -> Failures.of(() -> hosts.open(server.address(dir.resolve("from"))))));
            }
            for (Future<Failure> one : all) {
                failures.add(one.get());
            }
            over.countDown();
        }

        // The first ones hold their turns for as long as the others wait, so at most as many again have one at all.
        assertThat(failures).allSatisfy(failure -> {
            assertThat(failure).isInstanceOf(Failure.Unreachable.class);
            assertThat(failure.retryHelps()).isTrue();
        });
        assertThat(failures)
                .filteredOn(failure -> failure.message().contains("was not tried"))
                .hasSizeGreaterThanOrEqualTo(2 * HANDSHAKES)
                .allSatisfy(failure ->
                        assertThat(failure.message()).contains("demo").contains("slipway.ssh.connect-timeout"));
    }
}
