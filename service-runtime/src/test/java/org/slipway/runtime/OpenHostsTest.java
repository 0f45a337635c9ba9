package org.slipway.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slipway.embedded.SshKeys;
import org.slipway.transfer.Hosts;

class OpenHostsTest {

    private static Hosts open(Path key) {
        Duration second = Duration.ofSeconds(1);
        return new OpenHosts()
                .hosts(
                        Optional.of(key),
                        Optional.empty(),
                        second,
                        second,
                        second,
                        second,
                        0,
                        second,
                        false,
                        true,
                        true,
                        0,
                        0);
    }

    @Test
    void takesAKeyThatCanBeUsed(@TempDir Path dir) {
        Path key = SshKeys.inFile(dir.resolve("key"), SshKeys.Type.ECDSA).privateKey();

        try (Hosts hosts = open(key)) {
            assertThat(hosts).isNotNull();
        }
    }

    @Test
    void refusesAFileThatIsNoKey(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("key.pub"), "ssh-ed25519 AAAA");

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> open(file).close())
                .withMessageContaining("slipway.ssh.private-key")
                .withMessageContaining(file + " cannot be used: it holds no private key")
                .withMessageContaining("OpenSSH or PEM");
    }

    @Test
    void refusesAKeyWithAPassphrase(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(
                dir.resolve("key"),
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> open(file).close())
                .withMessageContaining("slipway.ssh.private-key")
                .withMessageContaining("it has a passphrase");
    }
}
