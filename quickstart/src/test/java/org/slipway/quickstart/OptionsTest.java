package org.slipway.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.embedded.SshKeys;

class OptionsTest {

    private final Path directory;
    private final Map<String, String> properties = new HashMap<>();

    OptionsTest(@TempDir Path directory) {
        this.directory = directory;
        properties.put("user.home", directory.toString());
        properties.put("slipway.checkout", directory.toString());
    }

    private Options read() {
        return Options.read(properties::get);
    }

    @Test
    void keepsItsDataInTheCheckoutUnlessToldOtherwise() {
        properties.put("slipway.inventory", "");
        properties.put("slipway.once", "false");
        assertThat(read()).isEqualTo(new Options(directory, directory.resolve("data"), 8080, false, null));
    }

    @Test
    void takesWhatTheUserSays() {
        properties.put("slipway.data", directory + "/elsewhere");
        properties.put("slipway.port", "9000");
        properties.put("slipway.once", "true");
        assertThat(read()).isEqualTo(new Options(directory, directory.resolve("elsewhere"), 9000, true, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "http"})
    void refusesWhatIsNoPort(String port) {
        properties.put("slipway.port", port);
        assertThatThrownBy(this::read).isInstanceOf(UserError.class).hasMessageContaining("-Dport=" + port);
    }

    @Test
    void findsTheUsersOwnKeyAndKnownHosts() throws Exception {
        Path inventory = Files.createFile(directory.resolve("inventory.yaml"));
        Path key = SshKeys.inFile(directory.resolve(".ssh/id_ed25519"), SshKeys.Type.ECDSA)
                .privateKey();
        properties.put("slipway.inventory", inventory.toString());
        assertThat(read().ownServers())
                .isEqualTo(new Options.OwnServers(inventory, key, directory.resolve(".ssh/known_hosts")));
    }

    @Test
    void saysWhichFileIsMissingAndHowToNameAnother() throws Exception {
        properties.put("slipway.inventory", directory + "/none.yaml");
        assertThatThrownBy(this::read)
                .isInstanceOf(UserError.class)
                .hasMessageContaining(directory + "/none.yaml")
                .hasMessageContaining("-Dinventory=FILE");
        properties.put(
                "slipway.inventory",
                Files.createFile(directory.resolve("i.yaml")).toString());
        assertThatThrownBy(this::read)
                .isInstanceOf(UserError.class)
                .hasMessageContaining(".ssh/id_ed25519")
                .hasMessageContaining("-Dssh.key=FILE");
    }

    @Test
    void refusesAKeyWithWhichNobodyCanLogIn() throws Exception {
        properties.put(
                "slipway.inventory",
                Files.createFile(directory.resolve("i.yaml")).toString());
        Path key = Files.writeString(directory.resolve("key.pub"), "ssh-ed25519 AAAA");
        properties.put("slipway.ssh.key", key.toString());

        assertThatThrownBy(this::read)
                .isInstanceOf(UserError.class)
                .hasMessageContaining(key + " cannot be used: it holds no private key")
                .hasMessageContaining("-Dssh.key=FILE");
    }

    @Test
    void refusesANamedFileOfKnownHostsThatIsMissing() throws Exception {
        properties.put(
                "slipway.inventory",
                Files.createFile(directory.resolve("i.yaml")).toString());
        properties.put(
                "slipway.ssh.key",
                SshKeys.inFile(directory.resolve("key"), SshKeys.Type.ECDSA)
                        .privateKey()
                        .toString());
        properties.put("slipway.known.hosts", directory + "/none");

        assertThatThrownBy(this::read)
                .isInstanceOf(UserError.class)
                .hasMessageContaining(directory + "/none")
                .hasMessageContaining("-Dknown.hosts=FILE");
    }
}
