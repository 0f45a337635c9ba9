package org.slipway.runtime;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.slipway.persistence.Setting;
import org.slipway.transfer.CopySettings;
import org.slipway.transfer.Hosts;
import org.slipway.transfer.SpeedFloor;
import org.slipway.transfer.SshHosts;
import org.slipway.transfer.TransferSettings;

/** The transfer engine as this process uses it: one pool of sessions, set up from {@code slipway.ssh.*} and {@code slipway.copy.*}. */
@ApplicationScoped
class OpenHosts {

    /** Not behind a proxy: whoever asks for them finds out at once that the key is missing or cannot be used. */
    @Produces
    @Singleton
    Hosts hosts(
            @ConfigProperty(name = "slipway.ssh.private-key") Optional<Path> privateKey,
            @ConfigProperty(name = "slipway.ssh.known-hosts") Optional<Path> knownHosts,
            @ConfigProperty(name = "slipway.ssh.connect-timeout") Duration connectTimeout,
            @ConfigProperty(name = "slipway.ssh.answer-timeout") Duration answerTimeout,
            @ConfigProperty(name = "slipway.ssh.heartbeat") Duration heartbeat,
            @ConfigProperty(name = "slipway.ssh.idle-session") Duration idleSession,
            @ConfigProperty(name = "slipway.ssh.least-bytes-per-second") long leastBytesPerSecond,
            @ConfigProperty(name = "slipway.ssh.speed-window") Duration speedWindow,
            @ConfigProperty(name = "slipway.copy.always-hash") boolean alwaysHash,
            @ConfigProperty(name = "slipway.copy.durable") boolean durable,
            @ConfigProperty(name = "slipway.copy.compress") boolean compress,
            @ConfigProperty(name = "slipway.copy.bytes-per-second") long bytesPerSecond,
            @ConfigProperty(name = "slipway.copy.bytes-per-second-in-all") long bytesPerSecondInAll) {
        Path key = privateKey.orElseThrow(() -> new ConfigurationException(
                "slipway.ssh.private-key is not set: name the file with the private key that the servers accept"
                        + " (environment variable SLIPWAY_SSH_PRIVATE_KEY)"));
        if (!Files.isReadable(key)) {
            throw new ConfigurationException("the private key '" + key
                    + "' (slipway.ssh.private-key) does not exist or may not be read by this user");
        }
        SshHosts.whyUnusable(key).ifPresent(why -> {
            throw new ConfigurationException("slipway.ssh.private-key: " + why);
        });
        return SshHosts.open(new TransferSettings(
                key,
                knownHosts.orElse(null),
                Setting.positive("slipway.ssh.connect-timeout", connectTimeout),
                Setting.positive("slipway.ssh.answer-timeout", answerTimeout),
                Setting.positive("slipway.ssh.heartbeat", heartbeat),
                Setting.positive("slipway.ssh.idle-session", idleSession),
                new CopySettings(
                        alwaysHash,
                        true,
                        durable,
                        compress,
                        Setting.atLeast(0L, "slipway.copy.bytes-per-second", bytesPerSecond),
                        Setting.atLeast(0L, "slipway.copy.bytes-per-second-in-all", bytesPerSecondInAll)),
                new SpeedFloor(
                        Setting.atLeast(0L, "slipway.ssh.least-bytes-per-second", leastBytesPerSecond),
                        Setting.positive("slipway.ssh.speed-window", speedWindow))));
    }

    /** Asks for them before anything begins to work, so that a service whose key is missing or cannot be used does not start. */
    void open(@Observes @Priority(Setting.FIRST) StartupEvent event, Hosts hosts) {}

    void close(@Disposes Hosts hosts) {
        hosts.close();
    }
}
