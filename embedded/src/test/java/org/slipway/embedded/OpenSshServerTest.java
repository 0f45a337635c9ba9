package org.slipway.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.sshd.sftp.client.SftpClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OpenSshServerTest {

    private final Path directory;
    private final SshKeys user;

    OpenSshServerTest(@TempDir Path directory) {
        this.directory = directory;
        this.user = SshKeys.inFile(directory.resolve("id_ed25519"), SshKeys.Type.ED25519);
    }

    @BeforeEach
    void thisMachineHasIt() {
        assumeTrue(Boolean.getBoolean("slipway.require.tools") || OpenSshServer.available());
    }

    private MinaClient connect(OpenSshServer server, SshKeys keys) throws Exception {
        return MinaClient.connect(server.port(), server.user(), keys, server.hostKeys());
    }

    @ParameterizedTest
    @EnumSource(SshKeys.Type.class)
    void letsInEveryTypeOfKeyAndShowsEveryTypeOfHostKey(SshKeys.Type type) throws Exception {
        SshKeys keys = SshKeys.inFile(directory.resolve("user_" + type), type);
        try (OpenSshServer server = OpenSshServer.in(directory)
                        .hostKey(directory.resolve("host_" + type), type)
                        .authorise(keys.publicKey())
                        .start();
                MinaClient client = connect(server, keys);
                SftpClient sftp = client.sftp()) {
            assertThat(client.run("echo in").out()).isEqualTo("in\n");
            sftp.mkdir(directory.resolve("made").toString());
            assertThat(directory.resolve("made")).isDirectory();
        }
    }

    @Test
    void refusesCommandsWhereItIsForFilesOnly() throws Exception {
        try (OpenSshServer server = OpenSshServer.in(directory)
                        .authorise(user.publicKey())
                        .sftpOnly()
                        .start();
                MinaClient client = connect(server, user);
                SftpClient sftp = client.sftp()) {
            assertThat(client.run("touch " + directory + "/made").status()).isNotZero();
            assertThat(directory.resolve("made")).doesNotExist();
            assertThat(sftp.stat(directory.toString()).isDirectory()).isTrue();
        }
    }

    @Test
    void cutsSessionsAndWhatTheyRunAndGoesOnServing() throws Exception {
        try (OpenSshServer server =
                        OpenSshServer.in(directory).authorise(user.publicKey()).start();
                MinaClient client = connect(server, user)) {
            client.start("echo $$ > " + directory + "/pid; exec sleep 1000");
            long command = Await.untilPresent(
                    Duration.ofSeconds(10), "the command to run", () -> Files.readString(directory.resolve("pid"))
                            .lines()
                            .map(Long::parseLong)
                            .findFirst());
            server.killSessions();
            Await.until(Duration.ofSeconds(10), "the client to notice", client.session()::isClosed);
            Await.until(Duration.ofSeconds(10), "the command to be gone", () -> ProcessTable.startTicks(command)
                    .isEmpty());
            connect(server, user).close();
        }
    }

    @Test
    void comesBackAtItsPortAfterItWasStopped() throws Exception {
        try (OpenSshServer server =
                OpenSshServer.in(directory).authorise(user.publicKey()).start()) {
            MinaClient client = connect(server, user);
            server.stop();
            Await.until(Duration.ofSeconds(10), "the client to notice", client.session()::isClosed);
            client.close();
            assertThatThrownBy(() -> connect(server, user)).hasMessageContaining("refused");
            server.start();
            connect(server, user).close();
        }
    }

    @Test
    void saysWhatSshdSaysWhenItCannotStart() {
        assertThatThrownBy(() ->
                        OpenSshServer.in(directory).line("NoSuchSetting yes").start())
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("NoSuchSetting");
    }
}
