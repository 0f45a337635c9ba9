package org.slipway.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;

/** Whatever a tree holds, a copy of it is the same to a tool that knows nothing of Slipway: rsync has nothing left to do. */
class GeneratedTreesTest {
    private static final int SEEDS = 8;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path dir;

    static Stream<Long> seeds() {
        Installed.require("rsync", "rsync");
        return LongStream.rangeClosed(1, SEEDS).boxed();
    }

    @AfterEach
    void letTemporaryFilesBeRemoved() throws Exception {
        Trees.open(dir);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void arriveOnAHostWithAShell(long seed) throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("keys"));
                Hosts hosts = SshHosts.open(sshd.settings())) {
            copyAndChangeAndCopy(hosts, sshd::address, seed, false);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void arriveOverASlowLink(long seed) throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("keys"));
                Hosts hosts = SshHosts.open(
                        sshd.settings().withCopying(new CopySettings(true, true, true, true, 40_000_000, 0)))) {
            copyAndChangeAndCopy(hosts, sshd::address, seed, false);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void arriveOnAHostWithSftpOnly(long seed) throws Exception {
        try (OpenSsh sshd = OpenSsh.start(dir.resolve("keys"), "ForceCommand internal-sftp");
                Hosts hosts = SshHosts.open(sshd.settings())) {
            copyAndChangeAndCopy(hosts, sshd::address, seed, true);
        }
    }

    private void copyAndChangeAndCopy(Hosts hosts, Function<Path, HostAddress> address, long seed, boolean wholeSeconds)
            throws Exception {
        Path from = Files.createDirectories(dir.resolve("from"));
        Path to = Files.createDirectories(dir.resolve("to"));
        // Large enough for a stream of its own, and half of it does not become smaller.
        byte[] large = new byte[6 << 20];
        new Random(seed).nextBytes(large);
        Arrays.fill(large, 3 << 20, large.length, (byte) 'x');
        Files.createDirectories(from.resolve("tree"));
        Files.write(from.resolve("tree/large"), large);
        GeneratedTree tree = new GeneratedTree(from.resolve("tree"), seed, OpenSsh.isRoot());
        for (long epoch = 1; epoch <= 2; epoch++) {
            copy(hosts, address.apply(from), address.apply(to), epoch);

            assertThat(GeneratedTree.rsyncDifferences(from.resolve("tree"), to.resolve("tree"), wholeSeconds))
                    .as("seed %d, copy %d", seed, epoch)
                    .isEmpty();
            tree.change();
            large[(int) epoch << 20] ^= 1;
            Files.write(from.resolve("tree/large"), large);
        }
    }

    private static void copy(Hosts hosts, HostAddress from, HostAddress to, long epoch) throws TransferException {
        try (Host source = hosts.open(from);
                Host target = hosts.open(to)) {
            Listing listing = source.list(List.of(new RelativePath("tree")), Host.Hashing.ALL, Host.CopyWatcher.none());
            assertThat(listing.refused()).isEmpty();
            target.copy(Manifest.of(listing.entries()), source, new Host.Fence("w", epoch), Host.CopyWatcher.none());
        }
    }
}
