package org.slipway.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The machine's own OpenSSH server on a free port of 127.0.0.1, as the current user, with keys and settings of its own. */
public final class OpenSshServer implements AutoCloseable {

    private static final List<Path> PROGRAMS =
            List.of(Path.of("/usr/sbin/sshd"), Path.of("/usr/local/sbin/sshd"), Path.of("/usr/bin/sshd"));
    private static final Duration LONGEST_START = Duration.ofSeconds(20);

    private final Settings settings;
    private final List<SshKeys> hostKeys;
    private final int port;
    private ChildProcess sshd;

    private OpenSshServer(Settings settings, List<SshKeys> hostKeys, int port, ChildProcess sshd) {
        this.settings = settings;
        this.hostKeys = hostKeys;
        this.port = port;
        this.sshd = sshd;
    }

    /** Whether this machine has the program, and we may run it. */
    public static boolean available() {
        return PROGRAMS.stream().anyMatch(Files::isExecutable);
    }

    /** Describes a server whose files are in the directory; an ordinary user's home is as the machine has it. */
    public static Settings in(Path directory) {
        return new Settings(directory.toAbsolutePath());
    }

    /** What a server is to be like; {@link #start()} starts it. */
    public static final class Settings {
        private final Path directory;
        private final Map<Path, SshKeys.Type> hostKeys = new LinkedHashMap<>();
        private final List<String> authorised = new ArrayList<>();
        private final List<String> lines = new ArrayList<>();
        private boolean commands = true;

        private Settings(Path directory) {
            this.directory = directory;
        }

        /** A host key in a file, made when it is missing; without this one of type Ed25519 in the directory. */
        public Settings hostKey(Path file, SshKeys.Type type) {
            hostKeys.put(file, type);
            return this;
        }

        /** A public key that may log in, as in authorized_keys. */
        public Settings authorise(String publicKey) {
            authorised.add(publicKey);
            return this;
        }

        /** Commands are refused, as on a host that was made for file transfer. */
        public Settings sftpOnly() {
            commands = false;
            return this;
        }

        /** A further line of sshd_config; the first line that names a setting counts, and these come first. */
        public Settings line(String line) {
            lines.add(line);
            return this;
        }

        /** Starts it and returns when it accepts connections. */
        public OpenSshServer start() {
            try {
                Files.createDirectories(directory);
                Map<Path, SshKeys.Type> wanted =
                        hostKeys.isEmpty() ? Map.of(directory.resolve("host_key"), SshKeys.Type.ED25519) : hostKeys;
                List<SshKeys> keys = wanted.entrySet().stream()
                        .map(key -> SshKeys.inFile(key.getKey(), key.getValue()))
                        .toList();
                int port = FreePort.find();
                Files.write(directory.resolve("authorized_keys"), authorised);
                Files.write(directory.resolve("sshd_config"), config(keys, port));
                if (Account.isRoot()) {
                    Files.createDirectories(Path.of("/run/sshd"));
                }
                return new OpenSshServer(this, keys, port, launch(this, port));
            } catch (IOException cannot) {
                throw new StartFailedException("cannot start sshd: " + cannot.getMessage(), cannot);
            }
        }

        private List<String> config(List<SshKeys> keys, int port) {
            List<String> config = new ArrayList<>(lines);
            keys.forEach(key -> config.add("HostKey " + key.privateKey().toAbsolutePath()));
            config.addAll(List.of(
                    "ListenAddress 127.0.0.1:" + port,
                    "AuthorizedKeysFile " + directory.resolve("authorized_keys"),
                    "PidFile none",
                    "StrictModes no",
                    "UsePAM no",
                    "PermitRootLogin yes",
                    "PasswordAuthentication no",
                    "KbdInteractiveAuthentication no",
                    "PrintMotd no",
                    // Else bash reads the user's own profile for every command.
                    "SetEnv SHLVL=5",
                    "UseDNS no",
                    "LogLevel ERROR",
                    "MaxStartups 200:30:400",
                    "MaxSessions 200",
                    "Subsystem sftp internal-sftp"));
            if (!commands) {
                config.add("ForceCommand internal-sftp");
            }
            return config;
        }
    }

    private static ChildProcess launch(Settings settings, int port) {
        // sshd starts itself again for each connection and wants to be called by its whole name
        Path program = PROGRAMS.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new StartFailedException("there is no sshd; install openssh-server"));
        ChildProcess sshd = ChildProcess.start(new ChildProcess.Launch(
                "sshd",
                List.of(
                        program.toString(),
                        "-D",
                        "-e",
                        "-f",
                        settings.directory.resolve("sshd_config").toString()),
                Map.of(),
                settings.directory,
                settings.directory.resolve("sshd.log")));
        try {
            sshd.awaitReady(LONGEST_START, () -> greets(port));
        } catch (StartFailedException failed) {
            sshd.killHard();
            throw failed;
        }
        return sshd;
    }

    private static boolean greets(int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 1000);
            socket.setSoTimeout(2000);
            String greeting = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            return greeting != null && greeting.startsWith("SSH-");
        }
    }

    public int port() {
        return port;
    }

    /** The only one that can log in where we are not root. */
    public String user() {
        return System.getProperty("user.name");
    }

    /** The public host keys, each {@code ssh-ed25519 AAAA…}. */
    public List<String> hostKeys() {
        return hostKeys.stream().map(SshKeys::publicKey).toList();
    }

    /** Cuts every connection: kills the processes that serve them, and what they started; how many those were. */
    public int killSessions() {
        List<Long> sessions = sessions();
        sessions.forEach(Signal.KILL::send);
        return sessions.size();
    }

    private List<Long> sessions() {
        try (Stream<ProcessHandle> descendants =
                ProcessHandle.of(sshd.pid()).stream().flatMap(ProcessHandle::descendants)) {
            return descendants.map(ProcessHandle::pid).toList();
        }
    }

    /** {@code kill -STOP} of the server and all its sessions: connections stay open and nothing answers. */
    public void pause() {
        sshd.pause();
        sessions().forEach(Signal.STOP::send);
    }

    public void resume() {
        sessions().forEach(Signal.CONT::send);
        sshd.resume();
    }

    /** Stops listening and cuts every connection; {@link #start()} brings it back. */
    public void stop() {
        List<Long> sessions = sessions();
        sshd.killHard();
        sessions.forEach(Signal.KILL::send);
    }

    /** Starts it again at the same port with the same keys. */
    public void start() {
        if (!sshd.isAlive()) {
            sshd = launch(settings, port);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
