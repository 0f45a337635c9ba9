package org.slipway.system;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.slipway.embedded.LoopbackSshServer;
import org.slipway.embedded.OpenSshServer;
import org.slipway.embedded.SshKeys;
import org.slipway.model.ServerRole;

/** A server of a fleet: an SSH server on loopback, and its directories, which the test sees as they are. */
public final class FleetServer implements AutoCloseable {
    private static final String SITE = "site";

    /** Which program serves SSH. */
    public enum Kind {
        /** Apache MINA's, in this JVM, with gates. */
        LOOPBACK,
        /** The machine's sshd. */
        OPENSSH,
        /** The machine's sshd, with a home of its own: no profile of whoever runs this is read when somebody logs in. */
        OPENSSH_WITH_HOME,
        /** The machine's sshd, with gates, and reached over a {@link Wire}. */
        OPENSSH_BY_WIRE,
        /** The machine's sshd, made for file transfer only. */
        OPENSSH_WITHOUT_SHELL
    }

    private final String name;
    private final ServerRole role;
    private final Path directory;
    private final SshKeys client;
    private final Gate tar;
    private final boolean chosen;
    private String site = SITE;
    private @Nullable Path workDirectory;
    private Sshd sshd;

    /** One of the two programs. */
    private sealed interface Sshd {
        record Loopback(LoopbackSshServer server) implements Sshd {}

        record OpenSsh(OpenSshServer server) implements Sshd {}

        record ByWire(OpenSshServer server, Wire wire) implements Sshd {}
    }

    FleetServer(String name, ServerRole role, boolean chosen, Kind kind, Path directory, SshKeys client) {
        this.name = name;
        this.role = role;
        this.chosen = chosen;
        this.directory = Directories.made(directory);
        this.client = client;
        Directories.made(tree());
        Directories.made(backupDirectory());
        this.tar = Gate.before("tar", Directories.made(directory.resolve("gate")));
        this.sshd = switch (kind) {
            case LOOPBACK -> new Sshd.Loopback(loopback("host_key", 0));
            case OPENSSH ->
                new Sshd.OpenSsh(OpenSshServer.in(directory.resolve("sshd"))
                        .authorise(client.publicKey())
                        .start());
            case OPENSSH_WITH_HOME ->
                new Sshd.OpenSsh(OpenSshServer.in(directory.resolve("sshd"))
                        .authorise(client.publicKey())
                        .line("SetEnv HOME=" + Directories.made(home()))
                        .start());
            case OPENSSH_BY_WIRE -> {
                OpenSshServer server = OpenSshServer.in(directory.resolve("sshd"))
                        .authorise(client.publicKey())
                        .line("SetEnv PATH=" + tar.programs() + ":" + System.getenv("PATH"))
                        .start();
                yield new Sshd.ByWire(server, Wire.to(server.port()));
            }
            case OPENSSH_WITHOUT_SHELL ->
                new Sshd.OpenSsh(OpenSshServer.in(directory.resolve("sshd"))
                        .authorise(client.publicKey())
                        .sftpOnly()
                        .start());
        };
    }

    /** The way to it, where it is reached by one. */
    public Wire wire() {
        return byWire().wire();
    }

    /** Its sshd, where it is reached by a wire. */
    OpenSshServer openSsh() {
        return byWire().server();
    }

    private Sshd.ByWire byWire() {
        if (sshd instanceof Sshd.ByWire byWire) {
            return byWire;
        }
        throw new IllegalStateException(name + " is not reached by a wire");
    }

