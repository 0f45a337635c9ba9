package org.slipway.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.slipway.model.RelativePath;

/** Over a slow link, of a large file that is there already only what differs is sent. */
@Execution(ExecutionMode.CONCURRENT)
class SlowLinkTest {
    private static final int LARGE = 12 << 20;
    private static final CopySettings SLOW = new CopySettings(false, true, true, true, 40_000_000, 0);

    @TempDir
    Path dir;

    private Path from;
    private Path to;
    private byte[] before;

    @BeforeEach
    void makeProjects() throws Exception {
        Installed.require("rsync", "rsync");
        Installed.require("perl", "perl");
        from = Files.createDirectories(dir.resolve("from"));
        to = Files.createDirectories(dir.resolve("to"));
        before = new byte[LARGE];
        new Random(1).nextBytes(before);
        Files.createDirectories(to.resolve("a b"));
        Files.write(to.resolve("a b/l'arge"), before);
        byte[] now = before.clone();
        now[LARGE / 2] ^= 1;
        Path changed = Files.createDirectories(from.resolve("a b")).resolve("l'arge");
        Files.write(changed, "what was put in front of it".getBytes(StandardCharsets.UTF_8));
        Files.write(changed, now, StandardOpenOption.APPEND);
        Trees.mode(changed, 0551);
        Files.setLastModifiedTime(changed, FileTime.from(Instant.ofEpochSecond(1_700_000_000, 123_456_789)));
        Files.writeString(from.resolve("a b/small"), "new");
    }

    /** Looks at what is staged, right before it is published. */
    private final class Staged implements Host.CopyWatcher {
        private final List<String> patched = new ArrayList<>();

        @Override
        public boolean goOn() {
            return true;
        }

        @Override
        public void publishing() {
            Path list = dir.resolve(".slipway-to/staging/0000000000000000001/control/patched.000000");
            try {
                patched.addAll(
                        Files.exists(list) ? List.of(Files.readString(list).split("\0")) : List.of());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Staged copy(OpenSsh sshd, CopySettings settings, Runnable beforeContents) throws TransferException {
        Staged staged = new Staged();
        try (Hosts hosts = SshHosts.open(sshd.settings().withCopying(settings));
                Host source = hosts.open(sshd.address(from));
                Host target = hosts.open(sshd.address(to))) {
            Manifest manifest =
                    Manifest.of(source.list(List.of(new RelativePath("a b")), Host.Hashing.ALL, Host.CopyWatcher.none())
                            .entries());
            ContentSource contents = (files, sink, watcher) -> {
                beforeContents.run();
                source.read(files, sink, watcher);
            };
            target.copy(manifest, contents, new Host.Fence("w", 1), staged);
        }
        return staged;
    }

    private void assertArrived(boolean wholeSeconds) throws Exception {
        assertThat(GeneratedTree.rsyncDifferences(from, to, wholeSeconds)).isEmpty();
        assertThat(Trees.names(dir.resolve(".slipway-to/trash"))).isEmpty();
    }

    @Test
    void onlyTheDifferencesOfALargeFileAreSent() throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("keys"))) {
            assertThat(copy(sshd, SLOW, () -> {}).patched).containsExactly("./a b/l'arge");
        }
        assertArrived(false);
    }

    @Test
    void alsoToAHostWithBusyBox() throws Exception {
        Path keys = Files.createDirectories(dir.resolve("keys"));
        try (OpenSsh sshd = OpenSsh.start(keys, BusyBox.forcedCommand(keys))) {
            assertThat(copy(sshd, SLOW, () -> {}).patched).containsExactly("./a b/l'arge");
        }
        assertArrived(true);
    }

    @Test
    void aHostWhosePerlLacksAModuleGetsTheWholeFile() throws Exception {
        Path modules = Files.createDirectories(dir.resolve("modules/Digest"));
        Files.writeString(modules.resolve("MD5.pm"), "die 'not here'");
        String session = "ForceCommand env PERL5LIB=" + modules.getParent() + " /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"";
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("keys"), session)) {
            assertThat(copy(sshd, SLOW, () -> {}).patched).isEmpty();
        }
        assertArrived(false);
    }

    @Test
    void aFastLinkGetsTheWholeFile() throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("keys"))) {
            assertThat(copy(sshd, CopySettings.DEFAULT, () -> {}).patched).isEmpty();
        }
        assertArrived(false);
    }

    @Test
    void aFileThatIsChangedMeanwhileIsNotPutTogetherWrongly() throws Exception {
        byte[] other = before.clone();
        other[LARGE / 4] ^= 1;
        Path there = to.resolve("a b/l'arge");
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("keys"))) {
            assertThatThrownBy(() -> copy(sshd, SLOW, () -> write(there, other)))
                    .isInstanceOfSatisfying(TransferException.class, e -> assertThat(e.failure())
                            .isInstanceOf(Failure.ChecksumMismatch.class));
            assertThat(there).hasBinaryContent(other);
            assertThatThrownBy(() -> copy(sshd, SLOW, () -> write(there, new byte[1])))
                    .isInstanceOfSatisfying(TransferException.class, e -> assertThat(e.failure())
                            .isInstanceOfSatisfying(Failure.RemoteError.class, failure -> assertThat(failure.message())
                                    .contains("l'arge has become shorter")));
            assertThat(there).hasBinaryContent(new byte[1]);

            write(there, before);
            assertThat(copy(sshd, SLOW, () -> {}).patched).containsExactly("./a b/l'arge");
        }
        assertArrived(false);
    }

    private static void write(Path file, byte[] content) {
        try {
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
