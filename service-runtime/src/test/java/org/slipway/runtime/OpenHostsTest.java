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
        return open(key, Duration.ofSeconds(1), 0);
    }

    private static Hosts open(Path key, Duration second, long bytes) {
        return new OpenHosts()
                .hosts(
                        Optional.of(key),
                        Optional.empty(),
                        second,
                        second,
                        second,
                        second,
                        bytes,
                        second,
                        false,
                        true,
                        true,
                        bytes,
                        bytes);
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

    @Test
    void refusesTimesAndLimitsThatMakeNoSense(@TempDir Path dir) {
        Path key = SshKeys.inFile(dir.resolve("key"), SshKeys.Type.ECDSA).privateKey();

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> open(key, Duration.ZERO, 0).close())
                .withMessage("slipway.ssh.connect-timeout (PT0S) must be longer than nothing");
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> open(key, Duration.ofSeconds(1), -1).close())
                .withMessage("slipway.copy.bytes-per-second (-1) must be at least 0");
    }
}
