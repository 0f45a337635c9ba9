package org.slipway.transfer.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.transfer.Installed;

class ScriptTest {
    private static final String ODD = "a'b\"c\\d $HOME `id` !! %s \\n * ~ # ; & | < > ( ) {x} ünï\n\nend";

    @ParameterizedTest
    @EnumSource(Script.class)
    void everyCommandLineFitsTheSmallestServer(Script script) {
        String argument = "/srv/www/a project directory of some length/with the name of a customer";
        String command = script.command(List.of(
                "f".repeat(24),
                "12345678",
                argument,
                argument,
                "1".repeat(18),
                "1".repeat(19),
                "gnu",
                "sha256sum",
                "server-worker-1"));

        assertThat(command.length()).isLessThan(Script.MAX_COMMAND_BYTES);
        assertThat(Script.encoded(script.text(), false).length()).isLessThan(Script.MAX_WORD_BYTES);
    }

    @ParameterizedTest
    @EnumSource(Script.class)
    void everyCommandLineIsOneLineWithoutWhatShellsTakeSpecially(Script script) {
        assertThat(script.command(List.of(ODD))).doesNotContain("\n", "!", "\\'", "\\\\");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sh", "dash", "bash", "zsh", "csh", "tcsh", "fish", "ksh", "busybox sh"})
    void meansTheSameToEveryLoginShell(String shell) throws Exception {
        String[] words = shell.split(" ");
        Installed.require(words[0], words[0]);
        String command = Script.START + "'"
                + Script.encoded("printf '%s|' \"$(printf '%b.' \"$1\")\"\ncat\n# " + ODD.replace('\n', ' '), false)
                + "' '"
                + Script.encoded(ODD, false) + "'";

        assertThat(output(words, command, "data")).isEqualTo(ODD + ".|data");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash", "busybox sh"})
    void theCallerOfAScriptThatEndsWithoutAWordIsToldAtOnce(String shell) throws Exception {
        String[] words = shell.split(" ");
        Installed.require(words[0], words[0]);
        String requests = "shell DIES 1 first 0\n"
                + Script.encoded(": >/nowhere/at/all", false)
                + "\nshell LIVES 1 second 0\n"
                + Script.encoded("printf 'end:second\\0'; exit 77", false)
                + "\n";

        String output = output(words, Script.RESIDENT.text(), requests, "shell", "0");

        assertThat(output)
                .contains("fail\0ENDED\0the script 'DIES' ended before its time\0end:first\0")
                .endsWith("end:second\0")
                .doesNotContain("'LIVES'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash", "busybox sh"})
    void hashesOfTwoSharesComeInOneAnswer(String shell, @TempDir Path dir) throws Exception {
        assertThat(staged(shell, dir, "also", "sent")).contains(TWO_HASHES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash", "busybox sh"})
    void aShareWhoseHashesCannotBeStoredIsHashedAgain(String shell, @TempDir Path dir) throws Exception {
        Files.createDirectories(dir.resolve("w/staging/s/sums.000001"));

        assertThat(staged(shell, dir, "also", "sent")).contains(TWO_HASHES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash", "busybox sh"})
    void aStreamThatEndedEarlyIsRefused(String shell, @TempDir Path dir) throws Exception {
        assertThat(staged(shell, dir, "also"))
                .contains("fail\0STAGE\0what came into " + dir + "/w/staging/s ended early\0end:mark\0");
    }

    private static final String TWO_HASHES =
            "h\0002cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824  ./1\n486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7  ./2\n\0staged\0end:mark\0";

    /** What the staging script answers to a load of two files, of which these lists name the second and the first. */
    private static String staged(String shell, Path dir, String... lists) throws Exception {
        String[] words = shell.split(" ");
        Installed.require(words[0], words[0]);
        Files.createDirectories(dir.resolve("w/staging/s/new"));
        Path load = Files.createDirectories(dir.resolve("load"));
        Files.createDirectories(load.resolve("control"));
        Files.createDirectories(load.resolve("new"));
        Files.writeString(load.resolve("new/1"), "hello");
        Files.writeString(load.resolve("new/2"), "world");
        for (String list : lists) {
            Files.writeString(load.resolve("control/" + list + ".000001"), list.equals("sent") ? "./1\0" : "./2\0");
        }
        Path tar = dir.resolve("load.tar");
        assertThat(new ProcessBuilder("tar", "-cf", tar.toString(), "-C", load.toString(), "control", "new")
                        .start()
                        .waitFor())
                .isZero();
        List<String> line = new java.util.ArrayList<>(List.of(words));
        line.addAll(List.of(
                "-c",
                Script.STAGE.text(),
                "sh",
                "mark",
                "all",
                dir.toString(),
                dir.resolve("w").toString()));
        line.addAll(List.of("1", "s", "gnu", "sha256sum", "holder", "000001", "plain", "no", "gnu-tar"));
        Process process = new ProcessBuilder(line).redirectInput(tar.toFile()).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String output(String[] shell, String command, String input, String... arguments) throws IOException {
        java.util.ArrayList<String> line = new java.util.ArrayList<>(List.of(shell));
        line.add("-c");
        line.add(command);
        if (arguments.length > 0) {
            line.add("sh");
            line.addAll(List.of(arguments));
        }
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
