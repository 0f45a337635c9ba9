package org.slipway.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {

    private final Path directory;

    ChildProcessTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private ChildProcess.Launch shell(String script) {
        return new ChildProcess.Launch(
                "the child",
                List.of("/bin/sh", "-c", script),
                Map.of("GREETING", "good morning"),
                directory,
                directory.resolve("logs/child.log"));
    }

    @Test
    void runsWithItsEnvironmentAndWritesItsLog() {
        try (ChildProcess child = ChildProcess.start(shell("echo $GREETING; echo problem >&2; exit 3"))) {
            assertThat(child.endsWithin(Duration.ofSeconds(10))).isTrue();
            assertThat(child.exitStatus()).hasValue(3);
            assertThat(child.readLog()).isEqualTo("good morning\nproblem\n");
        }
    }

    @Test
    void handsLinesToTheReaderAndWritesThemToTheLogToo() throws Exception {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        try (ChildProcess child = ChildProcess.start(shell("echo one; echo two; exec sleep 1000"), lines::add)) {
            assertThat(lines.poll(10, TimeUnit.SECONDS)).isEqualTo("one");
            assertThat(lines.poll(10, TimeUnit.SECONDS)).isEqualTo("two");
            assertThat(child.readLog()).isEqualTo("one\ntwo\n");
        }
    }

    @Test
    void theLogOfOneThatHasEndedHasItsLastWordsAlsoWhereTheReaderIsSlow() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        try (ChildProcess child = ChildProcess.start(shell("echo one; echo two"), line -> await(slow))) {
            assertThat(child.endsWithin(Duration.ofSeconds(10))).isTrue();
            CompletableFuture<String> log = CompletableFuture.supplyAsync(child::readLog);
            assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> log.get(100, TimeUnit.MILLISECONDS));
            slow.countDown();
            assertThat(log.get(10, TimeUnit.SECONDS)).isEqualTo("one\ntwo\n");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void stopsOnRequestAndIsKilledWhenItDoesNotListen() {
        ChildProcess polite =
                ChildProcess.start(shell("trap 'exit 0' TERM; touch ready; while :; do sleep 0.05; done"));
        polite.awaitReady(Duration.ofSeconds(10), () -> Files.exists(directory.resolve("ready")));
        polite.stop(Duration.ofSeconds(10));
        assertThat(polite.exitStatus()).hasValue(0);

        ChildProcess deaf = ChildProcess.start(shell("trap '' TERM; touch deaf; while :; do sleep 0.05; done"));
        deaf.awaitReady(Duration.ofSeconds(10), () -> Files.exists(directory.resolve("deaf")));
        deaf.stop(Duration.ofMillis(300));
        assertThat(deaf.exitStatus()).hasValue(128 + 9);
    }

    @Test
    void stopsAlsoWhilePaused() {
        ChildProcess child = ChildProcess.start(shell("exec sleep 1000"));
        child.pause();
        child.stop(Duration.ofSeconds(10));
        assertThat(child.exitStatus()).hasValue(128 + 15);
    }

    @Test
    void tellsStatusAndEndOfTheLogWhenItEndsBeforeItIsReady() {
        ChildProcess child = ChildProcess.start(shell("echo 'port 8080 is taken'; exit 1"));
        assertThatThrownBy(() -> child.awaitReady(Duration.ofSeconds(10), () -> false))
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("the child ended with status 1")
                .hasMessageContaining("port 8080 is taken");
    }

    @Test
    void endsWithAParentThatIsKilled() throws Exception {
        OtherJvm jvm = OtherJvm.start(directory, "sleep");
        long child = Long.parseLong(jvm.said());
        assertThat(ProcessTable.startTicks(child)).isPresent();
        jvm.process().killHard();
        Await.until(Duration.ofSeconds(20), "the child to end with its parent", () -> ProcessTable.startTicks(child)
                .isEmpty());
    }

    @Test
    void endsWhatAKilledParentLeftAndNobodyElse() throws Exception {
        OtherJvm jvm = OtherJvm.start(directory, "sleep");
        long child = Long.parseLong(jvm.said());
        jvm.killAndNobodyWatching();
        assertThat(ProcessTable.startTicks(child)).isPresent();
        Path file = directory.resolve("processes");
        try (ChildProcess stranger = ChildProcess.start(shell("exec sleep 1000"))) {
            // the pid of a stranger, with the start of a process that is long gone
            Files.writeString(
                    file, Files.readString(file) + stranger.pid() + " 1 someone\nno process id\n\0\0\0\ncut sh");

            assertThat(Leftovers.end(file).ended()).containsExactly("sleep");

            assertThat(ProcessTable.startTicks(child)).isEmpty();
            assertThat(stranger.isAlive()).isTrue();
        }
        assertThat(Leftovers.end(file).ended()).isEmpty();
    }

    @Test
    void forgetsEndedChildrenAndStillHoldsTheLiving() throws Exception {
        OtherJvm jvm = OtherJvm.start(directory, "many");
        long child = Long.parseLong(jvm.said());
        jvm.process().killHard();
        Await.until(
                Duration.ofSeconds(20), "the first of many to end with its parent", () -> ProcessTable.startTicks(child)
                        .isEmpty());
    }
}
