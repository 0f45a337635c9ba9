package org.slipway.benchmarks.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Seconds of processor that processes have used, from /proc. A process is charged with what it used itself and with what its children
 * used that have ended and were waited for, as the kernel adds it up; so the difference over a tree is exact but for processes
 * that end without anybody waiting for them.
 */
final class Cpu {
    /** Fixed in the kernel's interface to programs. */
    private static final double TICKS_PER_SECOND = 100;

    private record Times(long own, long endedChildren) {}

    private Cpu() {}

    /** What a process and all that came from it have used. */
    static double ofTree(ProcessHandle root) {
        return Stream.concat(Stream.of(root), root.descendants())
                        .map(process -> times(process.pid()))
                        .mapToLong(times -> times.own() + times.endedChildren())
                        .sum()
                / TICKS_PER_SECOND;
    }

    /** What this JVM itself has used. */
    static double ofThisJvm() {
        return times(ProcessHandle.current().pid()).own() / TICKS_PER_SECOND;
    }

    /** What the programs that this JVM ran have used, those that have ended. */
    static double ofEndedChildren() {
        return times(ProcessHandle.current().pid()).endedChildren() / TICKS_PER_SECOND;
    }

    private static Times times(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return new Times(
                    Long.parseLong(fields[11]) + Long.parseLong(fields[12]),
                    Long.parseLong(fields[13]) + Long.parseLong(fields[14]));
        } catch (IOException ended) {
            return new Times(0, 0);
        }
    }
}
