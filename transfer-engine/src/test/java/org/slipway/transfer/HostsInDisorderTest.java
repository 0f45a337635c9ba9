package org.slipway.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.Handle;
import org.apache.sshd.sftp.server.SftpEventListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;

/** Hosts whose tools or files are not as they should be. A tool is replaced by a script in front of the others on the PATH. */
@Timeout(30)
class HostsInDisorderTest {
    private Path dir = Path.of("/");
    private Path from = dir;
    private Path to = dir;
    private Path work = dir;
    private Path tools = dir;

    @BeforeEach
    void makeProjects(@TempDir Path temporary) throws Exception {
        dir = temporary;
        from = Files.createDirectory(dir.resolve("from"));
        to = Files.createDirectory(dir.resolve("to"));
        work = dir.resolve(".slipway-to");
        tools = Files.createDirectory(dir.resolve("tools"));
    }

    @AfterEach
    void letTemporaryFilesBeRemoved() throws Exception {
        Trees.open(dir);
    }

    private void tool(String name, String... script) throws Exception {
        Path file = tools.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", script) + "\n");
        Trees.mode(file, 0755);
    }

    private OpenSsh server() throws Exception {
        Path session = dir.resolve("session");
        Files.writeString(
                session, "#!/bin/sh\nexport PATH=" + tools + ":$PATH\nexec /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"\n");
        Trees.mode(session, 0755);
        return OpenSsh.start(dir.resolve("sshd"), "ForceCommand " + session);
    }

    private static void write(Path file, String text) throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_600_000_000)));
    }

    private Manifest manifest(Hosts hosts, HostAddress address, String path) throws Exception {
        try (Host host = hosts.open(address)) {
            return Manifest.of(host.list(List.of(new RelativePath(path)), Host.Hashing.ALL, Host.CopyWatcher.none())
                    .entries());
        }
    }

    private void copy(Hosts hosts, OpenSsh sshd, Manifest manifest, long epoch, Host.CopyWatcher watcher)
            throws Exception {
        try (Host source = hosts.open(sshd.address(from));
                Host target = hosts.open(sshd.address(to))) {
            target.copy(manifest, source, new Host.Fence("w", epoch), watcher);
        }
    }

    private void copy(Hosts hosts, OpenSsh sshd, Manifest manifest, long epoch) throws Exception {
        copy(hosts, sshd, manifest, epoch, Host.CopyWatcher.none());
    }

    @Test
    void aListingThatFindCouldNotFinishIsNotTakenAsWhole() throws Exception {
        write(from.resolve("site/a"), "x");
        tool("find", "/usr/bin/find \"$@\"", "echo \"find: './/site/b': Input/output error\" >&2", "exit 1");
        try (OpenSsh sshd = server();
                Hosts hosts = SshHosts.open(sshd.settings());
                Host host = hosts.open(sshd.address(from))) {
            Listing listing = host.list(List.of(new RelativePath("site")), Host.Hashing.NONE, Host.CopyWatcher.none());

            assertThat(listing.refused()).extracting(Listing.Refused::path).anyMatch(p -> p.contains("site/b"));
        }
    }

    @Test
    void aLockThatCannotBeOpenedIsToldAtOnce() throws Exception {
        write(from.resolve("a"), "x");
        Files.createDirectories(work.resolve("lock"));
        try (OpenSsh sshd = server();
                Hosts hosts = SshHosts.open(sshd.settings())) {
            Manifest manifest = manifest(hosts, sshd.address(from), "a");

            Failure failure = Failures.of(() -> copy(hosts, sshd, manifest, 1));

            assertThat(failure).isInstanceOf(Failure.DirectoryUnusable.class);
            assertThat(failure.message())
                    .contains("lock")
                    .contains(work.toString())
                    .doesNotContain("umask");
        }
    }

    @Test
    void gnuToolsBesideTarOfBusyBoxMakeABackup() throws Exception {
        Installed.require("busybox", "busybox");
        write(to.resolve("a"), "x");
        tool("tar", "exec /usr/bin/busybox tar \"$@\"");
        try (OpenSsh sshd = server();
                Hosts hosts = SshHosts.open(sshd.settings());
                Host host = hosts.open(sshd.address(to))) {
            Host.BackupResult result = host.archive(
                    new Host.BackupOrder(dir.resolve("b.tar.gz").toString(), 1),
                    new Host.Fence("w", 1),
                    Host.CopyWatcher.none());

            assertThat(result.entries()).isEqualTo(2);
        }
    }

    @Test
    void aSiteThatIsWrittenMeanwhileIsBackedUp() throws Exception {
        write(to.resolve("a\nb"), "x");
        tool(
                "tar",
                "case \"$*\" in *-cvf*) touch 'cache 1' ;; esac",
                "/usr/bin/tar \"$@\"",
                "r=$?",
                "rm -f 'cache 1'",
                "exit $r");
        try (OpenSsh sshd = server();
                Hosts hosts = SshHosts.open(sshd.settings());
                Host host = hosts.open(sshd.address(to))) {
            Host.BackupResult result = host.archive(
                    new Host.BackupOrder(dir.resolve("b.tar.gz").toString(), 1),
                    new Host.Fence("w", 1),
                    Host.CopyWatcher.none());

            assertThat(result.entries()).isEqualTo(3);
            assertThat(Trees.names(work)).noneMatch(name -> name.startsWith("archive"));
        }
    }

    @Test
    void whatComesInTheWayBeforePublicationChangesNothingAndBlocksNobody() throws Exception {
        try (OpenSsh sshd = server()) {
            somethingComesInTheWay(sshd);
        }
    }

    @Test
    void whatComesInTheWayOnAHostWithSftpOnlyChangesNothingAndBlocksNobody() throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("sshd"), "ForceCommand internal-sftp")) {
            somethingComesInTheWay(sshd);
        }
    }

    private void somethingComesInTheWay(OpenSsh sshd) throws Exception {
        write(from.resolve("site/a"), "new");
        write(from.resolve("site/b"), "new");
        write(to.resolve("site/a"), "old one");
        AtomicBoolean done = new AtomicBoolean();
        try (Hosts hosts = SshHosts.open(sshd.settings())) {
            Manifest manifest = manifest(hosts, sshd.address(from), "site");

            Failure failure = Failures.of(() -> copy(hosts, sshd, manifest, 1, () -> {
                if (Files.exists(work.resolve("staging/0000000000000000001/new/site/b")) && !done.getAndSet(true)) {
                    try {
                        write(to.resolve("site/b/kept"), "kept");
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                }
                return true;
            }));

            assertThat(failure).isInstanceOf(Failure.TargetInTheWay.class);
            assertThat(failure.message()).contains("site/b");
            assertThat(Trees.text(to.resolve("site/a"))).isEqualTo("old one");
            OpenSsh.run("rm", "-r", to.resolve("site/b").toString());
            copy(hosts, sshd, manifest, 2);
            assertThat(Trees.text(to.resolve("site/a"))).isEqualTo("new");
        }
    }

    @Test
    void aTimeThatCannotBeSetIsToldAndBlocksNobody() throws Exception {
        write(from.resolve("site/a"), "same");
        write(to.resolve("site/a"), "same");
        Files.setLastModifiedTime(to.resolve("site/a"), FileTime.from(Instant.ofEpochSecond(1_500_000_000)));
        write(from.resolve("other"), "other");
        tool("touch", "echo 'touch: Operation not permitted' >&2", "exit 1");
        try (OpenSsh sshd = server();
                Hosts hosts = SshHosts.open(sshd.settings())) {
            Manifest manifest = manifest(hosts, sshd.address(from), "site/a");

            assertThat(Failures.of(() -> copy(hosts, sshd, manifest, 1))).isInstanceOf(Failure.ChecksumMismatch.class);

            assertThat(Trees.names(work.resolve("staging"))).isEmpty();
            copy(hosts, sshd, manifest(hosts, sshd.address(from), "other"), 2);
        }
    }

    @Test
    void aDirectoryThatStaysClosedIsNamed() throws Exception {
        Assumptions.assumeTrue(OpenSsh.isRoot(), "only root can give a directory away: not tested");
        write(from.resolve("site/a"), "x");
        Files.createDirectory(to.resolve("site"));
        OpenSsh.run("chown", "1000", to.resolve("site").toString());
        Trees.mode(to.resolve("site"), 0);
        tool("id", "echo 1000");
        tool("chmod", "exit 0");
        try (OpenSsh sshd = server();
                Hosts hosts = SshHosts.open(sshd.settings())) {
            Manifest manifest = manifest(hosts, sshd.address(from), "site");

            Failure failure = Failures.of(() -> copy(hosts, sshd, manifest, 1));

            assertThat(failure).isInstanceOf(Failure.DirectoryUnusable.class);
            assertThat(failure.message()).contains("site");
        }
    }

    @Test
    void theNameInAFailureIsNotThatOfWhoUsedTheSessionBefore() throws Exception {
        try (OpenSsh sshd = server();
                Hosts hosts = SshHosts.open(sshd.settings())) {
            HostAddress first = sshd.address(from);
            HostAddress second = new HostAddress(
                    "web2",
                    first.host(),
                    first.port(),
                    first.user(),
                    first.hostKeys(),
                    dir.resolve("none").toString(),
                    null);
            manifest(hosts, first, "a");

            Failure failure = Failures.of(() -> manifest(hosts, second, "a"));

            assertThat(failure.server()).isEqualTo("web2");
            assertThat(failure.message()).contains("web2").doesNotContain("web1");
            assertThat(sshd.log().lines().filter(line -> line.contains("Accepted publickey")))
                    .hasSize(1);
        }
    }

    @Test
    void withoutALockAPublicationTellsItselfForWhichProjectDirectoryItIs() throws Exception {
        write(from.resolve("a"), "new");
        Path neighbour = Files.createDirectory(dir.resolve("neighbour"));
        try (MinaServer server = MinaServer.start(dir.resolve("mina"), false);
                Hosts hosts = SshHosts.open(server.settings());
                Host source = hosts.open(server.address(from));
                Host target = hosts.open(server.address(to));
                Host other = hosts.open(server.address(neighbour, work))) {
            Manifest manifest = manifest(hosts, server.address(from), "a");
            Path staged = work.resolve("staging/0000000000000000001");
            Failures.of(() -> target.copy(
                    manifest, source, new Host.Fence("w", 1), () -> !Files.exists(staged.resolve("new/a"))));
            Files.createFile(staged.resolve("publishing"));
            // Who had looked before anything was staged, and raises the fence only now.
            Files.writeString(work.resolve("fence"), "2 w\n" + neighbour.toRealPath() + "\n");

            Failure failure =
                    Failures.of(() -> other.copy(manifest, source, new Host.Fence("w", 3), Host.CopyWatcher.none()));

            assertThat(failure).isInstanceOf(Failure.WorkDirectoryTaken.class);
            assertThat(failure.message()).contains(to.toRealPath().toString());
            assertThat(Trees.names(neighbour)).isEmpty();
            assertThat(staged.resolve("publishing")).exists();
        }
    }

    @Test
    void aFenceRaisedWhenThePublicationWasAnnouncedWithdrawsIt() throws Exception {
        write(from.resolve("a"), "new");
        write(to.resolve("a"), "old one");
        Path fence = work.resolve("fence");
        SftpEventListener overtaking = new SftpEventListener() {
            @Override
            public void closed(ServerSession session, String remote, Handle handle, Throwable thrown)
                    throws IOException {
                if (handle instanceof FileHandle file && file.getFile().endsWith("publishing")) {
                    Files.writeString(fence, "9 another\n");
                }
            }
        };
        try (MinaServer server = MinaServer.start(dir.resolve("mina"), false, overtaking);
                Hosts hosts = SshHosts.open(server.settings())) {
            Manifest manifest = manifest(hosts, server.address(from), "a");

            Failure failure = Failures.of(() -> {
                try (Host source = hosts.open(server.address(from));
                        Host target = hosts.open(server.address(to))) {
                    target.copy(manifest, source, new Host.Fence("w", 1), Host.CopyWatcher.none());
                }
            });

            assertThat(failure).isInstanceOf(Failure.FencedOff.class);
            assertThat(Trees.text(to.resolve("a"))).isEqualTo("old one");
            assertThat(work.resolve("staging/0000000000000000001/publishing")).doesNotExist();
        }
    }
}
