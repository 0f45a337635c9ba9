package org.slipway.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.slipway.embedded.DemoTree;
import org.slipway.embedded.FreePort;
import org.slipway.embedded.LoopbackSshServer;
import org.slipway.embedded.SshKeys;

/**
 * Five SSH servers on loopback with a directory each: development with a web site that is ready to be released, the
 * others with the page that was there before. Ports, keys and files stay over a restart.
 */
final class DemoFleet implements AutoCloseable {

    static final String PROJECT = "demo";
    static final String USER = "deploy";

    private static final Set<String> HERE = Set.of("127.0.0.1", "localhost");
    private static final int FIRST_PORT = 2201;
    private static final List<Member> MEMBERS = List.of(
            new Member("development", "DEVELOPMENT"),
            new Member("beta", "BETA"),
            new Member("business-1", "BUSINESS"),
            new Member("business-2", "BUSINESS"),
            new Member("business-3", "BUSINESS"));

    private static final String CHOSEN = "business-1";

    private record Member(String name, String role) {}

    private final Path directory;
    private final SshKeys user;
    private final Map<Member, LoopbackSshServer> servers;

    private DemoFleet(Path directory, SshKeys user, Map<Member, LoopbackSshServer> servers) {
        this.directory = directory;
        this.user = user;
        this.servers = servers;
    }

    /** Starts the fleet whose files are in the directory; they are made when they are missing. */
    static DemoFleet start(Path directory) {
        Map<Member, LoopbackSshServer> servers = new LinkedHashMap<>();
        try {
            SshKeys user = SshKeys.inFile(directory.resolve("keys/id_ed25519"), SshKeys.Type.ED25519);
            DemoFleet fleet = new DemoFleet(directory, user, servers);
            fleet.makeFiles();
            Properties ports = fleet.readPorts();
            for (Member member : MEMBERS) {
                int port = port(portOf(ports.getProperty(member.name, ""), FIRST_PORT + servers.size()));
                LoopbackSshServer server = LoopbackSshServer.at(fleet.home(member))
                        .hostKey(directory.resolve("keys/host-" + member.name), SshKeys.Type.ED25519)
                        .authorise(user.publicKey())
                        .port(port)
                        .start();
                servers.put(member, server);
                ports.setProperty(member.name, Integer.toString(server.port()));
            }
            fleet.writePorts(ports);
            fleet.writeKnownHosts();
            return fleet;
        } catch (IOException cannot) {
            servers.values().forEach(LoopbackSshServer::close);
            throw new UncheckedIOException("cannot start the demo servers in " + directory, cannot);
        } catch (RuntimeException failed) {
            servers.values().forEach(LoopbackSshServer::close);
            throw failed;
        }
    }

    /** Whether the controller may not have this inventory: at first, and when a port has changed. What the user made of it stays. */
    boolean isToBeRegistered() throws IOException {
        return !Files.exists(registeredFile())
                || !Files.readString(registeredFile()).equals(inventory());
    }

    /** The controller has it now. */
    void isRegistered() throws IOException {
        Files.writeString(registeredFile(), inventory());
    }

    private Path registeredFile() {
        return directory.resolve("registered.yaml");
    }

    /** That of the last time, unless someone else has it now. */
    private static int port(int preferred) {
        return FreePort.isFree(preferred) ? preferred : FreePort.find();
    }

    /** A file that a crash cut short says nothing. */
    private static int portOf(String kept, int otherwise) {
        return kept.matches("[1-9][0-9]{0,4}") && Integer.parseInt(kept) < 1 << 16 ? Integer.parseInt(kept) : otherwise;
    }

    private Properties readPorts() throws IOException {
        Properties ports = new Properties();
        Path file = portsFile();
        if (Files.exists(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                ports.load(in);
            }
        }
        return ports;
    }

    private void writePorts(Properties ports) throws IOException {
        try (OutputStream out = Files.newOutputStream(portsFile())) {
            ports.store(out, "SSH ports of the demo servers");
        }
    }

    private Path portsFile() {
        return directory.resolve("ports.properties");
    }

    private void makeFiles() throws IOException {
        for (Member member : MEMBERS) {
            Path site = site(member);
            if (Files.exists(site)) {
                continue;
            }
            // A site that is there is a whole one: made aside, then renamed. What a kill left of it is written over.
            Path aside = Files.createDirectories(site.resolveSibling("site.new"));
            if (member.role.equals("DEVELOPMENT")) {
                DemoTree.create(aside);
            } else {
                Files.writeString(
                        aside.resolve("index.html"), "<!doctype html>\n<title>Harbour Coffee</title>\nOpening soon.\n");
                Files.writeString(aside.resolve("robots.txt"), "User-agent: *\nDisallow: /\n");
            }
            Files.move(aside, site);
        }
        Files.createDirectories(backupFile().getParent());
    }

    private void writeKnownHosts() throws IOException {
        List<String> lines = new ArrayList<>();
        servers.values().forEach(server -> server.hostKeys()
                .forEach(key -> lines.add("[127.0.0.1]:" + server.port() + " " + key)));
        Files.write(knownHosts(), lines);
    }

    private Path home(Member member) {
        return directory.resolve(member.name);
    }

    private Path site(Member member) {
        return home(member).resolve("srv/site");
    }

    Path privateKey() {
        return user.privateKey();
    }

    Path knownHosts() {
        return directory.resolve("keys/known_hosts");
    }

    /** Where the user changes files for the next release. */
    Path developmentSite() {
        return site(MEMBERS.getFirst());
    }

    /** The project directory of the beta server. */
    Path betaSite() {
        return site(MEMBERS.get(1));
    }

    /** The project directories of the business servers, by name. */
    Map<String, Path> businessSites() {
        Map<String, Path> sites = new LinkedHashMap<>();
        MEMBERS.stream()
                .filter(member -> member.role.equals("BUSINESS"))
                .forEach(member -> sites.put(member.name, site(member)));
        return sites;
    }

    /** Whether a server of an inventory is one of these, so that its paths are paths of this machine. */
    boolean has(JsonNode server) {
        return HERE.contains(server.path("host").asText())
                && servers.values().stream()
                        .anyMatch(one -> one.port() == server.path("port").asInt());
    }

    /** On the chosen server. */
    Path backupFile() {
        return directory.resolve(CHOSEN).resolve("srv/backups/site.tar.gz");
    }

    /** As a user would write it. */
    String inventory() {
        StringBuilder yaml = new StringBuilder("servers:\n");
        servers.forEach((member, server) -> {
            yaml.append("""
                      - name: %s
                        role: %s
                        host: 127.0.0.1
                        port: %d
                        user: %s
                        hostKeys: ["%s"]
                        projectDirectory: "%s"
                    """.formatted(
                            member.name,
                            member.role,
                            server.port(),
                            USER,
                            server.hostKeys().getFirst(),
                            site(member)));
            if (member.name.equals(CHOSEN)) {
                yaml.append("    backupFile: \"%s\"\n".formatted(backupFile()));
            }
        });
        return yaml.toString();
    }

    @Override
    public void close() {
        servers.values().forEach(LoopbackSshServer::close);
    }
}
