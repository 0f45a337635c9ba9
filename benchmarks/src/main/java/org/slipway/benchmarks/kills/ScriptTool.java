package org.slipway.benchmarks.kills;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slipway.benchmarks.AnsibleConnections;
import org.slipway.embedded.ChildProcess;
import org.slipway.embedded.SshKeys;
import org.slipway.system.Fleet;
import org.slipway.system.FleetServer;

/** What people use instead, run as they run it: one script or playbook, which is started anew for each release. */
final class ScriptTool implements Tool {
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Duration UNTIL_ENDED = Duration.ofSeconds(20);
    private static final int KILLED = 128 + 9;

    /** Which. */
    enum Kind {
        RSYNC(
                "rsync -a in a loop",
                "rsync",
                "rsync-loop.sh",
                "`rsync -a` to one server after the other, into the directory that is served"),
        SYMLINKS(
                "symlinks, like Deployer",
                "rsync",
                "symlinks.sh",
                "a lock on each server, `rsync -a` into a new `releases/N` of each, then `ln -sfn` and `mv -fT` of `current` on each;"
                        + " a script that fails takes its lock away, three releases are kept"),
        ANSIBLE_UNARCHIVE(
                "Ansible unarchive",
                "ansible-playbook",
                "ansible-unarchive.yml",
                "`ansible.builtin.unarchive` of one tar file into the directory that is served, all servers at the same time"),
        ANSIBLE_COPY(
                "Ansible copy",
                "ansible-playbook",
                "ansible-copy.yml",
                "`ansible.builtin.copy` of the directory into the one that is served, all servers at the same time; it takes several"
                        + " commands for each file, so it is given fewer of them");

        private final String title;
        private final String program;
        private final String file;
        private final String described;

        Kind(String title, String program, String file, String described) {
            this.title = title;
            this.program = program;
            this.file = file;
            this.described = described;
        }

        String title() {
            return title;
        }

        boolean isAnsible() {
            return program.equals("ansible-playbook");
        }
    }

    private final Kind kind;
    private final Site site;
    private final Path directory;
    private final Path script;
    private final Fleet fleet;
    private final Map<String, String> environment;
    private final Map<String, Set<String>> served = new HashMap<>();
    private double undisturbedSeconds;
    private int runs;

    ScriptTool(Kind kind, Site site, Path directory, int servers) throws IOException {
        this.kind = kind;
        this.site = site;
        this.directory = Files.createDirectories(directory).toRealPath();
        SshKeys key = SshKeys.inFile(this.directory.resolve("key"), SshKeys.Type.ED25519);
        this.script = script(this.directory, kind.file);
        this.fleet = Fleet.start(servers, FleetServer.Kind.OPENSSH_WITH_HOME, this.directory.resolve("servers"), key);
        this.environment = kind.isAnsible() ? ansible(key) : shell(key);
    }

