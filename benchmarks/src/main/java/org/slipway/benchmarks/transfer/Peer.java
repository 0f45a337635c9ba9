package org.slipway.benchmarks.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slipway.benchmarks.transfer.Workload.Goal;
import org.slipway.benchmarks.transfer.Workload.Way;

/** What people use instead, as they use it. Copies to several servers run at the same time, eight at most. */
record Peer(Kind kind, Lab lab) implements Tool {

    /** Which. */
    enum Kind {
        RSYNC("rsync -a", "rsync", Goal.RSYNC),
        RSYNC_SHARED("rsync -a, AES-GCM, shared connection", "rsync", Goal.RSYNC_SHARED),
        SCP("scp -rp", "scp", Goal.SCP_OR_SFTP),
        SFTP("sftp -R64, put -rp", "sftp", Goal.SCP_OR_SFTP),
        TAR("tar piped into ssh tar", "tar", Goal.TAR),
        LFTP("lftp mirror -P4 (sftp)", "lftp", null),
        MSCP("mscp -n4", "mscp", Goal.MSCP),
        ANSIBLE("Ansible copy", "ansible", Goal.ANSIBLE);

        private final String title;
        private final String program;
        private final @Nullable Goal goal;

        Kind(String title, String program, @Nullable Goal goal) {
            this.title = title;
            this.program = program;
            this.goal = goal;
        }
    }

    static final int AT_ONCE = 8;

    @Override
    public String title() {
        return kind.title;
    }

    /** Whose goals count against it. */
    Optional<Goal> goal() {
        return Optional.ofNullable(kind.goal);
    }

    @Override
    public Optional<String> missing() {
        return Programs.isOnPath(kind.program) ? Optional.empty() : Optional.of("not on the PATH");
    }

    @Override
    public boolean isFor(Workload workload) {
        return switch (workload.way()) {
            case PUSH -> true;
            case PUSH_SFTP_ONLY, WHOLE -> kind == Kind.RSYNC || kind == Kind.RSYNC_SHARED;
            case MANY -> kind == Kind.RSYNC || (kind == Kind.ANSIBLE && workload.targets() <= 40);
        };
    }

    @Override
    public Job prepare(Scene scene) throws IOException {
        List<List<List<String>>> steps = scene.workload().way() == Way.WHOLE ? wholeWay(scene) : List.of(push(scene));
        Map<String, String> environment = kind == Kind.ANSIBLE ? ansibleEnvironment() : Map.of();
        if (kind == Kind.ANSIBLE) {
            lab.endPersisted();
        }
        return deadline -> {
            List<String> strange = new ArrayList<>();
            for (List<List<String>> step : steps) {
                if (!step.isEmpty()) {
                    strange.add(lab.programs().run(step, AT_ONCE, environment, deadline));
                }
            }
            return strange.stream().filter(one -> !one.isEmpty()).distinct().reduce("", String::concat);
        };
    }

    /** The commands that go at the same time. */
    private List<List<String>> push(Scene scene) throws IOException {
        if (kind == Kind.ANSIBLE) {
            return List.of(ansible(scene));
        }
        List<List<String>> commands = new ArrayList<>();
        for (Path target : scene.targets()) {
            commands.add(push(scene, target));
        }
        return commands;
    }

    private String host(Scene scene, String server) {
        return kind == Kind.RSYNC_SHARED
                ? lab.sharedAlias(scene.workload().line(), server)
                : Lab.alias(scene.workload().line());
    }

    private String ssh() {
        return "ssh -F " + lab.sshConfig();
    }

    private List<String> push(Scene scene, Path target) throws IOException {
        String config = lab.sshConfig().toString();
        String host = host(scene, target.getFileName().toString());
        String tree = scene.tree().toString();
        return switch (kind) {
            case RSYNC, RSYNC_SHARED -> rsync(tree, host + ":" + target + "/");
            case SCP -> List.of("scp", "-rpq", "-F", config, tree, host + ":" + target + "/");
            case SFTP -> {
                Path batch = lab.directory().resolve("sftp-" + target.getFileName());
                Files.writeString(batch, "put -rp %s %s/\n".formatted(tree, target));
                yield List.of("sftp", "-q", "-F", config, "-R64", "-b", batch.toString(), host);
            }
            case TAR ->
                List.of(
                        "/bin/sh",
                        "-c",
                        "tar -C %s -cf - %s | %s %s 'tar -C %s -xpf -'"
                                .formatted(scene.source(), SourceTrees.NAME, ssh(), host, target));
            case LFTP ->
                List.of(
                        "lftp",
                        "--norc",
                        "-c",
                        "set sftp:connect-program '%s -a -x'; set net:max-retries 2; open -u %s,x sftp://%s; mirror -R -P4 %s %s/%s"
                                .formatted(ssh(), lab.user(), host, tree, target, SourceTrees.NAME));
            case MSCP -> List.of("mscp", "-n", "4", "-q", "-F", config, tree, host + ":" + target + "/");
            case ANSIBLE -> throw new IllegalStateException("Ansible copies to all targets by one command");
        };
    }

    private List<String> rsync(String from, String to) {
        return List.of("rsync", "-a", "-e", ssh(), from, to);
    }

    /** To the worker, on to beta, and from the worker to all others at the same time. */
    private List<List<List<String>>> wholeWay(Scene scene) {
        String atWorker = scene.worker().resolve(SourceTrees.NAME).toString();
        return List.of(
                List.of(rsync(host(scene, "development") + ":" + scene.tree(), scene.worker() + "/")),
                List.of(rsync(atWorker, host(scene, "beta") + ":" + scene.beta() + "/")),
                scene.targets().stream()
                        .map(target ->
                                rsync(atWorker, host(scene, target.getFileName().toString()) + ":" + target + "/"))
                        .toList());
    }

    private List<String> ansible(Scene scene) throws IOException {
        Path inventory = lab.directory().resolve("ansible-inventory");
        List<Path> targets = scene.targets();
        Files.write(
                inventory,
                IntStream.range(0, targets.size())
                        .mapToObj(i -> "t%d ansible_host=%s ansible_python_interpreter=/usr/bin/python3 to=%s"
                                .formatted(i, Lab.alias(scene.workload().line()), targets.get(i)))
                        .toList());
        return List.of(
                "ansible",
                "all",
                "-i",
                inventory.toString(),
                "-f",
                Integer.toString(AT_ONCE),
                "-m",
                "copy",
                "-a",
                "src=%s dest={{ to }}/ mode=preserve".formatted(scene.tree()));
    }

    private Map<String, String> ansibleEnvironment() throws IOException {
        Path own = Files.createDirectories(lab.directory().resolve("ansible"));
        Path config = own.resolve("ansible.cfg");
        Files.writeString(config, "[defaults]\n");
        return Map.of(
                "ANSIBLE_CONFIG", config.toString(),
                "ANSIBLE_HOME", own.toString(),
                "ANSIBLE_LOCAL_TEMP", own.resolve("local").toString(),
                "ANSIBLE_REMOTE_TMP", own.resolve("remote").toString(),
                "ANSIBLE_SSH_CONTROL_PATH_DIR", own.resolve("cp").toString(),
                "ANSIBLE_SSH_ARGS", "-F " + lab.sshConfig() + " -C -o ControlMaster=auto -o ControlPersist=60s");
    }
}
