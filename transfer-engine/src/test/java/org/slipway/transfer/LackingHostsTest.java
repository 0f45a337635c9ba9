package org.slipway.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;

/** Hosts that lack a tool or a right: what is missing is named, nothing is touched, and once it is there the next try sees it. */
@Timeout(60)
class LackingHostsTest {
    /** Whom sessions belong to where root runs the tests, to whom no right is refused. */
    private static final String NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups ";

    private static final List<Path> SFTP_SERVERS = List.of(
            Path.of("/usr/lib/openssh/sftp-server"),
            Path.of("/usr/libexec/openssh/sftp-server"),
            Path.of("/usr/lib/ssh/sftp-server"));

    private Path dir = Path.of("/");
    private Path from = dir;
    private Path to = dir;
    private Path work = dir;

    @BeforeEach
    void makeProjects(@TempDir Path temporary) throws Exception {
        dir = temporary;
        from = Files.createDirectory(dir.resolve("from"));
        to = Files.createDirectory(dir.resolve("to"));
        work = dir.resolve(".slipway-to");
        Files.writeString(from.resolve("a"), "new");
        Files.writeString(to.resolve("a"), "old one");
        for (Path directory : List.of(dir, from, to)) {
            Trees.mode(directory, 0755);
        }
        Trees.mode(from.resolve("a"), 0644);
    }

    @AfterEach
    void letTemporaryFilesBeRemoved() throws Exception {
        Trees.open(dir);
    }

    private OpenSsh server(String... session) throws Exception {
        Path script = dir.resolve("session");
        Files.writeString(script, "#!/bin/sh\n" + String.join("\n", session) + "\n");
        Trees.mode(script, 0755);
        return OpenSsh.start(dir.resolve("sshd"), "ForceCommand " + script);
    }

