package org.slipway.embedded;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What {@code /proc} tells of the processes of this machine. */
final class ProcessTable {

    private static final Path PROC = Path.of("/proc");

    private ProcessTable() {}

    /**
     * When a process was started, in clock ticks since boot: with the pid it names one process, whatever is done to the
     * wall clock. Empty when there is no such process, or only what is left of an ended one.
     */
    static OptionalLong startTicks(long pid) {
        try {
            String stat = Files.readString(PROC.resolve(Long.toString(pid)).resolve("stat"));
            // The name of the program is in brackets and may hold anything, brackets too.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return fields[0].equals("Z") || fields[0].equals("X")
                    ? OptionalLong.empty()
                    : OptionalLong.of(Long.parseLong(fields[19]));
        } catch (IOException gone) {
            return OptionalLong.empty();
        }
    }

    /** The processes that run the program in the directory. */
    static List<Long> running(String program, Path workingDirectory) {
        List<Long> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            Path directory = workingDirectory.toRealPath();
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                if (program.equals(name(process))
                        && directory.equals(workingDirectory(process))
                        && startTicks(pid).isPresent()) {
                    found.add(pid);
                }
            }
        } catch (IOException noSuchDirectory) {
            return List.of();
        }
        return found;
    }

    private static @Nullable String name(Path process) {
        try {
            return Files.readString(process.resolve("comm")).strip();
        } catch (IOException gone) {
            return null;
        }
    }

    private static @Nullable Path workingDirectory(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd"));
        } catch (IOException goneOrNotOurs) {
            return null;
        }
    }
}
