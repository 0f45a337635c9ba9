package org.slipway.quickstart;

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
 */
record Run(ChildProcess process, BlockingQueue<String> lines) {

    static final Duration LONGEST = Duration.ofSeconds(90);

    static Run start(ChildProcess.Launch launch) {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        return new Run(ChildProcess.start(launch, lines::add), lines);
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

    /** Returns its exit status. */
    int awaitEnd() {
        Await.until(LONGEST, "the quick start to end", () -> !process.isAlive());
        return process.exitStatus().orElseThrow();
    }
}
