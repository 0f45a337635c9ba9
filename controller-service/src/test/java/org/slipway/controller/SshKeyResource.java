package org.slipway.controller;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.slipway.embedded.SshKeys;

/** Gives the service an SSH key. */
public final class SshKeyResource implements QuarkusTestResourceLifecycleManager {

    @Override
    public Map<String, String> start() {
        try {
            Path key = Files.createTempDirectory("slipway-key-").resolve("id_ed25519");
            SshKeys.inFile(key, SshKeys.Type.ED25519);
            return Map.of("slipway.ssh.private-key", key.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {}
}
