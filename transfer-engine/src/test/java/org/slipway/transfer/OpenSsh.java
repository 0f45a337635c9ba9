package org.slipway.transfer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.slipway.model.HostAddress;

/** A real SSH server on loopback for one test class, as the user who runs the tests: OpenSSH, or Dropbear. */
final class OpenSsh implements AutoCloseable {
    private static final Path SSHD = Path.of("/usr/sbin/sshd");
    private static final Path DROPBEAR = Path.of("/usr/sbin/dropbear");

    private final Path dir;
    private final Process process;
    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(20_000, 30_000));

    private final int port;
    private final String hostKey;
    private final Path userKey;

    private OpenSsh(Path dir, Process process, int port, String hostKey, Path userKey) {
        this.dir = dir;
        this.process = process;
        this.port = port;
        this.hostKey = hostKey;
        this.userKey = userKey;
    }

    /** OpenSSH with an Ed25519 host key and further lines of configuration. */
    static OpenSsh start(Path dir, String... moreConfiguration) {
        return startWithKeys(dir, "ed25519", "ed25519", moreConfiguration);
    }

    static OpenSsh startWithKeys(Path dir, String hostKeyType, String userKeyType, String... moreConfiguration) {
        return startOn(freePort(), dir, hostKeyType, userKeyType, moreConfiguration);
    }

    static OpenSsh startOn(int port, Path dir, String hostKeyType, String userKeyType, String... moreConfiguration) {
        Assumptions.assumeTrue(
                Boolean.getBoolean("slipway.require.tools") || Files.isExecutable(SSHD),
                "OpenSSH's server is not installed (apt install openssh-server): not tested");
        try {
            Files.createDirectories(dir);
            Path hostKey = dir.resolve("host_" + hostKeyType);
            Path userKey = dir.resolve("user_" + userKeyType);
            keygen(hostKeyType, hostKey);
            keygen(userKeyType, userKey);
            if (isRoot()) {
                Files.createDirectories(Path.of("/run/sshd"));
            }
            List<String> config = new ArrayList<>(List.of(
                    "Port " + port,
                    "ListenAddress 127.0.0.1",
                    "HostKey " + hostKey,
                    "PidFile none",
                    "AuthorizedKeysFile " + userKey + ".pub",
                    "UsePAM no",
                    "StrictModes no",
                    "PermitRootLogin yes",
                    "PasswordAuthentication no",
                    "KbdInteractiveAuthentication no",
                    // Else bash reads the tester's own profile for every command, and one killed in there may leave
                    // locks behind.
                    "SetEnv SHLVL=5",
                    "MaxStartups 200",
                    "Subsystem sftp internal-sftp"));
            config.addAll(List.of(moreConfiguration));
            // The first line of a kind counts.
            config.add("MaxSessions 100");
            Path file = dir.resolve("sshd_config");
            Files.write(file, config);
            Process process = new ProcessBuilder(SSHD.toString(), "-D", "-e", "-f", file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(dir.resolve("sshd.log").toFile())
                    .start();
            return ready(new OpenSsh(dir, process, port, publicKey(hostKey), userKey));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static OpenSsh dropbear(Path dir) {
        Assumptions.assumeTrue(
                Boolean.getBoolean("slipway.require.tools")
                        || Files.isExecutable(DROPBEAR) && Files.isExecutable(Path.of("/usr/bin/dropbearkey")),
                "Dropbear is not installed (apt install dropbear-bin): not tested");
        Assumptions.assumeTrue(
                isRoot(), "Dropbear reads the keys in the home directory, which only root can replace for a test");
        try {
            Files.createDirectories(dir);
            Path userKey = dir.resolve("user_ed25519");
            keygen("ed25519", userKey);
            Path hostKey = dir.resolve("dropbear_ed25519");
            run("dropbearkey", "-t", "ed25519", "-f", hostKey.toString());
            String shown = run("dropbearkey", "-y", "-f", hostKey.toString());
            String line = shown.lines()
                    .filter(l -> l.startsWith("ssh-ed25519 "))
                    .findFirst()
                    .orElseThrow();
            int port = freePort();
            String home = home().toString();
            Process process = new ProcessBuilder(
                            "unshare",
                            "--mount",
                            "sh",
                            "-c",
                            "mount -t tmpfs -o mode=700 none \"$1\" && mkdir -m 700 \"$1/.ssh\" && cat \"$2\" >\"$1/.ssh/authorized_keys\" && exec \"$3\" -F -E -p \"127.0.0.1:$4\" -r \"$5\"",
                            "sh",
                            home,
                            userKey + ".pub",
                            DROPBEAR.toString(),
                            Integer.toString(port),
                            hostKey.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(dir.resolve("dropbear.log").toFile())
                    .start();
            return ready(new OpenSsh(dir, process, port, line, userKey));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static OpenSsh ready(OpenSsh server) throws IOException {
        Await.until("the SSH server listens", Duration.ofSeconds(10), () -> {
            if (!server.process.isAlive()) {
                throw new IllegalStateException("the SSH server ended: " + server.log());
            }
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port), 200);
                return true;
            } catch (IOException e) {
                return false;
            }
        });
        return server;
    }

    HostAddress address(Path project) {
        return address(project, List.of(hostKey));
    }

    HostAddress address(Path project, List<String> hostKeys) {
        return new HostAddress(
                "web1", "127.0.0.1", port, System.getProperty("user.name"), hostKeys, project.toString(), null);
    }

    TransferSettings settings() {
        return TransferSettings.of(userKey, null);
    }

    int port() {
        return port;
    }

    String hostKey() {
        return hostKey;
    }

    Path userKey() {
        return userKey;
    }

    /** The processes that serve sessions. */
    List<ProcessHandle> sessions() {
        return process.descendants().toList();
    }

    /** Stops the processes that serve sessions; one of an earlier command may be on its way out. Returns how many were stopped. */
    int stopSessions() throws IOException {
        int stopped = 0;
        for (ProcessHandle session : sessions()) {
            try {
                run("kill", "-STOP", Long.toString(session.pid()));
                stopped++;
            } catch (IOException e) {
                if (session.isAlive()) {
                    throw e;
                }
            }
        }
        return stopped;
    }

    ProcessHandle process() {
        return process.toHandle();
    }

    String log() {
        try {
            return Files.readString(dir.resolve("sshd.log"));
        } catch (IOException e) {
            return "";
        }
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    static Path home() {
        return Path.of(System.getProperty("user.home"));
    }

    static String keygen(String type, Path file) throws IOException {
        if (!Files.exists(file)) {
            run("ssh-keygen", "-q", "-t", type, "-N", "", "-C", "test", "-f", file.toString());
        }
        return publicKey(file);
    }

    static String publicKey(Path file) throws IOException {
        return Files.readString(Path.of(file + ".pub")).strip();
    }

    /** Below the ports that the system gives to clients, so that none of them takes it before a server does; no two tests are given the same. */
    static int freePort() {
        while (true) {
            int port = NEXT_PORT.getAndIncrement();
            try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (IOException taken) {
                continue;
            }
        }
    }

    /** What a command prints; fails when it does. */
    static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes());
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + " failed: " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return output;
    }

    @Override
    public void close() {
        List<ProcessHandle> children = sessions();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
    }
}
