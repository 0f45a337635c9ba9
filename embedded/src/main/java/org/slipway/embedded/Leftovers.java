package org.slipway.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of the processes that were started, for the one who starts after a kill. Each is known by its pid and its start
 * in ticks since boot, so that a stranger that got the same pid is left alone.
 */
public final class Leftovers {

    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Pattern PROCESS = Pattern.compile("(?<pid>\\d{1,18}) (?<ticks>\\d{1,18}) (?<name>.+)");

    private final Path file;

    private Leftovers(Path file) {
        this.file = file;
    }

    /**
     * Ends whatever the file names and still runs, and starts the file anew. Hold the {@link DirectoryLock} of the
     * directory first: what belongs to someone alive must not be taken for a leftover.
     *
     * @return the names of the processes that were ended
     */
    public static EndedLeftovers end(Path file) {
        List<String> ended = new ArrayList<>();
        try {
            if (Files.exists(file)) {
                for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
                    // A line that a crash cut short or damaged names nobody.
                    Matcher process = PROCESS.matcher(line);
                    if (process.matches()
                            && end(Long.parseLong(process.group("pid")), Long.parseLong(process.group("ticks")))) {
                        ended.add(process.group("name"));
                    }
                }
            }
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, "");
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
        return new EndedLeftovers(new Leftovers(file), List.copyOf(ended));
    }

    /** The file, ready for new names, and who was ended. */
    public record EndedLeftovers(Leftovers leftovers, List<String> ended) {}

    /** Writes down a process that was started. */
    public void add(ChildProcess child) {
        OptionalLong ticks = ProcessTable.startTicks(child.pid());
        if (ticks.isEmpty()) {
            return;
        }
        try {
            Files.writeString(
                    file,
                    child.pid() + " " + ticks.getAsLong() + " " + child.name() + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    private static boolean end(long pid, long ticks) {
        if (!is(pid, ticks)) {
            return false;
        }
        Signal.CONT.send(pid);
        Signal.TERM.send(pid);
        try {
            Await.until(GRACE, "process " + pid + " to end", () -> !is(pid, ticks));
        } catch (Await.TimedOutException stubborn) {
            Signal.KILL.send(pid);
            Await.until(GRACE, "process " + pid + " to end", () -> !is(pid, ticks));
        }
        return true;
    }

    private static boolean is(long pid, long ticks) {
        OptionalLong now = ProcessTable.startTicks(pid);
        return now.isPresent() && now.getAsLong() == ticks;
    }
}