    /** In its sessions something that is no program lies over each of these, until it is installed. */
    private OpenSsh serverWithout(String... tools) throws Exception {
        String unshare = OpenSsh.isRoot() ? "unshare --mount" : "unshare --user --map-root-user --mount";
        try {
            OpenSsh.run((unshare + " mount --bind /bin/true /bin/false").split(" "));
        } catch (IOException e) {
            Assumptions.abort("no tool can be hidden here, without the right to a mount namespace: " + e.getMessage());
        }
        List<String> hide = new ArrayList<>(List.of("#!/bin/sh"));
        for (String tool : tools) {
            Installed.require(tool, tool);
            hide.add("mount --bind '%s' '%s' || exit 1"
                    .formatted(Files.createFile(dir.resolve("hidden-" + tool)), program(tool)));
        }
        hide.add("exec /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"");
        Path hiding = Files.write(dir.resolve("hiding"), hide);
        Trees.mode(hiding, 0755);
        return server("exec " + unshare + " " + hiding);
    }

    private void install(String tool) throws Exception {
        Path hidden = dir.resolve("hidden-" + tool);
        try (var out = Files.newOutputStream(hidden)) {
            Files.copy(program(tool), out);
        }
        Trees.mode(hidden, 0755);
    }

    private static Path program(String tool) throws IOException {
        return Path.of("/usr/bin", tool).toRealPath();
    }

    /** A server whose sessions may write nowhere but where everybody may. */
    private OpenSsh serverOfAnother(boolean shell) throws Exception {
        if (!OpenSsh.isRoot()) {
            return shell
                    ? OpenSsh.start(dir.resolve("sshd"))
                    : OpenSsh.start(dir.resolve("sshd"), "ForceCommand internal-sftp");
        }
        Path sftpServer =
                SFTP_SERVERS.stream().filter(Files::isExecutable).findFirst().orElse(SFTP_SERVERS.getFirst());
        return server("exec " + NOBODY + (shell ? "/bin/sh -c \"$SSH_ORIGINAL_COMMAND\"" : sftpServer));
    }

    private void copy(Hosts hosts, OpenSsh sshd, long epoch) throws Exception {
        try (Host source = hosts.open(sshd.address(from));
                Host target = hosts.open(sshd.address(to))) {
            Manifest manifest =
                    Manifest.of(source.list(List.of(new RelativePath("a")), Host.Hashing.ALL, Host.CopyWatcher.none())
                            .entries());
            target.copy(manifest, source, new Host.Fence("w", epoch), Host.CopyWatcher.none());
        }
    }

    private void archive(Hosts hosts, OpenSsh sshd) throws Exception {
        try (Host host = hosts.open(sshd.address(to))) {
            host.archive(
                    new Host.BackupOrder(dir.resolve("b.tar.zst").toString(), 1),
                    new Host.Fence("w", 1),
                    Host.CopyWatcher.none());
        }
    }

    private Host.CheckLine line(Hosts hosts, HostAddress address, String name) throws Exception {
        try (Host host = hosts.openAnew(address)) {
            return host.check(true, dir.resolve("b.tar.zst").toString()).stream()
                    .filter(line -> line.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private void assertUntouched() throws Exception {
        assertThat(Trees.names(to)).containsExactly("a");
        assertThat(Trees.text(to.resolve("a"))).isEqualTo("old one");
    }

    @Test
    void theCheckNamesMissingToolsUntilTheyAreInstalled() throws Exception {
        try (OpenSsh sshd = serverWithout("flock", "zstd");
                Hosts hosts = SshHosts.open(sshd.settings())) {
            HostAddress address = sshd.address(to);

            Host.CheckLine before = line(hosts, address, "tools");
            Host.CheckLine lock = line(hosts, address, "lock");
            install("flock");
            install("zstd");

            assertThat(before.ok()).isFalse();
            assertThat(before.message()).contains("install flock, zstd");
            assertThat(lock.ok()).isFalse();
            assertThat(lock.message()).contains("flock");
            assertThat(line(hosts, address, "tools").ok()).isTrue();
            assertThat(line(hosts, address, "lock").ok()).isTrue();
        }
    }

    @Test
    void aCopyNamesAMissingToolAndSucceedsOnceItIsInstalled() throws Exception {
        try (OpenSsh sshd = serverWithout("flock", "sync");
                Hosts hosts = SshHosts.open(sshd.settings())) {
            Failure failure = Failures.of(() -> copy(hosts, sshd, 1));

            assertThat(failure.kind()).isEqualTo("MISSING_TOOL");
            assertThat(failure.message()).contains("web1", "flock, sync");
            assertUntouched();
            assertThat(work).doesNotExist();

            install("flock");
            install("sync");
            copy(hosts, sshd, 2);

            assertThat(Trees.text(to.resolve("a"))).isEqualTo("new");
        }
    }

    @Test
    void aBackupNamesMissingToolsAndSucceedsOnceTheyAreInstalled() throws Exception {
        try (OpenSsh sshd = serverWithout("flock", "zstd");
                Hosts hosts = SshHosts.open(sshd.settings())) {
            Failure failure = Failures.of(() -> archive(hosts, sshd));

            assertThat(failure.kind()).isEqualTo("MISSING_TOOL");
            assertThat(failure.message()).contains("flock", "zstd");
            assertUntouched();
            assertThat(work).doesNotExist();
            assertThat(dir.resolve("b.tar.zst")).doesNotExist();

            install("flock");
            install("zstd");
            archive(hosts, sshd);

            assertThat(dir.resolve("b.tar.zst")).exists();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aProjectDirectoryThatMayNotBeWrittenIsToldAndLeftAlone(boolean shell) throws Exception {
        Trees.mode(Files.createDirectory(work), 0777);
        Trees.mode(to, 0555);
        try (OpenSsh sshd = serverOfAnother(shell);
                Hosts hosts = SshHosts.open(sshd.settings())) {
            HostAddress address = sshd.address(to);

            Host.CheckLine line = line(hosts, address, "project-directory");
            Failure failure = Failures.of(() -> copy(hosts, sshd, 1));

            assertThat(line.ok()).isFalse();
            assertThat(line.message()).contains(to.toString(), "may not be written");
            assertThat(failure).isInstanceOf(Failure.DirectoryUnusable.class);
            assertThat(failure.message()).contains("web1", to.toString(), "may not be written", "nothing was changed");
            assertUntouched();
            for (String staged : Trees.names(work.resolve("staging"))) {
                assertThat(work.resolve("staging").resolve(staged).resolve("publishing"))
                        .doesNotExist();
            }

            Trees.mode(to, 0777);
            assertThat(line(hosts, address, "project-directory").ok()).isTrue();
            copy(hosts, sshd, 2);
            assertThat(Trees.text(to.resolve("a"))).isEqualTo("new");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWorkDirectoryThatMayNotBeMadeIsToldAndNothingIsTouched(boolean shell) throws Exception {
        try (OpenSsh sshd = serverOfAnother(shell);
                Hosts hosts = SshHosts.open(sshd.settings())) {
            HostAddress address = sshd.address(to);
            Trees.mode(to, 0777);
            Trees.mode(dir, 0555);

            Host.CheckLine line = line(hosts, address, "work-directory");
            Host.CheckLine project = line(hosts, address, "project-directory");
            Failure failure = Failures.of(() -> copy(hosts, sshd, 1));

            assertThat(line.ok()).isFalse();
            assertThat(line.message()).contains(work.toString(), "make it");
            assertThat(project.ok()).isTrue();
            assertThat(failure).isInstanceOf(Failure.DirectoryUnusable.class);
            assertThat(failure.message()).contains(work.toString());
            assertUntouched();

            Trees.mode(dir, 0777);
            assertThat(line(hosts, address, "work-directory").ok()).isTrue();
            copy(hosts, sshd, 2);
            assertThat(Trees.text(to.resolve("a"))).isEqualTo("new");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWorkDirectoryOnAnotherFileSystemIsTold(boolean shell) throws Exception {
        try (SmallDisk disk = SmallDisk.mount(dir.resolve("disk"), "size=1m");
                OpenSsh sshd = shell
                        ? OpenSsh.start(dir.resolve("sshd"))
                        : OpenSsh.start(dir.resolve("sshd"), "ForceCommand internal-sftp");
                Hosts hosts = SshHosts.open(sshd.settings())) {
            HostAddress usual = sshd.address(to);
            HostAddress apart = new HostAddress(
                    usual.name(),
                    usual.host(),
                    usual.port(),
                    usual.user(),
                    usual.hostKeys(),
                    usual.projectDirectory(),
                    disk.directory().resolve("work").toString());

            Host.CheckLine line = line(hosts, apart, "one-file-system");

            assertThat(line.ok()).isFalse();
            assertThat(line.message()).contains("different file systems");
            assertThat(line(hosts, apart, "project-directory").ok()).isTrue();
            assertThat(line(hosts, usual, "one-file-system").ok()).isTrue();
            assertUntouched();
            assertThat(Trees.names(disk.directory())).isEmpty();
        }
    }
}
