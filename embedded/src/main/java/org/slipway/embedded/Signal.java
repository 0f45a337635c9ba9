package org.slipway.embedded;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The signals of POSIX that Java's own API does not send. */
enum Signal {
    INT,
    TERM,
    KILL,
    STOP,
    CONT;

    private static final Duration LONGEST = Duration.ofSeconds(10);

    /** Sends it to a process, or to a whole process group when the number is negative. A process that is gone is no error. */
    void send(long pid) {
        try {
            // The shell's own kill: not every machine has one as a program.
            Process kill = new ProcessBuilder(
                            "/bin/sh", "-c", "kill -s \"$1\" -- \"$2\" 2>/dev/null", "sh", name(), Long.toString(pid))
                    .start();
            kill.waitFor(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IOException cannot) {
            throw new IllegalStateException("cannot run /bin/sh", cannot);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
