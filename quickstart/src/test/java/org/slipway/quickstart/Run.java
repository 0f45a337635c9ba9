package org.slipway.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slipway.embedded.Await;
import org.slipway.embedded.ChildProcess;

/**
 * The launcher as a process.
 *
 * @param lines what it said and nobody has waited for yet
 * @param wentWell the file by which it tells Maven that all went well
 */
record Run(ChildProcess process, BlockingQueue<String> lines, Path wentWell) {

    static final Duration LONGEST = Duration.ofSeconds(90);

    static Run start(ChildProcess.Launch launch, Path wentWell) {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        return new Run(ChildProcess.start(launch, lines::add), lines, wentWell);
    }

    /** Returns when it has said a line that holds the text. */
    void awaitLine(String text) throws InterruptedException {
        for (String line = next(); line != null; line = next()) {
            if (line.contains(text)) {
                return;
            }
        }
        throw new AssertionError("no line holds '" + text + "' in:\n" + process.readLog());
    }

    private String next() throws InterruptedException {
        return lines.poll(LONGEST.toSeconds(), TimeUnit.SECONDS);
    }

    /** Returns its exit status, which is what it has told Maven. */
    int awaitEnd() {
        Await.until(LONGEST, "the quick start to end", () -> !process.isAlive());
        int status = process.exitStatus().orElseThrow();
        assertThat(wentWell.toFile().exists()).isEqualTo(status == 0);
        return status;
    }
}
