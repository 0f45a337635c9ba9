package org.slipway.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.slipway.model.RelativePath;

/** Over a slow link, of a large file that is there already only what differs is sent. */
@Execution(ExecutionMode.CONCURRENT)
class SlowLinkTest {
    /** Together they are hashed in two shares. */
    private static final int LARGE = 9 << 20;

    private static final CopySettings SLOW = new CopySettings(false, true, true, true, 40_000_000, 0);
    private static final String ONE = "a b/l'arge";
    private static final String OTHER = "a b/-a line\n and another";

    @TempDir
    Path dir;

    private Path from;
    private Path to;
    private byte[] before;
    private long epoch;

    @BeforeEach
    void makeProjects() throws Exception {
        Installed.require("rsync", "rsync");
        Installed.require("perl", "perl");
        from = Files.createDirectories(dir.resolve("from"));
        to = Files.createDirectories(dir.resolve("to"));
        before = new byte[LARGE];
        new Random(1).nextBytes(before);
        Files.createDirectories(from.resolve("a b"));
        Files.createDirectories(to.resolve("a b"));
        make(ONE, 0551);
        make(OTHER, 0604);
        Files.writeString(from.resolve("a b/small"), "new");
    }

    /** A byte in its middle is another one than on the target, and something was put in front. */
    private void make(String name, int mode) throws Exception {
        Files.write(to.resolve(name), before);
        byte[] now = before.clone();
        now[LARGE / 2] ^= 1;
        Path changed = from.resolve(name);
        Files.writeString(changed, "what was put in front of " + name);
        Files.write(changed, now, StandardOpenOption.APPEND);
        Trees.mode(changed, mode);
        Files.setLastModifiedTime(changed, FileTime.from(Instant.ofEpochSecond(1_700_000_000, 123_456_789)));
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
            Path staged = to.resolveSibling(".slipway-to/staging/%019d".formatted(epoch));
            try {
                for (String load : List.of("000000", "000001")) {
                    Path list = staged.resolve("control/patched." + load);
                    if (Files.exists(list)) {
                        patched.addAll(List.of(Files.readString(list).split("\0")));
                        // The pieces went as they were used.
                        assertThat(Trees.names(staged.resolve("pieces/" + load + "/0")))
                                .isEmpty();
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private List<String> copy(OpenSsh sshd, CopySettings settings) throws TransferException {
        try (Hosts hosts = SshHosts.open(sshd.settings().withCopying(settings))) {
            return copy(hosts, sshd, () -> {});
        }
    }

    /** The files of which only differences were sent. */
    private List<String> copy(Hosts hosts, OpenSsh sshd, Runnable beforeContents) throws TransferException {
        Staged staged = new Staged();
        epoch++;
        try (Host source = hosts.open(sshd.address(from));
                Host target = hosts.open(sshd.address(to))) {
            Manifest manifest =
                    Manifest.of(source.list(List.of(new RelativePath("a b")), Host.Hashing.ALL, Host.CopyWatcher.none())
                            .entries());
            ContentSource contents = (files, sink, watcher) -> {
                beforeContents.run();
                source.read(files, sink, watcher);
            };
            target.copy(manifest, contents, new Host.Fence("w", epoch), staged);
        }
        return staged.patched;
    }

    private void assertArrived(boolean wholeSeconds) throws Exception {
        assertThat(GeneratedTree.rsyncDifferences(from.resolve("a b"), to.resolve("a b"), wholeSeconds))
                .isEmpty();
        assertThat(Trees.names(to.resolveSibling(".slipway-to/trash"))).isEmpty();
    }

    @Test
    void onlyTheDifferencesOfLargeFilesAreSent() throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("keys"))) {
            assertThat(copy(sshd, SLOW)).containsExactlyInAnyOrder("./" + ONE, "./" + OTHER);
        }
        assertArrived(false);
    }

    /** The second of them is staged while the first one is put together. */
    @Test
    void alsoInSeveralParts() throws Exception {
        Path between = Files.createDirectories(from.resolve("a b/between"));
        for (int i = 0; i < 17_000; i++) {
            Files.writeString(between.resolve("file " + i), "");
        }
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("keys"))) {
            assertThat(copy(sshd, SLOW)).containsExactlyInAnyOrder("./" + ONE, "./" + OTHER);
        }
        assertArrived(false);
    }

    @Test
    void alsoToAHostThatAllowsOneChannel() throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("keys"), "MaxSessions 1")) {
            assertThat(copy(sshd, SLOW)).containsExactlyInAnyOrder("./" + ONE, "./" + OTHER);
        }
        assertArrived(false);
    }

    @Test
    void alsoToAHostWithBusyBox() throws Exception {
        Path keys = Files.createDirectories(dir.resolve("keys"));
        try (OpenSsh sshd = OpenSsh.start(keys, BusyBox.forcedCommand(keys))) {
            assertThat(copy(sshd, SLOW)).containsExactlyInAnyOrder("./" + ONE, "./" + OTHER);
        }
        assertArrived(true);
    }

    @Test
    void aHostWhosePerlLacksAModuleGetsWholeFiles() throws Exception {
        Path modules = Files.createDirectories(dir.resolve("modules/Digest"));
        Files.writeString(modules.resolve("MD5.pm"), "die 'not here'");
        String session = "ForceCommand env PERL5LIB=" + modules.getParent() + " /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"";
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("keys"), session)) {
            assertThat(copy(sshd, SLOW)).isEmpty();
        }
        assertArrived(false);
    }

    @Test
    void aFileThatMayNotBeReadThereIsSentWhole() throws Exception {
        Assumptions.assumeFalse(OpenSsh.isRoot(), "root may read everything");
        Trees.mode(to.resolve(ONE), 0);
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("keys"))) {
            assertThat(copy(sshd, SLOW)).containsExactly("./" + OTHER);
        }
        assertArrived(false);
    }

    @Test
    void wholeFilesGoWhereThereIsNoRoomForDifferencesBesideThem() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(dir.resolve("disk"), "size=42m");
                OpenSsh sshd = OpenSsh.start(dir.resolve("keys"))) {
            to = Files.createDirectory(disk.directory().resolve("to"));
            Files.createDirectory(to.resolve("a b"));
            Files.write(to.resolve(ONE), before);
            Files.write(to.resolve(OTHER), before);

            assertThat(copy(sshd, SLOW)).isEmpty();
            assertArrived(false);
        }
    }

    @Test
    void aFastLinkGetsWholeFiles() throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("keys"))) {
            assertThat(copy(sshd, CopySettings.DEFAULT)).isEmpty();
        }
        assertArrived(false);
    }

    @Test
    void aFileThatIsWrittenThereMeanwhileIsNotPutTogetherWronglyAndGoesWholeTheNextTime() throws Exception {
        byte[] other = before.clone();
        other[LARGE / 4] ^= 1;
        Path there = to.resolve(ONE);
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("keys"));
                Hosts hosts = SshHosts.open(sshd.settings().withCopying(SLOW))) {
            assertThatThrownBy(() -> copy(hosts, sshd, () -> write(there, other)))
                    .isInstanceOfSatisfying(TransferException.class, e -> {
                        assertThat(e.failure()).isInstanceOf(Failure.ChecksumMismatch.class);
                        assertThat(e.failure().retryHelps()).isTrue();
                    });
            assertThat(there).hasBinaryContent(other);

            assertThat(copy(hosts, sshd, () -> write(there, before))).isEmpty();
        }
        assertArrived(false);
    }

    @Test
    void aFileThatIsCutOffThereMeanwhileIsNotPutTogether() throws Exception {
        Path there = to.resolve(ONE);
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("keys"));
                Hosts hosts = SshHosts.open(sshd.settings().withCopying(SLOW))) {
            assertThatThrownBy(() -> copy(hosts, sshd, () -> write(there, new byte[1])))
                    .isInstanceOfSatisfying(TransferException.class, e -> {
                        assertThat(e.failure().retryHelps()).isTrue();
                        assertThat(e).hasMessageContaining("l'arge has become shorter");
                    });
            assertThat(there).hasBinaryContent(new byte[1]);

            assertThat(copy(hosts, sshd, () -> {})).isEmpty();
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
