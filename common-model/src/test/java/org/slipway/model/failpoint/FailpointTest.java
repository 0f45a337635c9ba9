package org.slipway.model.failpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.model.Service;

@Timeout(120)
class FailpointTest {
    private static final String FIRED = "failpoint server-worker.staged fired: ";

    @Test
    void doesAndSaysNothingWhereNothingIsArmed() throws Exception {
        Process process = passer("", 3);

        assertThat(process.inputReader().readAllAsString()).isEqualTo("passed 1\npassed 2\npassed 3\n");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void haltsAtOnceAndSaysSoBefore() throws Exception {
        Process process = passer("server-worker.staged=halt", 3);

        assertThat(process.inputReader().readAllAsString())
                .contains(FIRED + "halt")
                .doesNotContain("passed 1");
        assertThat(process.waitFor()).isEqualTo(137);
    }

    @Test
    void firesAtThePassThatWasNamedAndNeverAgain() throws Exception {
        Process process = passer("server-worker.staged=throw@2", 4);

        assertThat(process.inputReader().readAllAsString())
                .containsSubsequence("passed 1\n", FIRED + "throw", "thrown 2\n", "passed 3\n", "passed 4\n");
    }

    @Test
    void standsStillUntilSomebodyOutsideResumesIt() throws Exception {
        Process process = passer("server-worker.staged=pause", 1);
        awaitLine(process.inputReader(), FIRED + "pause");
        awaitStopped(process.pid());

        assertThat(new ProcessBuilder("kill", "-CONT", Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();

        assertThat(process.inputReader().readAllAsString()).endsWith("passed 1\n");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void isResumedFromOutsideWhenItsTimeIsOver() throws Exception {
        long began = System.nanoTime();
        Process process = passer("server-worker.staged=pause:2s", 1);

        assertThat(process.inputReader().readAllAsString()).containsSubsequence(FIRED + "pause:2s", "passed 1\n");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "staged=halt",
                "server-worker.staged",
                "server-worker.staged=stop",
                "server-worker.staged=halt:3s",
                "server-worker.staged=pause:0s",
                "server-worker.staged=pause:3",
                "server-worker.staged=halt@0",
                "server-worker.no-such-step=halt",
                "no-such-service.staged=halt",
                "server-worker.listed=halt",
                "beta-worker.staged=halt"
            })
    void refusesWhatThisServiceCannotDoAndNamesWhatItCan(String setting) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ArmedFailpoint.parse(setting, Service.SERVER_WORKER))
                .withMessageContaining("'" + setting + "'")
                .withMessageContaining("server-worker.staged, ")
                .withMessageNotContaining("beta-worker.listed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server-worker.staged=halt",
                "server-worker.published=pause",
                "server-worker.claimed=pause:20s@3",
                "server-worker.relay-sent=throw@17"
            })
    void saysWhatItIsArmedFor(String setting) {
        assertThat(ArmedFailpoint.parse(setting, Service.SERVER_WORKER)).hasToString(setting);
    }

    private static Process passer(String setting, int times) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(Passer.class.getName(), Integer.toString(times)));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put(ArmedFailpoint.VARIABLE, setting);
        return builder.start();
    }

    private static void awaitLine(BufferedReader lines, String part) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.contains(part)) {
                return;
            }
        }
        throw new AssertionError("it ended and never said '" + part + "'");
    }

    private static void awaitStopped(long pid) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") T ")) {
            assertThat(System.nanoTime()).as("when process %d still runs", pid).isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }
}
