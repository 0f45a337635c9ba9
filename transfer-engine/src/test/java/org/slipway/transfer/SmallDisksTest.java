package org.slipway.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slipway.model.RelativePath;

/** Servers without room, without inodes, or mounted read-only: refused as they are, with what is needed and what there is. */
@Timeout(60)
class SmallDisksTest {
    private static final int FILES = 100;

    private Path dir = Path.of("/");
    private Path from = dir;

    /** What a server lets its users do. */
    private enum Access {
        SHELL,
        SFTP_ONLY;

        OpenSsh start(Path dir) {
            return this == SHELL ? OpenSsh.start(dir) : OpenSsh.start(dir, "ForceCommand internal-sftp");
        }
    }

    @BeforeEach
    void makeDirectories(@TempDir Path temporary) throws Exception {
        dir = temporary;
        from = Files.createDirectory(dir.resolve("from"));
    }

    /** Each in a directory of its own, so that each takes one to be staged in and one to be kept in. */
    private static void writeSite(Path project, String text) throws Exception {
        for (int i = 0; i < FILES; i++) {
            Files.createDirectories(project.resolve("site/" + i));
            Files.writeString(project.resolve("site/" + i + "/file"), text + i);
        }
    }

    private void copy(Hosts hosts, OpenSsh sshd, Path to, String path, long epoch) throws Exception {
        try (Host source = hosts.open(sshd.address(from));
                Host target = hosts.open(sshd.address(to))) {
            Manifest manifest =
                    Manifest.of(source.list(List.of(new RelativePath(path)), Host.Hashing.ALL, Host.CopyWatcher.none())
                            .entries());
            target.copy(manifest, source, new Host.Fence("w", epoch), Host.CopyWatcher.none());
        }
    }

    private Failure failure(Hosts hosts, OpenSsh sshd, Path to, String path, long epoch) {
        return Failures.of(() -> copy(hosts, sshd, to, path, epoch));
    }

    @ParameterizedTest
    @EnumSource(Access.class)
    void tooLittleRoomIsToldBeforeAnythingIsWritten(Access access) throws Exception {
        Files.write(from.resolve("big"), new byte[8 << 20]);
        try (SmallDisk disk = SmallDisk.mount(dir.resolve("disk"), "size=6m");
                OpenSsh sshd = access.start(dir.resolve("sshd"));
                Hosts hosts = SshHosts.open(sshd.settings())) {
            Path to = Files.createDirectory(disk.directory().resolve("to"));

            Failure failure = failure(hosts, sshd, to, "big", 1);

            assertThat(failure).isInstanceOf(Failure.NoSpace.class);
            assertThat(failure.retryHelps()).isFalse();
            assertThat(failure.message())
                    .contains("web1")
                    .contains(disk.directory().toString())
                    .contains("needs 9.0 MiB")
                    .contains("MiB free")
                    .contains("nothing was changed");
            assertThat(Trees.names(to)).isEmpty();
            assertThat(Trees.names(disk.directory().resolve(".slipway-to/staging")))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Access.class)
    void tooFewInodesForWhatIsStagedAndKeptAreToldBeforeAnythingIsWritten(Access access) throws Exception {
        writeSite(from, "new");
        try (SmallDisk disk = SmallDisk.mount(dir.resolve("disk"), "size=20m,nr_inodes=500");
                OpenSsh sshd = access.start(dir.resolve("sshd"));
                Hosts hosts = SshHosts.open(sshd.settings())) {
            Path to = Files.createDirectory(disk.directory().resolve("to"));
            writeSite(to, "old one");

            Failure failure = failure(hosts, sshd, to, "site", 1);

            assertThat(failure).isInstanceOf(Failure.NoSpace.class);
            assertThat(failure.message()).contains("web1").contains("inodes").contains("nothing was changed");
            assertThat(Trees.text(to.resolve("site/7/file"))).isEqualTo("old one7");
            assertThat(Trees.names(disk.directory().resolve(".slipway-to/staging")))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Access.class)
    void aReleaseThatJustFitsIsPublished(Access access) throws Exception {
        writeSite(from, "new");
        try (SmallDisk disk = SmallDisk.mount(dir.resolve("disk"), "size=20m,nr_inodes=900");
                OpenSsh sshd = access.start(dir.resolve("sshd"));
                Hosts hosts = SshHosts.open(sshd.settings())) {
            Path to = Files.createDirectory(disk.directory().resolve("to"));
            writeSite(to, "old one");

            copy(hosts, sshd, to, "site", 1);

            assertThat(Trees.text(to.resolve("site/7/file"))).isEqualTo("new7");
        }
    }

    @ParameterizedTest
    @EnumSource(Access.class)
    void aFileSystemThatIsReadOnlyIsTold(Access access) throws Exception {
        Files.writeString(from.resolve("first"), "first");
        Files.writeString(from.resolve("second"), "second");
        try (SmallDisk disk = SmallDisk.mount(dir.resolve("disk"), "size=6m");
                OpenSsh sshd = access.start(dir.resolve("sshd"));
                Hosts hosts = SshHosts.open(sshd.settings())) {
            Path to = Files.createDirectory(disk.directory().resolve("to"));
            disk.makeReadOnly();
            assertReadOnly(disk, failure(hosts, sshd, to, "first", 1));
            disk.makeWritable();
            copy(hosts, sshd, to, "first", 2);
            disk.makeReadOnly();

            assertReadOnly(disk, failure(hosts, sshd, to, "second", 3));

            assertThat(Trees.names(to)).containsExactly("first");
        }
    }

    @ParameterizedTest
    @EnumSource(Access.class)
    void aBackupOnAFileSystemThatIsReadOnlyIsTold(Access access) throws Exception {
        Files.writeString(from.resolve("first"), "first");
        try (SmallDisk disk = SmallDisk.mount(dir.resolve("disk"), "size=6m");
                OpenSsh sshd = access.start(dir.resolve("sshd"));
                Hosts hosts = SshHosts.open(sshd.settings());
                Host host = hosts.open(sshd.address(from))) {
            disk.makeReadOnly();

            assertThatThrownBy(() -> host.archive(
                            new Host.BackupOrder(
                                    disk.directory().resolve("b.tar").toString(), 1),
                            new Host.Fence("w", 1),
                            Host.CopyWatcher.none()))
                    .isInstanceOfSatisfying(TransferException.class, e -> {
                        assertReadOnly(disk, e.failure());
                        assertThat(e.failure().message())
                                .contains("the file system of " + disk.directory() + " is mounted")
                                .doesNotContain(from.toString());
                    });
        }
    }

    @ParameterizedTest
    @EnumSource(Access.class)
    void aSourceThatIsReadOnlyIsCopiedFrom(Access access) throws Exception {
        try (SmallDisk disk = SmallDisk.mount(dir.resolve("disk"), "size=6m");
                OpenSsh sshd = access.start(dir.resolve("sshd"));
                Hosts hosts = SshHosts.open(sshd.settings())) {
            from = disk.directory();
            Files.writeString(from.resolve("first"), "first");
            disk.makeReadOnly();
            Path to = Files.createDirectory(dir.resolve("to"));

            copy(hosts, sshd, to, "first", 1);

            assertThat(Trees.text(to.resolve("first"))).isEqualTo("first");
        }
    }

    private static void assertReadOnly(SmallDisk disk, Failure failure) {
        assertThat(failure).isInstanceOf(Failure.ReadOnlyFileSystem.class);
        assertThat(failure.retryHelps()).isFalse();
        assertThat(failure.message())
                .contains("web1")
                .contains(disk.directory().toString())
                .contains("read-only")
                .contains("remount,rw");
    }
}
