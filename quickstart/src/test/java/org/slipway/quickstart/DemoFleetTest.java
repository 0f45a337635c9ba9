package org.slipway.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoFleetTest {

    private final Path directory;

    DemoFleetTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void describesItselfAsAnInventoryWithOneChosenServer() throws Exception {
        try (DemoFleet fleet = DemoFleet.start(directory)) {
            JsonNode servers = new YAMLMapper().readTree(fleet.inventory()).path("servers");
            List<String> roles = new ArrayList<>();
            List<String> withBackup = new ArrayList<>();
            Set<Integer> ports = new HashSet<>();
            for (JsonNode server : servers) {
                roles.add(server.path("role").asText());
                ports.add(server.path("port").asInt());
                assertThat(Path.of(server.path("projectDirectory").asText())).isDirectory();
                assertThat(server.path("hostKeys").path(0).asText()).startsWith("ssh-ed25519 ");
                assertThat(Files.readString(fleet.knownHosts()))
                        .contains("[127.0.0.1]:" + server.path("port").asInt() + " "
                                + server.path("hostKeys").path(0).asText());
                if (server.has("backupFile")) {
                    withBackup.add(server.path("name").asText());
                    assertThat(Path.of(server.path("backupFile").asText())).isEqualTo(fleet.backupFile());
                }
            }
            assertThat(roles).containsExactly("DEVELOPMENT", "BETA", "BUSINESS", "BUSINESS", "BUSINESS");
            assertThat(ports).hasSize(5);
            assertThat(withBackup).containsExactly("business-1");
        }
    }

    @Test
    void isTheSameFleetAtTheNextStart() throws Exception {
        String inventory;
        try (DemoFleet fleet = DemoFleet.start(directory)) {
            inventory = fleet.inventory();
            assertThat(fleet.isToBeRegistered()).isTrue();
            fleet.isRegistered();
            Files.writeString(fleet.developmentSite().resolve("mine.html"), "kept");
        }
        try (DemoFleet fleet = DemoFleet.start(directory)) {
            assertThat(fleet.inventory()).isEqualTo(inventory);
            assertThat(fleet.isToBeRegistered()).isFalse();
            assertThat(fleet.developmentSite().resolve("mine.html")).hasContent("kept");
        }
    }

    @Test
    void movesAServerWhosePortSomeoneElseHasNow() throws Exception {
        int port;
        try (DemoFleet fleet = DemoFleet.start(directory)) {
            port = betaPort(fleet);
            fleet.isRegistered();
        }
        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"));
                DemoFleet fleet = DemoFleet.start(directory)) {
            assertThat(other.isBound()).isTrue();
            assertThat(betaPort(fleet)).isNotEqualTo(port);
            assertThat(fleet.isToBeRegistered()).isTrue();
        }
    }

    private static int betaPort(DemoFleet fleet) throws Exception {
        return new YAMLMapper()
                .readTree(fleet.inventory())
                .path("servers")
                .path(1)
                .path("port")
                .asInt();
    }

    @Test
    void whatIsStartedIsEndedInTheOppositeOrderAlsoWhenOnePartFails() {
        List<String> ended = new ArrayList<>();
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        Started started = new Started(new Screen(new PrintStream(shown, true, StandardCharsets.UTF_8), false));
        started.add(() -> ended.add("first"));
        started.add(() -> {
            throw new IllegalStateException("stuck");
        });
        started.add(() -> ended.add("third"));
        started.close();
        started.close();
        assertThat(ended).containsExactly("third", "first");
        assertThat(shown.toString(StandardCharsets.UTF_8)).contains("stuck");

        assertThat(catchThrowable(() -> started.add(() -> ended.add("late")))).isInstanceOf(UserError.class);
        assertThat(ended).containsExactly("third", "first", "late");
    }
}
