package org.slipway.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Makes docs/faults.md of what one whole run showed: lines of JSON, one for each fault. */
public final class FaultsPage {
    private static final ObjectMapper JSON = new ObjectMapper();

    private FaultsPage() {}

    /**
     * Arguments: the directory of the lines, the page, and whether to write it.
     *
     * @throws IllegalStateException when a part of the run is missing: a page tells of a whole one
     */
    public static void main(String[] arguments) throws IOException {
        if (!Boolean.parseBoolean(arguments[2])) {
            return;
        }
        List<JsonNode> lines = lines(Path.of(arguments[0]));
        for (String part : List.of("FaultsIT: ", "SchedulesIT")) {
            if (lines.stream().noneMatch(line -> line.path("test").asText().startsWith(part))) {
                throw new IllegalStateException(
                        "nothing of " + part.strip() + " was run, and the page is of whole runs");
            }
        }
        Files.writeString(Path.of(arguments[1]), page(lines, LocalDate.now(ZoneOffset.UTC)));
    }

    private static List<JsonNode> lines(Path directory) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList()) {
                for (String line : Files.readAllLines(file)) {
                    lines.add(JSON.readTree(line));
                }
            }
        }
        return lines;
    }

    /** The page itself. */
    static String page(List<JsonNode> lines, LocalDate day) {
        StringBuilder page = new StringBuilder("""
                # Faults

                `mvn verify -Pfaults -Dslipway.faults.page=true` writes this page from what it showed; this one is of %s. Each line was run on packaged
                services, with a PostgreSQL, a Kafka broker and OpenSSH servers of their own, and with leases of 3 s. A fault that was not
                seen to happen fails its case, and so does one of the invariants below.

                %d of %d passed.

                """.formatted(
                day,
                lines.stream().filter(line -> line.path("passed").asBoolean()).count(),
                lines.size()));
        page.append("## What happens\n\n");
        page.append(
                "| fault | what happens | what the user sees | bound | seconds | test |\n|---|---|---|---|---|---|\n");
        lines.forEach(line -> page.append(String.format(
                Locale.ROOT,
                "| %s | %s%s | %s | %s | %.1f | %s |%n",
                cell(line, "fault"),
                line.path("passed").asBoolean() ? "" : "**failed**: ",
                cell(line, "happened"),
                cell(line, "userSees"),
                cell(line, "bound"),
                line.path("seconds").asDouble(),
                cell(line, "test"))));
        page.append("\n## What was held against it\n\n| number | invariant | checked in |\n|---|---|---|\n");
        for (Invariant invariant : Invariant.values()) {
            long count = lines.stream()
                    .filter(line -> numbers(line).contains(invariant.number()))
                    .count();
            page.append("| %d | %s | %d of these lines |%n".formatted(invariant.number(), invariant.text(), count));
        }
        return page.toString();
    }

    private static TreeSet<Integer> numbers(JsonNode line) {
        TreeSet<Integer> numbers = new TreeSet<>();
        line.path("invariants").forEach(number -> numbers.add(number.asInt()));
        return numbers;
    }

    private static String cell(JsonNode line, String field) {
        return line.path(field).asText().replace("|", "\\|").replaceAll("\\s+", " ");
    }
}
