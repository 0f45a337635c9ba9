package org.slipway.benchmarks.kills;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A session of processes, as one whose terminal or whose job is gone loses it: as a whole. */
final class Session {
    private Session() {}

    /** {@code kill -9} of the process that leads it, of all in it and of all that any of them started; how many that were. */
    static int kill(long leader) {
        Set<ProcessHandle> killed = new HashSet<>();
        List<ProcessHandle> members = members(leader);
        while (!members.isEmpty()) {
            members.forEach(ProcessHandle::destroyForcibly);
            killed.addAll(members);
            members = members(leader);
        }
        return killed.size();
    }

    private static List<ProcessHandle> members(long leader) {
        Stream<ProcessHandle> below = ProcessHandle.of(leader).stream().flatMap(ProcessHandle::descendants);
        Stream<ProcessHandle> inIt = ProcessHandle.allProcesses().filter(process -> isIn(leader, process.pid()));
        return Stream.concat(inIt, below).distinct().toList();
    }

    /** Not one that has ended and whose parent has not asked for its status yet. */
    private static boolean isIn(long leader, long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
            // The name of the program is in brackets and may hold anything, brackets too.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return !fields[0].equals("Z") && Long.parseLong(fields[3]) == leader;
        } catch (IOException ended) {
            return false;
        }
    }
}
