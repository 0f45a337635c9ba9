package org.slipway.controller.check;

import io.quarkus.runtime.Startup;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.slipway.persistence.Setting;
import org.slipway.transfer.CopySettings;
import org.slipway.transfer.Host.CheckLine;
import org.slipway.transfer.Hosts;
import org.slipway.transfer.SshHosts;
import org.slipway.transfer.TransferSettings;

/** This service's way to the servers; it may have none, for only checks need it. */
@Startup(Setting.FIRST)
@ApplicationScoped
class SshAccess {
    private final @Nullable String privateKey;
    private final @Nullable String knownHosts;
    private final Duration connectTimeout;
    private final Duration answerTimeout;
    private final Duration heartbeat;
    private final Duration idleSession;
    private @Nullable Hosts hosts;

    SshAccess(
            @ConfigProperty(name = "slipway.ssh.private-key") Optional<String> privateKey,
            @ConfigProperty(name = "slipway.ssh.known-hosts") Optional<String> knownHosts,
            @ConfigProperty(name = "slipway.ssh.connect-timeout") Duration connectTimeout,
            @ConfigProperty(name = "slipway.ssh.answer-timeout") Duration answerTimeout,
            @ConfigProperty(name = "slipway.ssh.heartbeat") Duration heartbeat,
            @ConfigProperty(name = "slipway.ssh.idle-session") Duration idleSession) {
        this.privateKey = privateKey.orElse(null);
        this.knownHosts = knownHosts.orElse(null);
        this.connectTimeout = Setting.positive("slipway.ssh.connect-timeout", connectTimeout);
        this.answerTimeout = Setting.positive("slipway.ssh.answer-timeout", answerTimeout);
        this.heartbeat = Setting.positive("slipway.ssh.heartbeat", heartbeat);
        this.idleSession = Setting.positive("slipway.ssh.idle-session", idleSession);
    }

    /** What is in the way of connecting anywhere, and what to do; empty where nothing is. */
    Optional<CheckLine> obstacle() {
        if (privateKey == null) {
            return obstacle(
                    "ssh-key",
                    "The controller-service was given no SSH key, so it cannot look; set slipway.ssh.private-key to the path of one.");
        }
        if (!Files.isReadable(Path.of(privateKey))) {
            return obstacle(
                    "ssh-key",
                    "The controller-service cannot read the SSH key %s (slipway.ssh.private-key); put it there, readable for its user."
                            .formatted(privateKey));
        }
        if (knownHosts != null && !Files.isReadable(Path.of(knownHosts))) {
            return obstacle(
                    "known-hosts",
                    "The controller-service cannot read %s (slipway.ssh.known-hosts); put it there, or leave the setting out."
                            .formatted(knownHosts));
        }
        return Optional.empty();
    }

    private static Optional<CheckLine> obstacle(String name, String message) {
        return Optional.of(new CheckLine(name, false, message));
    }

    /** The engine; only where there is no obstacle. */
    synchronized Hosts hosts() {
        if (hosts == null) {
            hosts = SshHosts.open(settings());
        }
        return hosts;
    }

    /** The same that the services copy with. */
    TransferSettings settings() {
        return new TransferSettings(
                Path.of(Objects.requireNonNull(privateKey)),
                knownHosts == null ? null : Path.of(knownHosts),
                connectTimeout,
                answerTimeout,
                heartbeat,
                idleSession,
                CopySettings.DEFAULT);
    }

    @PreDestroy
    synchronized void close() {
        if (hosts != null) {
            hosts.close();
        }
    }
}
