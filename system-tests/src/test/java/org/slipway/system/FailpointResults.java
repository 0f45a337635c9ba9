package org.slipway.system;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What happened at each failpoint: a line of JSON for each as soon as it is known, and a table at the end. */
final class FailpointResults {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final List<String> table = new ArrayList<>();

    /** A new file, in place of that of an earlier run. */
    FailpointResults() {
        Path directory = Directories.made(Path.of(System.getProperty("slipway.faults.results", "target/faults")));
        file = directory.resolve("failpoints.jsonl");
        try {
            Files.deleteIfExists(file);
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    void add(String fault, String happened, String userSees, String bound, Duration took, boolean passed) {
        double seconds = took.toMillis() / 1000.0;
        String line = JSON.createObjectNode()
                .put("test", FailpointsIT.class.getSimpleName())
                .put("fault", fault)
                .put("happened", happened)
                .put("userSees", userSees)
                .put("bound", bound)
                .put("seconds", Math.round(seconds * 10) / 10.0)
                .put("passed", passed)
                .toString();
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
        table.add(
                String.format(Locale.ROOT, "%-4s %-58s %5.1f s  %s", passed ? "ok" : "BAD", fault, seconds, happened));
    }

    /** One line for each case, in their order. */
    String table() {
        return String.join("\n", table);
    }
}