    /** Lets only this key in from now on, as its text in authorized_keys, and cuts who is in. */
    public void authoriseOnly(String publicKey) {
        try {
            Files.writeString(directory.resolve("sshd/authorized_keys"), publicKey + "\n");
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
        openSsh().killSessions();
    }

    /** Slipway's own directory on it. */
    Path workDirectory() {
        return workDirectory == null ? directory.resolve(".slipway-" + site) : workDirectory;
    }

    /** Has Slipway's own directory elsewhere; the inventory tells it when it is put the next time. */
    void workDirectory(Path elsewhere) {
        workDirectory = elsewhere;
    }

    /** Holds everything of this server. */
    public Path directory() {
        return directory;
    }

    private LoopbackSshServer loopback(String hostKey, int port) {
        return LoopbackSshServer.at(Directories.made(home()))
                .hostKey(directory.resolve(hostKey), SshKeys.Type.ED25519)
                .authorise(client.publicKey())
                .environment("PATH", tar.programs() + ":" + System.getenv("PATH"))
                .port(port)
                .start();
    }

    /** Of who logs in, where the server has one of its own. */
    public Path home() {
        return directory.resolve("home");
    }

    public String name() {
        return name;
    }

    public ServerRole role() {
        return role;
    }

    /** Before the program that stages files there and takes backups. */
    public Gate tar() {
        return tar;
    }

    /** The project directory. */
    public Path tree() {
        return directory.resolve(site);
    }

    /** Where backups go, on the chosen server. */
    public Path backupDirectory() {
        return directory.resolve("backups");
    }

    /** The backup, where there is one. */
    public Path backupFile() {
        return backupDirectory().resolve("site.tar.gz");
    }

    /** A file below the project directory, with its directories, a while ago: as nobody has just written it. */
    public Path write(String path, String content) {
        Path file = tree().resolve(path);
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
            return file;
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    /** The same, dated. */
    public Path write(String path, String content, Instant modified) {
        Path file = write(path, content);
        try {
            return Files.setLastModifiedTime(file, FileTime.from(modified));
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    /** What a file below the project directory holds; empty when there is none. */
    public Optional<String> read(String path) {
        Path file = tree().resolve(path);
        try {
            return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    /** Of the project directory: the same again only if nobody wrote anything there. */
    public SortedMap<String, String> fingerprint() {
        return Directories.fingerprint(tree());
    }

    /** Stops listening and cuts every connection. */
    public void stop() {
        switch (sshd) {
            case Sshd.Loopback(LoopbackSshServer server) -> server.stop();
            case Sshd.OpenSsh(OpenSshServer server) -> server.stop();
            case Sshd.ByWire(OpenSshServer server, Wire _) -> server.stop();
        }
    }

    /** Back again, at the same port. */
    public void start() {
        switch (sshd) {
            case Sshd.Loopback(LoopbackSshServer server) -> server.start();
            case Sshd.OpenSsh(OpenSshServer server) -> server.start();
            case Sshd.ByWire(OpenSshServer server, Wire _) -> server.start();
        }
    }

    /** As if it was set up anew, or as if somebody else answered at its address: another host key, the same port. */
    public void replaceHostKey() {
        int port = port();
        stop();
        sshd = new Sshd.Loopback(loopback("another_host_key", port));
    }

    /** As if another machine took its place, as Slipway sees it: an empty project directory somewhere else, and nobody at the old one. */
    void replaceMachine() {
        site = "another-" + site;
        Directories.made(tree());
    }

    /** Of SSH, on 127.0.0.1. */
    public int port() {
        return switch (sshd) {
            case Sshd.Loopback(LoopbackSshServer server) -> server.port();
            case Sshd.OpenSsh(OpenSshServer server) -> server.port();
            case Sshd.ByWire(OpenSshServer _, Wire wire) -> wire.port();
        };
    }

    /** Who logs in. */
    public String user() {
        return switch (sshd) {
            case Sshd.Loopback _ -> "deploy";
            case Sshd.OpenSsh(OpenSshServer server) -> server.user();
            case Sshd.ByWire(OpenSshServer server, Wire _) -> server.user();
        };
    }

    private List<String> hostKeys() {
        return switch (sshd) {
            case Sshd.Loopback(LoopbackSshServer server) -> server.hostKeys();
            case Sshd.OpenSsh(OpenSshServer server) -> server.hostKeys();
            case Sshd.ByWire(OpenSshServer server, Wire _) -> server.hostKeys();
        };
    }

    /** The fingerprint of the host key that it shows now, as {@code ssh-keygen -l} prints it. */
    public String hostKeyFingerprint() {
        return SshKeys.fingerprint(hostKeys().getFirst());
    }

    /** Its line of known_hosts. */
    public String knownHostsLine() {
        return "[127.0.0.1]:%d %s".formatted(port(), hostKeys().getFirst());
    }

    /** As the inventory names it. */
    void describe(ObjectNode server) {
        server.put("name", name)
                .put("role", role.name())
                .put("host", "127.0.0.1")
                .put("port", port())
                .put("user", user())
                .put("projectDirectory", tree().toString());
        hostKeys().forEach(server.putArray("hostKeys")::add);
        if (workDirectory != null) {
            server.put("workDirectory", workDirectory.toString());
        }
        if (chosen) {
            server.put("backupFile", backupFile().toString());
        }
    }

    @Override
    public void close() {
        tar.open();
        stop();
    }

    @Override
    public String toString() {
        return name;
    }
}
