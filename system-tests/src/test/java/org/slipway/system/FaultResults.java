package org.slipway.system;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;

/** What a run showed, a line of JSON for each fault; {@link FaultsPage} makes a page of it. */
final class FaultResults {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    private FaultResults(Path file) {
        this.file = file;
    }

    /** A new file of this name, in place of that of an earlier run. */
    static FaultResults in(String name) {
        Path directory = Directories.made(Path.of(System.getProperty("slipway.faults.results", "target/faults")));
        Path file = directory.resolve(name + ".jsonl");
        try {
            Files.deleteIfExists(file);
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
        return new FaultResults(file);
    }

    static ObjectNode line(
            String test,
            String fault,
            String happened,
            String userSees,
            String bound,
            double seconds,
            boolean passed,
            Collection<Invariant> checked) {
        ObjectNode line = JSON.createObjectNode()
                .put("test", test)
                .put("fault", fault)
                .put("happened", happened)
                .put("userSees", userSees)
                .put("bound", bound)
                .put("seconds", Math.round(seconds * 10) / 10.0)
                .put("passed", passed);
        checked.stream().map(Invariant::number).sorted().forEach(line.putArray("invariants")::add);
        return line;
    }

    synchronized void write(ObjectNode line) {
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }
}
