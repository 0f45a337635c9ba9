package org.slipway.controller.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.slipway.transfer.CopySettings;
import org.slipway.transfer.TransferSettings;

class SshAccessTest {
    @Test
    void reachesServersAsTheCopyingServicesDo() {
        Duration connect = Duration.ofSeconds(1);
        Duration answer = Duration.ofSeconds(2);
        Duration heartbeat = Duration.ofSeconds(3);
        Duration idle = Duration.ofSeconds(4);
        SshAccess access = new SshAccess(Optional.of("/key"), Optional.of("/hosts"), connect, answer, heartbeat, idle);

        assertThat(access.settings())
                .isEqualTo(new TransferSettings(
                        Path.of("/key"), Path.of("/hosts"), connect, answer, heartbeat, idle, CopySettings.DEFAULT));
    }

    @Test
    void refusesATimeThatIsNone() {
        Duration second = Duration.ofSeconds(1);
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> new SshAccess(
                        Optional.empty(), Optional.empty(), second, second, Duration.ofSeconds(-1), second))
                .withMessage("slipway.ssh.heartbeat (PT-1S) must be longer than nothing");
    }
}
