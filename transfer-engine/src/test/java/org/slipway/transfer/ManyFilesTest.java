package org.slipway.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;

/** More files than one part of a copy holds: they are staged one part after another and appear at once. */
@Execution(ExecutionMode.CONCURRENT)
class ManyFilesTest {
    private static final int DIRECTORIES = 36;
    private static final int FILES_EACH = 500;

    @TempDir
    Path dir;

    private Path from;
    private Path to;

    @BeforeEach
    void makeProjects() throws Exception {
        Installed.require("rsync", "rsync");
        from = Files.createDirectories(dir.resolve("from"));
        to = Files.createDirectories(dir.resolve("to"));
        for (int d = 0; d < DIRECTORIES; d++) {
            Path directory = Files.createDirectories(from.resolve("tree/" + d + "/below"));
            for (int f = 0; f < FILES_EACH; f++) {
                Files.writeString(directory.resolve("file " + f), d + "/" + f);
            }
            Trees.mode(directory, 0555);
        }
    }

    @Test
    void arriveOnAHostWithAShell() throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("keys"))) {
            arriveOn(sshd, false);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void arriveOnAHostThatAllowsFewChannels(int channels) throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("keys"), "MaxSessions " + channels)) {
            arriveOn(sshd, false);

            assertThat(sshd.log()).contains("no more sessions");
        }
    }

    @Test
    void arriveOnAHostWithBusyBox() throws Exception {
        Path keys = Files.createDirectories(dir.resolve("keys"));
        try (OpenSsh sshd = OpenSsh.start(keys, BusyBox.forcedCommand(keys))) {
            arriveOn(sshd, true);
        }
    }

    @Test
    void arriveOnAHostWithSftpOnly() throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("keys"), "ForceCommand internal-sftp")) {
            arriveOn(sshd, true);
        }
    }

    private void arriveOn(OpenSsh sshd, boolean wholeSeconds) throws Exception {
        CopySettings quick = new CopySettings(false, true, false, false, 0, 0);
        try (Hosts hosts = SshHosts.open(sshd.settings().withCopying(quick));
                ManifestFile manifest = ManifestFile.create();
                Host source = hosts.open(sshd.address(from));
                Host target = hosts.open(sshd.address(to))) {
            list(source, manifest);
            assertThat(manifest.entries()).isGreaterThan(16_384);

            // Told to stop in the second part, a copy has published nothing of the first.
            assertThatThrownBy(() -> target.copy(
                            manifest, source, new Host.Fence("w", 1), () -> !Files.exists(stagedInTheSecondPart())))
                    .isInstanceOfSatisfying(TransferException.class, e -> assertThat(e.failure())
                            .isInstanceOf(Failure.Stopped.class));
            assertThat(Trees.names(to)).isEmpty();
            Host.CopyResult result = target.copy(manifest, source, new Host.Fence("w", 2), Host.CopyWatcher.none());

            assertThat(result.filesSent()).isEqualTo(DIRECTORIES * FILES_EACH);
            assertThat(GeneratedTree.rsyncDifferences(from.resolve("tree"), to.resolve("tree"), wholeSeconds))
                    .isEmpty();
            Host.CopyResult again = target.copy(manifest, source, new Host.Fence("w", 3), Host.CopyWatcher.none());
            assertThat(again).isEqualTo(new Host.CopyResult(0, 0, DIRECTORIES * FILES_EACH));
        }
    }

    private Path stagedInTheSecondPart() {
        return dir.resolve(".slipway-to/staging/0000000000000000001/control/moves.000001");
    }

    private static void list(Host host, ManifestFile manifest) throws TransferException {
        try (ManifestFile listed = ManifestFile.create()) {
            host.list(List.of(new RelativePath("tree")), listed::add, Host.CopyWatcher.none());
            try (Manifest.Cursor cursor = listed.open()) {
                while (cursor.hasNext()) {
                    List<FileEntry> some = cursor.next(10_000);
                    Map<RelativePath, String> hashes = host.hash(
                            some.stream()
                                    .filter(entry -> entry.type() == EntryType.FILE)
                                    .toList(),
                            Host.CopyWatcher.none());
                    some.forEach(entry -> manifest.add(
                            entry.type() == EntryType.FILE
                                    ? entry.withSha256(Objects.requireNonNull(hashes.get(entry.path())))
                                    : entry));
                }
            }
        }
    }
}
