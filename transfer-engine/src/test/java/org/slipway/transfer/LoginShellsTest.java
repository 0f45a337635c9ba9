package org.slipway.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;

/** All of a release's way over login shells that are not like sh, and that say something whenever they start. */
@Timeout(60)
class LoginShellsTest {
    @TempDir
    Path dir;

    @AfterEach
    void letTemporaryFilesBeRemoved() throws Exception {
        Trees.open(dir);
    }

    /** What sshd does for a user with this login shell. */
    private OpenSsh server(String shell) throws Exception {
        Path home = Files.createDirectories(dir.resolve("home"));
        Path fish = Files.createDirectories(home.resolve(".config/fish"));
        for (Path profile : List.of(
                home.resolve(".zshenv"),
                home.resolve(".cshrc"),
                home.resolve(".tcshrc"),
                fish.resolve("config.fish"))) {
            Files.writeString(profile, "echo welcome back\n");
        }
        Path session = dir.resolve("session");
        Files.writeString(
                session, "#!/bin/sh\nexport HOME='" + home + "'\nexec " + shell + " -c \"$SSH_ORIGINAL_COMMAND\"\n");
        Trees.mode(session, 0755);
        return OpenSsh.start(dir.resolve("sshd"), "ForceCommand " + session);
    }

    @ParameterizedTest
    @CsvSource({"csh,csh", "tcsh,tcsh", "fish,fish", "zsh,zsh", "ksh,ksh93u+m"})
    void aReleaseAndABackupGoOverEveryLoginShell(String shell, String debianPackage) throws Exception {
        Installed.require(shell, debianPackage);
        Path from = Files.createDirectory(dir.resolve("it's from"));
        Path to = Files.createDirectory(dir.resolve("to $HOME !1 [a] {b} ~ *"));
        Path backup = dir.resolve("a `backup`.tar.gz");
        Trees.fill(Files.createDirectory(from.resolve("site")), 7, 60);
        // Whoever is not root reads nothing else.
        OpenSsh.run("chmod", "-R", "u+rX", from.toString());
        try (OpenSsh sshd = server(shell);
                Hosts hosts = SshHosts.open(sshd.settings())) {
            HostAddress development = sshd.address(from);
            HostAddress business = sshd.address(to);
            try (Host source = hosts.open(development);
                    Host target = hosts.open(business)) {
                assertThat(target.check(true, backup.toString()))
                        .allMatch(Host.CheckLine::ok)
                        .extracting(Host.CheckLine::name)
                        .contains("lock");
                Manifest manifest = Manifest.of(
                        source.list(List.of(new RelativePath("site")), Host.Hashing.ALL, Host.CopyWatcher.none())
                                .entries());

                target.copy(manifest, source, new Host.Fence("w", 1), Host.CopyWatcher.none());
                target.archive(
                        new Host.BackupOrder(backup.toString(), 1), new Host.Fence("w", 2), Host.CopyWatcher.none());
            }
        }

        assertThat(Trees.differences(from, to, true, true)).isEmpty();
        assertThat(backup).exists();
    }
}
