package org.slipway.controller.check;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slipway.controller.ApiTest;
import org.slipway.embedded.LoopbackSshServer;
import org.slipway.embedded.SshKeys;
import org.slipway.transfer.Host.CheckLine;

@QuarkusTest
class CheckApiTest extends ApiTest {
    @Inject
    @ConfigProperty(name = "slipway.ssh.private-key")
    Path privateKey;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @Test
    void saysThatAServerWillDo() throws IOException {
        Files.createDirectory(directory.resolve("site"));
        try (LoopbackSshServer ssh = server()) {
            String project = newProject(inventory(ssh.port(), ssh.hostKeys().getFirst()));
            for (String name : new String[] {"dev", "web1"}) {
                given().post("/api/v1/projects/" + project + "/servers/" + name + "/check")
                        .then()
                        .statusCode(200)
                        .body("server", equalTo(name))
                        .body("lines.findAll { !it.ok }.message", equalTo(java.util.List.of()))
                        .body("ok", equalTo(true))
                        .body("lines.name", hasItem("project-directory"));
            }
        }
        assertThat(directory.resolve("site")).isEmptyDirectory();
    }

    @Test
    void namesWhatIsMissing() {
        try (LoopbackSshServer ssh = server()) {
            String project = newProject(inventory(ssh.port(), ssh.hostKeys().getFirst()));
            given().post("/api/v1/projects/" + project + "/servers/web1/check")
                    .then()
                    .statusCode(200)
                    .body("ok", equalTo(false))
                    .body("lines.findAll { !it.ok }.name", hasItem("project-directory"))
                    .body("lines.message", everyItem(org.hamcrest.Matchers.notNullValue()));
        }
    }

    @Test
    void refusesAnotherHostKeyAndPrintsBoth() {
        try (LoopbackSshServer ssh = server()) {
            String other = SshKeys.inFile(directory.resolve("other"), SshKeys.Type.ED25519)
                    .publicKey();
            String project = newProject(inventory(ssh.port(), other));
            given().post("/api/v1/projects/" + project + "/servers/web1/check")
                    .then()
                    .statusCode(200)
                    .body("ok", equalTo(false))
                    .body("lines.name", contains("host-key-changed"))
                    .body("lines[0].message", containsString(SshKeys.fingerprint(other)))
                    .body(
                            "lines[0].message",
                            containsString(SshKeys.fingerprint(ssh.hostKeys().getFirst())));
        }
    }

    @Test
    void saysThatAServerCannotBeReached() {
        String project = newProject(UNREACHABLE);
        given().post("/api/v1/projects/" + project + "/servers/dev/check")
                .then()
                .statusCode(200)
                .body("ok", equalTo(false))
                .body("lines.name", contains("unreachable"))
                .body("lines.ok", contains(false));
    }

    @Test
    void doesNotKnowEveryServer() {
        String project = newProject(INVENTORY);
        given().post("/api/v1/projects/" + project + "/servers/web9/check")
                .then()
                .statusCode(404)
                .body("detail", containsString("has no server 'web9'"));
        given().post("/api/v1/projects/nowhere/servers/web1/check").then().statusCode(404);
        json("{\"deep\": true}")
                .post("/api/v1/projects/" + project + "/servers/web1/check")
                .then()
                .statusCode(422)
                .body("errors.field", contains("deep"));
    }

    @Test
    void saysWhichSettingIsMissingOrWrong() {
        String none = directory.resolve("none").toString();
        assertThat(access(Optional.empty(), Optional.empty()).obstacle())
                .hasValueSatisfying(line -> saysNo(line, "ssh-key", "set slipway.ssh.private-key"));
        assertThat(access(Optional.of(none), Optional.empty()).obstacle())
                .hasValueSatisfying(line -> saysNo(line, "ssh-key", "cannot read the SSH key"));
        assertThat(access(Optional.of(privateKey.toString()), Optional.of(none)).obstacle())
                .hasValueSatisfying(line -> saysNo(line, "known-hosts", "slipway.ssh.known-hosts"));
    }

    private static void saysNo(CheckLine line, String name, String words) {
        assertThat(line.name()).isEqualTo(name);
        assertThat(line.ok()).isFalse();
        assertThat(line.message()).contains(words);
    }

    private static SshAccess access(Optional<String> privateKey, Optional<String> knownHosts) {
        Duration any = Duration.ofSeconds(1);
        return new SshAccess(privateKey, knownHosts, any, any, any, any);
    }

    private LoopbackSshServer server() {
        return LoopbackSshServer.at(directory.resolve("home"))
                .hostKey(directory.resolve("host-key"), SshKeys.Type.ED25519)
                .authorise(SshKeys.inFile(privateKey, SshKeys.Type.ED25519).publicKey())
                .start();
    }

    private String inventory(int port, String hostKey) {
        return """
                servers:
                  - {name: dev, role: DEVELOPMENT, host: 127.0.0.1, port: %1$d, user: u, projectDirectory: %2$s/site, hostKeys: [%3$s]}
                  - {name: beta, role: BETA, host: beta, user: u, projectDirectory: /srv/site}
                  - {name: web1, role: BUSINESS, host: localhost, port: %1$d, user: u, projectDirectory: %2$s/site, hostKeys: [%3$s]}
                """.formatted(port, directory, hostKey);
    }
}
