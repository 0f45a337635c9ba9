package org.slipway.embedded;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.file.FileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.sftp.server.SftpSubsystem;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.jspecify.annotations.Nullable;

/**
 * An SSH server on 127.0.0.1 in this JVM, with SFTP and, unless it is told otherwise, commands run by a real shell. Any
 * user name logs in with an authorised key and works as the user of this JVM: absolute paths are real paths, relative
 * ones and commands start in the home directory. For demo fleets and tests, never for a network.
 */
public final class LoopbackSshServer implements AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";
    private static final String ONLY_SFTP = "echo 'This service allows sftp connections only.'; exit 1";
    private static final Duration LONGEST_STOP = Duration.ofSeconds(10);
    private static final long WINDOW_BYTES = 8L << 20;
    private static final long PACKET_BYTES = 64L << 10;

    private final Settings settings;
    private final List<KeyPair> hostKeys;
    private final List<PublicKey> authorised;
    private final AtomicBoolean refusing = new AtomicBoolean();
    private int port;
    private @Nullable SshServer server;

    private LoopbackSshServer(Settings settings, List<KeyPair> hostKeys, List<PublicKey> authorised) {
        this.settings = settings;
        this.hostKeys = hostKeys;
        this.authorised = authorised;
        this.port = settings.port;
    }

    /** Describes a server whose users are at home in the directory; it is made when it is missing. */
    public static Settings at(Path home) {
        return new Settings(home.toAbsolutePath());
    }

    /** What a server is to be like; {@link #start()} starts it. */
    public static final class Settings {
        private final Path home;
        private final Map<Path, SshKeys.Type> hostKeys = new LinkedHashMap<>();
        private final List<String> authorised = new ArrayList<>();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private List<String> shell = List.of("/bin/sh", "-c");
        private boolean commands = true;
        private boolean sftp = true;
        private int port;

        private Settings(Path home) {
            this.home = home;
        }

        /** A host key in a file, made when it is missing. At least one is needed; a server may have one of each type. */
        public Settings hostKey(Path file, SshKeys.Type type) {
            hostKeys.put(file, type);
            return this;
        }

        /** A public key that may log in, as in authorized_keys. */
        public Settings authorise(String publicKey) {
            authorised.add(publicKey);
            return this;
        }

        /** Commands and shells are refused. */
        public Settings sftpOnly() {
            commands = false;
            return this;
        }

        /** SFTP is refused. */
        public Settings shellOnly() {
            sftp = false;
            return this;
        }

        /** What runs a command, which is added as the last word; {@code /bin/sh -c} without this. */
        public Settings shell(String... words) {
            shell = List.of(words);
            return this;
        }

        /** A variable of every command's environment, {@code PATH} for example; the rest is this JVM's. */
        public Settings environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** The port; without this any free one, which then stays the same over {@link LoopbackSshServer#stop()}. */
        public Settings port(int number) {
            port = number;
            return this;
        }

        /** Starts it. */
        public LoopbackSshServer start() {
            if (hostKeys.isEmpty()) {
                throw new IllegalStateException("an SSH server needs a host key");
            }
            try {
                Files.createDirectories(home);
                List<KeyPair> pairs = new ArrayList<>();
                for (Map.Entry<Path, SshKeys.Type> key : hostKeys.entrySet()) {
                    pairs.add(SshKeys.load(
                            SshKeys.inFile(key.getKey(), key.getValue()).privateKey()));
                }
                List<PublicKey> users = new ArrayList<>();
                for (String line : authorised) {
                    users.add(PublicKeyEntry.parsePublicKeyEntry(line)
                            .resolvePublicKey(null, Map.of(), PublicKeyEntryResolver.FAILING));
                }
                LoopbackSshServer server = new LoopbackSshServer(this, pairs, users);
                server.start();
                return server;
            } catch (IOException | GeneralSecurityException cannot) {
                throw new StartFailedException("cannot start an SSH server: " + cannot.getMessage(), cannot);
            }
        }
    }

    /** Starts it again after {@link #stop()}, at the same port and with the same keys. */
    public synchronized void start() {
        if (server != null) {
            return;
        }
        SshServer fresh = SshServer.setUpDefaultServer();
        fresh.setHost(LOOPBACK);
        fresh.setPort(port);
        fresh.setKeyPairProvider(KeyPairProvider.wrap(hostKeys));
        fresh.setPublickeyAuthenticator(
                (user, key, session) -> authorised.stream().anyMatch(known -> KeyUtils.compareKeys(known, key)));
        fresh.setFileSystemFactory(new WholeMachine(settings.home));
        fresh.setCommandFactory((channel, command) -> command(command));
        if (settings.sftp) {
            fresh.setSubsystemFactories(List.of(new SftpAtHome(settings.home)));
        }
        fresh.addSessionListener(new SessionListener() {
            @Override
            public void sessionEstablished(Session session) {
                if (refusing.get()) {
                    session.getIoSession().close(true);
                }
            }
        });
        CoreModuleProperties.WINDOW_SIZE.set(fresh, WINDOW_BYTES);
        CoreModuleProperties.MAX_PACKET_SIZE.set(fresh, PACKET_BYTES);
        CoreModuleProperties.IDLE_TIMEOUT.set(fresh, Duration.ZERO);
        CoreModuleProperties.NIO2_READ_TIMEOUT.set(fresh, Duration.ZERO);
        CoreModuleProperties.SOCKET_BACKLOG.set(fresh, 256);
        CoreModuleProperties.TCP_NODELAY.set(fresh, true);
        CoreModuleProperties.SOCKET_REUSEADDR.set(fresh, true);
        try {
            fresh.start();
        } catch (IOException cannot) {
            throw new StartFailedException(
                    "cannot listen on " + LOOPBACK + ":" + port + " for SSH: " + cannot.getMessage(), cannot);
        }
        port = fresh.getPort();
        server = fresh;
    }

    private Command command(String command) {
        // Without commands it does what OpenSSH's internal-sftp does. Refused as a request, a client that did not ask
        // for
        // an answer would wait for ever.
        List<String> shell = settings.commands ? settings.shell : List.of("/bin/sh", "-c", ONLY_SFTP);
        return new ShellCommand(shell, command, settings.home, settings.environment);
    }

    public int port() {
        return port;
    }

    /** The public host keys, each {@code ssh-ed25519 AAAA…}, in the order in which they were given. */
    public List<String> hostKeys() {
        return hostKeys.stream()
                .map(pair -> PublicKeyEntry.toString(pair.getPublic()))
                .toList();
    }

    /** How many sessions are open. */
    public synchronized int sessions() {
        return server == null ? 0 : server.getActiveSessions().size();
    }

    /** Cuts every connection at once, in the middle of whatever it does; the processes of their commands are killed. */
    public synchronized void killSessions() {
        if (server != null) {
            for (AbstractSession session : server.getActiveSessions()) {
                // Closing the session would say goodbye and flush; a cut does neither.
                session.getIoSession().close(true);
            }
        }
    }

    /** Whether new connections are closed as soon as they are made. Sessions that are open go on. */
    public void refuseConnections(boolean refuse) {
        refusing.set(refuse);
    }

    /** Stops listening and cuts every connection; {@link #start()} brings it back. */
    public synchronized void stop() {
        SshServer running = server;
        server = null;
        if (running != null) {
            try {
                running.close(true).await(LONGEST_STOP.toMillis());
                running.stop(true);
            } catch (IOException cannot) {
                throw new IllegalStateException("cannot stop the SSH server on port " + port, cannot);
            }
        }
    }

    @Override
    public void close() {
        stop();
    }

    /** The file system as it is. */
    private record WholeMachine(Path home) implements FileSystemFactory {
        @Override
        public Path getUserHomeDir(SessionContext session) {
            return home;
        }

        @Override
        public FileSystem createFileSystem(SessionContext session) {
            return FileSystems.getDefault();
        }
    }

    private static final class SftpAtHome extends SftpSubsystemFactory {
        private final Path home;

        private SftpAtHome(Path home) {
            this.home = home;
        }

        @Override
        public Command createSubsystem(ChannelSession channel) {
            return new SftpSubsystem(channel, this) {
                @Override
                public void setFileSystem(FileSystem fileSystem) {
                    super.setFileSystem(fileSystem);
                    // MINA's own choice is the working directory of this JVM.
                    defaultDir = home;
                }
            };
        }
    }
}