    private static Path script(Path directory, String name) throws IOException {
        Path script = directory.resolve(name);
        try (InputStream in = Objects.requireNonNull(ScriptTool.class.getResourceAsStream(name), name)) {
            Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script;
    }

    private Path sshConfig(SshKeys key) throws IOException {
        StringBuilder config = new StringBuilder();
        List<String> knownHosts = new ArrayList<>();
        for (FleetServer server : fleet.business()) {
            config.append("Host %s\n  Port %d\n".formatted(server.name(), server.port()));
            knownHosts.add(server.knownHostsLine());
        }
        Path known = Files.write(directory.resolve("known_hosts"), knownHosts);
        config.append("""
                Host *
                  HostName 127.0.0.1
                  User %s
                  IdentityFile %s
                  IdentitiesOnly yes
                  UserKnownHostsFile %s
                  StrictHostKeyChecking yes
                  BatchMode yes
                  LogLevel ERROR
                """.formatted(fleet.chosen().user(), key.privateKey(), known));
        return Files.writeString(directory.resolve("ssh_config"), config);
    }

    private Map<String, String> shell(SshKeys key) throws IOException {
        return Map.of(
                "SOURCE",
                source().toString(),
                "SERVERS",
                fleet.business().stream()
                        .map(server -> server.name() + ":" + server.tree())
                        .collect(Collectors.joining(" ")),
                "RSYNC_RSH",
                "ssh -F " + sshConfig(key));
    }

    private Map<String, String> ansible(SshKeys key) throws IOException {
        List<String> inventory = new ArrayList<>();
        for (FleetServer server : fleet.business()) {
            inventory.add("%s directory=%s".formatted(server.name(), server.tree()));
        }
        inventory.addAll(List.of("[all:vars]", "ansible_python_interpreter=/usr/bin/python3", "source=" + source()));
        Path own = Files.createDirectories(directory.resolve("ansible"));
        return Map.of(
                "ANSIBLE_INVENTORY",
                Files.write(directory.resolve("inventory"), inventory).toString(),
                "ANSIBLE_CONFIG",
                Files.writeString(own.resolve("ansible.cfg"), "[defaults]\n").toString(),
                "ANSIBLE_HOME",
                own.toString(),
                "ANSIBLE_LOCAL_TEMP",
                own.resolve("local").toString(),
                "ANSIBLE_SSH_CONTROL_PATH_DIR",
                own.resolve("cp").toString(),
                "ANSIBLE_SSH_ARGS",
                "-F " + sshConfig(key) + " -C -o ControlMaster=auto -o ControlPersist=60s");
    }

    @Override
    public String title() {
        return kind.title;
    }

    @Override
    public String described() {
        return kind.described + " (`" + kind.file + "`)";
    }

    @Override
    public String victims() {
        return "the whole session of the script on the sender";
    }

    @Override
    public Site site() {
        return site;
    }

    @Override
    public Fleet fleet() {
        return fleet;
    }

    @Override
    public Path source() {
        return fleet.development().tree();
    }

    @Override
    public List<FleetServer> places() {
        return fleet.business();
    }

    @Override
    public String prefix() {
        return kind == Kind.SYMLINKS ? "current/" : "";
    }

    @Override
    public boolean keeps(FleetServer server, String path) {
        return switch (kind) {
            case RSYNC -> false;
            case ANSIBLE_COPY, ANSIBLE_UNARCHIVE -> path.equals("home/.ansible") || path.equals("home/.ansible/tmp");
            case SYMLINKS -> {
                String below = path.startsWith("site/") ? path.substring("site/".length()) : "";
                yield Set.of(".dep", "releases", "current").contains(below)
                        || served.getOrDefault(server.name(), Set.of()).stream()
                                .anyMatch(release -> (below + "/").startsWith(release + "/"));
            }
        };
    }

    /** A release that was served once is kept on purpose. */
    @Override
    public void note() throws IOException {
        for (FleetServer server : fleet.business()) {
            Path current = server.tree().resolve("current");
            if (Files.isSymbolicLink(current)) {
                served.computeIfAbsent(server.name(), name -> new HashSet<>())
                        .add(Files.readSymbolicLink(current).toString());
            }
        }
    }

    @Override
    public double release() throws IOException {
        Run run = begin("deploy");
        run.awaitEnd();
        if (run.status() != 0) {
            throw new IOException(title() + " ended with status " + run.status() + ": " + run.lastLine());
        }
        undisturbedSeconds = run.seconds();
        return undisturbedSeconds;
    }

    @Override
    public Strike strike(Kill kill, double fraction) throws InterruptedException {
        Run run = begin("deploy");
        long due = run.began + Math.round(fraction * undisturbedSeconds * 1e9);
        Thread.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
        double seconds = (System.nanoTime() - run.began) / 1e9;
        int killed = Session.kill(run.process.pid());
        run.awaitEnd();
        boolean hit = run.status() == KILLED;
        if (!hit) {
            // Whatever else ran on this machine made the earlier one longer.
            undisturbedSeconds = Math.min(undisturbedSeconds, run.seconds());
        }
        return new Strike(hit, "%d processes".formatted(killed), seconds);
    }

    /** Nobody is there to take anything over. */
    @Override
    public void awaitTakeOver() {}

    @Override
    public Again again() throws IOException {
        Run first = begin("deploy");
        first.awaitEnd();
        if (first.status() == 0) {
            return new Again("", List.of(), first.seconds());
        }
        List<String> help = new ArrayList<>();
        if (kind == Kind.SYMLINKS && first.said().contains("locked by")) {
            Run unlock = begin("unlock");
            unlock.awaitEnd();
            help.add("unlock");
        }
        help.add("run it once more");
        return new Again(first.lastLine(), help, release());
    }

    @Override
    public void mend() {
        AnsibleConnections.end(directory, UNTIL_ENDED);
    }

    private Run begin(String what) {
        List<String> command = kind.isAnsible()
                ? List.of(kind.program, script.toString())
                : kind == Kind.SYMLINKS ? List.of(script.toString(), what) : List.of(script.toString());
        Path log = directory.resolve("run-%d.log".formatted(++runs));
        return new Run(
                System.nanoTime(),
                ChildProcess.start(new ChildProcess.Launch(title(), command, environment, directory, log)));
    }

    /** One run of the script. */
    private static final class Run {
        private final long began;
        private final ChildProcess process;
        private double seconds;

        Run(long began, ChildProcess process) {
            this.began = began;
            this.process = process;
        }

        void awaitEnd() {
            process.onExit().orTimeout(LONGEST.toSeconds(), TimeUnit.SECONDS).join();
            seconds = (System.nanoTime() - began) / 1e9;
        }

        double seconds() {
            return seconds;
        }

        int status() {
            return process.exitStatus().orElseThrow();
        }

        String said() {
            return process.readLog();
        }

        String lastLine() {
            return said().lines().filter(line -> !line.isBlank()).reduce("", (before, line) -> line);
        }
    }

    @Override
    public void close() {
        mend();
        fleet.close();
    }
}
