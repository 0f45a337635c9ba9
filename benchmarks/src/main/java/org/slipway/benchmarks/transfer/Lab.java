package org.slipway.benchmarks.transfer;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slipway.benchmarks.AnsibleConnections;
import org.slipway.benchmarks.transfer.Workload.Before;
import org.slipway.benchmarks.transfer.Workload.Line;
import org.slipway.benchmarks.transfer.Workload.Way;
import org.slipway.embedded.ChildProcess;
import org.slipway.embedded.OpenSshServer;
import org.slipway.embedded.SshKeys;
import org.slipway.model.HostAddress;

/**
 * All that is needed to copy on one machine: two SSH servers on loopback (one with a shell, one with SFTP only), slow lines to
 * the first, OpenSSH's settings for the tools, and directories. Development, beta and every target are directories of the same servers.
 */
final class Lab implements AutoCloseable {
    private static final String PREFIX = "slipway-transfer-benchmark-";
    private static final Path TMPFS = Path.of("/dev/shm");
    private static final Duration ROUND_TRIP = Duration.ofMillis(20);
    private static final long SLOW_BITS_PER_SECOND = 200_000_000;
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final Path directory;
    private final SshKeys key;
    private final OpenSshServer shell;
    private final OpenSshServer sftpOnly;
    private final List<ProcessHandle> servers;
    private final Programs programs;
    private final Map<String, ChildProcess> masters = new LinkedHashMap<>();
    private final List<Process> lines = new ArrayList<>();
    private int slowTarget;
    private int slowBeta;
    private boolean closed;

    private Lab(Path directory) throws IOException {
        this.directory = directory;
        this.programs = new Programs(directory.resolve("tool.log"));
        this.key = SshKeys.inFile(directory.resolve("key"), SshKeys.Type.ED25519);
        Set<ProcessHandle> before =
                new HashSet<>(ProcessHandle.current().children().toList());
        this.shell = OpenSshServer.in(directory.resolve("sshd"))
                .authorise(key.publicKey())
                .start();
        this.sftpOnly = OpenSshServer.in(directory.resolve("sshd-sftp-only"))
                .authorise(key.publicKey())
                .sftpOnly()
                .start();
        this.servers = ProcessHandle.current()
                .children()
                .filter(child -> !before.contains(child))
                .filter(child -> child.info().command().orElse("").endsWith("sshd"))
                .toList();
        if (servers.size() != 2) {
            throw new IllegalStateException("two servers were started, and " + servers.size() + " are seen");
        }
        writeSshConfig();
    }

    /**
     * Opens one where there is room.
     *
     * @param needBytes how much is written at the same time
     */
    static Lab open(long needBytes) throws IOException {
        removeWhatDeadOnesLeft();
        boolean fits = Files.isDirectory(TMPFS) && Files.getFileStore(TMPFS).getUsableSpace() > needBytes;
        Path base = fits ? TMPFS : Path.of(System.getProperty("java.io.tmpdir"));
        if (Files.getFileStore(base).getUsableSpace() <= needBytes) {
            throw new IOException(
                    "%d MiB are needed, and neither %s nor %s has them".formatted(needBytes >> 20, TMPFS, base));
        }
        Path directory = Files.createDirectories(
                base.resolve(PREFIX + ProcessHandle.current().pid()));
        return new Lab(directory);
    }

    private static void removeWhatDeadOnesLeft() throws IOException {
        for (Path base : List.of(TMPFS, Path.of(System.getProperty("java.io.tmpdir")))) {
            if (!Files.isDirectory(base)) {
                continue;
            }
            List<Path> found;
            try (Stream<Path> all = Files.list(base)) {
                found = all.filter(path -> path.getFileName().toString().matches(PREFIX + "[0-9]+"))
                        .toList();
            }
            for (Path path : found) {
                long pid = Long.parseLong(path.getFileName().toString().substring(PREFIX.length()));
                if (ProcessHandle.of(pid).isEmpty()) {
                    remove(path);
                }
            }
        }
    }

