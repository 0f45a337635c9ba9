package org.slipway.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.sftp.client.SftpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoopbackSshServerTest {

    private final Path directory;
    private final Path home;
    private final SshKeys user;

    LoopbackSshServerTest(@TempDir Path directory) {
        this.directory = directory;
        this.home = directory.resolve("home");
        this.user = SshKeys.inFile(directory.resolve("id_ed25519"), SshKeys.Type.ED25519);
    }

    private LoopbackSshServer.Settings server() {
        return LoopbackSshServer.at(home)
                .hostKey(directory.resolve("host_key"), SshKeys.Type.ED25519)
                .authorise(user.publicKey());
    }

    private MinaClient connect(LoopbackSshServer server) throws Exception {
        return MinaClient.connect(server.port(), user, server.hostKeys());
    }

    @Test
    void runsACommandInTheHomeDirectoryWithInputOutputErrorsAndStatus() throws Exception {
        try (LoopbackSshServer server = server().start();
                MinaClient client = connect(server)) {
            MinaClient.Result result = client.run(
                    "pwd; tr a-z A-Z; echo 'went wrong' >&2; exit 7", "loud".getBytes(StandardCharsets.UTF_8));
            assertThat(result).isEqualTo(new MinaClient.Result(7, home.toRealPath() + "\nLOUD", "went wrong\n"));
        }
    }

    @Test
    void passesMegabytesThroughACommandUnchanged() throws Exception {
        byte[] content = new byte[5_000_001];
        new Random(4).nextBytes(content);
        try (LoopbackSshServer server = server().start();
                MinaClient client = connect(server)) {
            assertThat(client.run("cat > upload", content).status()).isZero();
            assertThat(Files.readAllBytes(home.resolve("upload"))).isEqualTo(content);
            assertThat(client.run("base64 upload | sha256sum").out())
                    .isEqualTo(client.run("base64 | sha256sum", content).out());
        }
    }

    @Test
    void waitsForShellsOnThreadsThatHoldNoCarrier() throws Exception {
        try (LoopbackSshServer server = server().start();
                MinaClient client = connect(server)) {
            ClientChannel idle = client.start("exec cat");

            // Virtual threads are not among these.
            Await.until(
                    Duration.ofSeconds(20),
                    "input, output and errors to be waited for",
                    () -> Thread.getAllStackTraces().keySet().stream()
                                    .filter(thread -> thread.getName().equals("shell"))
                                    .count()
                            >= 3);
            idle.close(true);
        }
    }

    @Test
    void servesFilesAtTheirRealPathsAndRelativeToHome() throws Exception {
        try (LoopbackSshServer server = server().start();
                MinaClient client = connect(server);
                SftpClient sftp = client.sftp()) {
            assertThat(sftp.canonicalPath(".")).isEqualTo(home.toString());
            try (SftpClient.CloseableHandle file =
                    sftp.open(home.resolve("ü b").toString(), SftpClient.OpenMode.Write, SftpClient.OpenMode.Create)) {
                sftp.write(file, 0, "hello".getBytes(StandardCharsets.UTF_8));
            }
            assertThat(home.resolve("ü b")).hasContent("hello");
            assertThat(sftp.stat("ü b").getSize()).isEqualTo(5);
            assertThat(sftp.getServerExtensions()).containsKeys("posix-rename@openssh.com", "fsync@openssh.com");
        }
    }

    @ParameterizedTest
    @EnumSource(SshKeys.Type.class)
    void keepsItsHostKeyOverARestartAndLetsInEveryTypeOfUserKey(SshKeys.Type type) throws Exception {
        SshKeys userKeys = SshKeys.inFile(directory.resolve("user_" + type), type);
        LoopbackSshServer.Settings settings = LoopbackSshServer.at(home)
                .hostKey(directory.resolve("host_" + type), type)
                .authorise(userKeys.publicKey());
        List<String> hostKeys;
        try (LoopbackSshServer server = settings.start()) {
            hostKeys = server.hostKeys();
        }
        try (LoopbackSshServer server = settings.start();
                MinaClient client = MinaClient.connect(server.port(), userKeys, hostKeys)) {
            assertThat(client.run("echo in").out()).isEqualTo("in\n");
        }
    }

    @Test
    void letsNobodyInWithAnotherKey() {
        SshKeys stranger = SshKeys.inFile(directory.resolve("stranger"), SshKeys.Type.ED25519);
        try (LoopbackSshServer server = server().start()) {
            assertThatThrownBy(() -> MinaClient.connect(server.port(), stranger, server.hostKeys()))
                    .hasMessageContaining("No more authentication methods available");
        }
    }

    @Test
    void refusesCommandsWhereItIsForFilesOnly() throws Exception {
        try (LoopbackSshServer server = server().sftpOnly().start();
                MinaClient client = connect(server)) {
            assertThat(client.run("touch " + home + "/made"))
                    .isEqualTo(new MinaClient.Result(1, "This service allows sftp connections only.\n", ""));
            try (SftpClient sftp = client.sftp()) {
                sftp.mkdir("files");
            }
            assertThat(home.resolve("files")).isDirectory();
            assertThat(home.resolve("made")).doesNotExist();
        }
    }

    @Test
    void refusesFilesWhereItIsForCommandsOnly() throws Exception {
        try (LoopbackSshServer server = server().shellOnly().start();
                MinaClient client = connect(server)) {
            assertThatThrownBy(client::sftp).isInstanceOf(Exception.class);
            assertThat(client.run("echo yes").out()).isEqualTo("yes\n");
        }
    }

    @Test
    void runsCommandsInTheGivenShellAndEnvironment() throws Exception {
        Path tools = Files.createDirectories(directory.resolve("tools"));
        try (LoopbackSshServer server = server().environment("PATH", tools.toString())
                        .shell("/bin/sh", "-e", "-c")
                        .start();
                MinaClient client = connect(server)) {
            assertThat(client.run("command -v tar || echo 'no tar'").out()).isEqualTo("no tar\n");
            assertThat(client.run("false; echo 'not reached'").out()).isEmpty();
        }
    }

    @Test
    void killsACommandAndItsChildrenWhenTheConnectionIsCut() throws Exception {
        try (LoopbackSshServer server = server().start();
                MinaClient client = connect(server)) {
            ClientChannel channel = client.start("sleep 1000 & echo $! > inner; echo $$ > outer; wait");
            List<Long> pids = new ArrayList<>();
            Await.until(Duration.ofSeconds(10), "the command to run", () -> {
                pids.clear();
                for (String name : List.of("inner", "outer")) {
                    pids.add(Long.parseLong(Files.readString(home.resolve(name)).strip()));
                }
                return true;
            });
            assertThat(pids)
                    .allSatisfy(pid -> assertThat(ProcessTable.startTicks(pid)).isPresent());

            server.killSessions();

            Await.until(Duration.ofSeconds(10), "the processes to be gone", () -> pids.stream()
                    .allMatch(pid -> ProcessTable.startTicks(pid).isEmpty()));
            Await.until(Duration.ofSeconds(10), "the client to notice", channel::isClosed);
            Await.until(Duration.ofSeconds(10), "the session to be forgotten", () -> server.sessions() == 0);
        }
    }

    @Test
    void leavesADaemonAloneWhoseCommandEndedInOrder() throws Exception {
        try (LoopbackSshServer server = server().start()) {
            long daemon;
            try (MinaClient client = connect(server)) {
                daemon = Long.parseLong(client.run("sleep 1000 >/dev/null 2>&1 </dev/null & echo $!")
                        .out()
                        .strip());
            }
            Await.until(Duration.ofSeconds(10), "the session to be forgotten", () -> server.sessions() == 0);
            assertThat(ProcessTable.startTicks(daemon)).isPresent();
            Signal.KILL.send(daemon);
        }
    }

    @Test
    void comesBackAtItsPortAfterItWasStopped() throws Exception {
        try (LoopbackSshServer server = server().start()) {
            int port = server.port();
            connect(server).close();
            server.stop();
            assertThatThrownBy(() -> connect(server)).hasMessageContaining("refused");
            server.start();
            assertThat(server.port()).isEqualTo(port);
            connect(server).close();
        }
    }

    @Test
    void keepsSessionsWhileItRefusesNewOnes() throws Exception {
        try (LoopbackSshServer server = server().start();
                MinaClient client = connect(server)) {
            server.refuseConnections(true);
            assertThatThrownBy(() -> connect(server)).isInstanceOf(Exception.class);
            assertThat(client.run("echo still here").out()).isEqualTo("still here\n");
            server.refuseConnections(false);
            connect(server).close();
        }
    }

    @Test
    void isUnderstoodByTheClientsOfOpenSsh() throws Exception {
        assumeTrue(Boolean.getBoolean("slipway.require.tools")
                || Files.isExecutable(Path.of("/usr/bin/ssh")) && Files.isExecutable(Path.of("/usr/bin/sftp")));
        DemoTree.create(directory.resolve("site"));
        try (LoopbackSshServer server = server().start()) {
            Path knownHosts = Files.writeString(
                    directory.resolve("known_hosts"),
                    "[127.0.0.1]:" + server.port() + " " + server.hostKeys().getFirst() + "\n");
            List<String> options = List.of(
                    "-F", "none",
                    "-i", user.privateKey().toString(),
                    "-o", "IdentitiesOnly=yes",
                    "-o", "BatchMode=yes",
                    "-o", "StrictHostKeyChecking=yes",
                    "-o", "UserKnownHostsFile=" + knownHosts);

            List<String> ssh = new ArrayList<>(List.of("ssh", "-p", Integer.toString(server.port())));
            ssh.addAll(options);
            ssh.addAll(List.of("deploy@127.0.0.1", "echo out; exit 3"));
            ChildProcess command = runs("ssh", ssh);
            assertThat(command.exitStatus()).as(command.readLog()).hasValue(3);
            assertThat(command.readLog()).isEqualTo("out\n");

            Path batch = Files.writeString(
                    directory.resolve("batch"),
                    "put -pR " + directory.resolve("site") + "/assets/js " + home + "/js\n");
            List<String> sftp = new ArrayList<>(List.of("sftp", "-P", Integer.toString(server.port())));
            sftp.addAll(options);
            sftp.addAll(List.of("-b", batch.toString(), "deploy@127.0.0.1"));
            ChildProcess copy = runs("sftp", sftp);
            assertThat(copy.exitStatus()).as(copy.readLog()).hasValue(0);
            assertThat(Trees.difference(directory.resolve("site/assets/js"), home.resolve("js")))
                    .isEmpty();
        }
    }

    private ChildProcess runs(String name, List<String> command) {
        ChildProcess process = ChildProcess.start(
                new ChildProcess.Launch(name, command, Map.of(), directory, directory.resolve(name + ".log")));
        assertThat(process.endsWithin(Duration.ofSeconds(30))).isTrue();
        return process;
    }

    @Test
    void writesKeysThatOnlyTheirOwnerReads() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(user.privateKey())))
                .isEqualTo("rw-------");
        assertThat(Files.readString(user.privateKey())).startsWith("-----BEGIN OPENSSH PRIVATE KEY-----");
        assertThat(directory.resolve("id_ed25519.pub")).content().startsWith(user.publicKey() + " ");
        assertThat(SshKeys.inFile(user.privateKey(), SshKeys.Type.ED25519)).isEqualTo(user);
    }
}
