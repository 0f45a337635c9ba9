package org.slipway.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A tiny shell process that ends our children when this JVM is gone, however it went: its standard input is a pipe from
 * here, and that closes even on {@code kill -9}. Java offers nothing that would be told.
 *
 * <p>Should the shell be killed too, {@link Leftovers} does the rest at the next start.
 */
final class Lifeline {

    /** Lines of pid, start in ticks and signal come in, or one to forget all before. At the end of them each that still is who it was gets its signal, and 6 s later the last one. */
    private static final String SCRIPT = """
            trap '' INT TERM HUP
            children=
            while read -r pid ticks signal; do
              if [ "$pid" = forget ]; then children=; else children="$children $pid:$ticks:$signal"; fi
            done
            same() { [ "$(sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20)" = "$2" ]; }
            each() {
              alive=
              for child in $children; do
                pid=${child%%:*}; rest=${child#*:}; ticks=${rest%%:*}; signal=${rest#*:}
                if same "$pid" "$ticks"; then
                  alive=yes
                  if [ -n "$1" ]; then kill -s CONT "$pid"; kill -s "${2:-$signal}" "$pid"; fi 2>/dev/null
                fi
              done
            }
            each send
            tries=0
            while each && [ -n "$alive" ] && [ $tries -lt 30 ]; do sleep 0.2; tries=$((tries + 1)); done
            each send KILL
            """;

    private static final int HELD_BETWEEN_CLEANINGS = 100;

    private static final Lifeline INSTANCE = new Lifeline();

    private final OutputStream toShell;
    private final List<Child> children = new ArrayList<>();
    private int heldSinceCleaning;

    private record Child(long pid, long ticks, Signal signal) {
        boolean isAlive() {
            OptionalLong now = ProcessTable.startTicks(pid);
            return now.isPresent() && now.getAsLong() == ticks;
        }
    }

    private Lifeline() {
        try {
            Process shell = new ProcessBuilder("setsid", "/bin/sh", "-c", SCRIPT)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            toShell = shell.getOutputStream();
        } catch (IOException cannot) {
            throw new StartFailedException(
                    "cannot run setsid and /bin/sh; Slipway's quick start and its tests need Linux with util-linux",
                    cannot);
        }
    }

    /** From now on the process gets the signal when this JVM is gone, and is killed if that does not end it. */
    static void hold(long pid, Signal signal) {
        ProcessTable.startTicks(pid).ifPresent(ticks -> INSTANCE.hold(new Child(pid, ticks, signal)));
    }

    private synchronized void hold(Child child) {
        children.add(child);
        StringBuilder lines = new StringBuilder();
        if (++heldSinceCleaning < HELD_BETWEEN_CLEANINGS) {
            append(lines, child);
        } else {
            // A server of demo and tests runs commands by the thousand; the shell need not know the ended ones.
            heldSinceCleaning = 0;
            children.removeIf(known -> !known.isAlive());
            lines.append("forget\n");
            children.forEach(alive -> append(lines, alive));
        }
        try {
            toShell.write(lines.toString().getBytes(StandardCharsets.US_ASCII));
            toShell.flush();
        } catch (IOException shellIsGone) {
            throw new IllegalStateException("the process that watches over our children was killed", shellIsGone);
        }
    }

    private static void append(StringBuilder lines, Child child) {
        lines.append(child.pid)
                .append(' ')
                .append(child.ticks)
                .append(' ')
                .append(child.signal)
                .append('\n');
    }
}