    private static void remove(Path path) {
        try {
            Programs.demand("rm", "-rf", "--", path.toString());
        } catch (IOException cannot) {
            System.err.println("not removed: " + cannot.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Where everything is, and on what. */
    String described() throws IOException {
        return "files on " + Files.getFileStore(directory).type();
    }

    Path directory() {
        return directory;
    }

    Programs programs() {
        return programs;
    }

    SshKeys key() {
        return key;
    }

    String user() {
        return shell.user();
    }

    Path sshConfig() {
        return directory.resolve("ssh_config");
    }

    /** The directories of a workload, before anything is in them but the source. */
    Scene scene(Workload workload, SourceTrees trees) throws IOException {
        Path targets = directory.resolve("targets");
        return new Scene(
                workload,
                trees.of(workload.tree()),
                targets.resolve("beta"),
                targets.resolve("worker"),
                IntStream.rangeClosed(1, workload.targets())
                        .mapToObj(i -> targets.resolve(Integer.toString(i)))
                        .toList());
    }

    /** Brings everything that is written to what it was before the first run. */
    void reset(Scene scene, SourceTrees trees) throws IOException, InterruptedException {
        Programs.demand("rm", "-rf", "--", directory.resolve("targets").toString());
        for (Path target : Stream.concat(Stream.of(scene.beta(), scene.worker()), scene.targets().stream())
                .toList()) {
            Files.createDirectories(target);
        }
        if (scene.workload().before() == Before.EARLIER_RELEASE) {
            Path earlier = trees.earlierOf(scene.workload().tree());
            for (Path target : scene.targets()) {
                Programs.demand("cp", "-a", earlier.resolve(SourceTrees.NAME).toString(), target.toString());
            }
        }
        Programs.demand("sync");
    }

    /** Makes ready how a workload's targets are reached. */
    void ready(Line line) throws IOException {
        if (line == Line.SLOW && lines.isEmpty()) {
            slowTarget = startLine();
            slowBeta = startLine();
            writeSshConfig();
        }
    }

    private int startLine() throws IOException {
        Process process = new ProcessBuilder(
                        ChildProcess.java(),
                        "-Xmx256m",
                        "-classpath",
                        System.getProperty("java.class.path"),
                        Shaper.class.getName(),
                        Integer.toString(shell.port()),
                        Long.toString(ROUND_TRIP.toMillis() / 2),
                        Long.toString(SLOW_BITS_PER_SECOND))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        lines.add(process);
        BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
        return Integer.parseInt(Objects.requireNonNull(said.readLine(), "the slow line did not start"));
    }

    /** The name under which OpenSSH's programs reach targets by a connection of their own. */
    static String alias(Line line) {
        return line == Line.SLOW ? "slow" : "direct";
    }

    /**
     * The name under which OpenSSH's programs share a connection with AES-GCM that is already open; opens it where it is not.
     *
     * @param server which one, as each server has a connection of its own
     */
    String sharedAlias(Line line, String server) {
        String alias = alias(line) + "-shared-" + server;
        ChildProcess before = masters.get(alias);
        if (before == null || !before.isAlive()) {
            Path socket = directory.resolve("mux-" + alias);
            ChildProcess master = ChildProcess.start(new ChildProcess.Launch(
                    "shared connection",
                    List.of("ssh", "-F", sshConfig().toString(), "-o", "ControlMaster=yes", "-N", alias),
                    Map.of(),
                    directory,
                    directory.resolve("masters.log")));
            masters.put(alias, master);
            master.awaitReady(LONGEST, () -> Files.exists(socket));
        }
        return alias;
    }

    private void writeSshConfig() throws IOException {
        String hostKey = shell.hostKeys().getFirst();
        Files.writeString(directory.resolve("known_hosts"), "lab " + hostKey + "\n");
        String slow = lines.isEmpty() ? "" : """
                Host slow slow-shared-*
                  Port %d
                """.formatted(slowTarget);
        Files.writeString(
                sshConfig(), slow + """
                Host direct direct-shared-*
                  Port %d
                Host *-shared-*
                  Ciphers aes128-gcm@openssh.com
                  ControlPath %s/mux-%%n
                Host *
                  HostName 127.0.0.1
                  HostKeyAlias lab
                  User %s
                  IdentityFile %s
                  IdentitiesOnly yes
                  UserKnownHostsFile %s/known_hosts
                  StrictHostKeyChecking yes
                  BatchMode yes
                  LogLevel ERROR
                """.formatted(shell.port(), directory, shell.user(), key.privateKey(), directory));
    }

    /** Beta, or development: what is read from. */
    HostAddress readFrom(Workload workload, String name, Path projectDirectory) {
        return address(workload, name, projectDirectory, slowBeta);
    }

    HostAddress target(Workload workload, String name, Path projectDirectory) {
        return address(workload, name, projectDirectory, slowTarget);
    }

    /** Each name is a server with a session of its own: keys with other comments are other servers to the pool. */
    private HostAddress address(Workload workload, String name, Path projectDirectory, int slowPort) {
        OpenSshServer server = workload.way() == Way.PUSH_SFTP_ONLY ? sftpOnly : shell;
        return new HostAddress(
                name,
                "127.0.0.1",
                workload.line() == Line.SLOW ? slowPort : server.port(),
                server.user(),
                server.hostKeys().stream().map(hostKey -> hostKey + " " + name).toList(),
                projectDirectory.toString(),
                null);
    }

    /** Processor seconds of the servers with all that they started. */
    double serverCpu() {
        return servers.stream().mapToDouble(Cpu::ofTree).sum();
    }

    /** How many processes serve connections now. */
    long serving() {
        return servers.stream()
                .mapToLong(server -> server.descendants().count())
                .sum();
    }

    /** Processor seconds of the tools' side: programs that ended, and connections that stay open. */
    double toolsCpu() {
        return Cpu.ofEndedChildren()
                + Stream.concat(masters().stream(), AnsibleConnections.below(directory).stream())
                        .mapToDouble(Cpu::ofTree)
                        .sum();
    }

    Collection<ProcessHandle> masters() {
        return masters.values().stream()
                .flatMap(master -> ProcessHandle.of(master.pid()).stream())
                .toList();
    }

    void endPersisted() {
        AnsibleConnections.end(directory, LONGEST);
    }

    /** Ends everything and removes every file; also when called a second time. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        programs.killAll();
        AnsibleConnections.below(directory).forEach(ProcessHandle::destroyForcibly);
        masters.values().forEach(ChildProcess::killHard);
        lines.forEach(Process::destroyForcibly);
        shell.close();
        sftpOnly.close();
        remove(directory);
    }
}
