package org.slipway.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page docs/benchmarks.md: each benchmark replaces its own section and leaves the others. */
public final class BenchmarksPage {
    private static final String TITLE = """
            # Benchmarks

            Each section was written by the command that it names, and says where and when.
            """;

    private BenchmarksPage() {}

    /** The first paragraph of a section. */
    public static String circumstances(String command) {
        return "Measured on %s by `%s` on: %s.\n"
                .formatted(LocalDate.now(ZoneOffset.UTC), command, Machine.described());
    }

    /** Writes a section, in place of the one of the same name where there is one. */
    public static void put(String section, String text) throws IOException {
        Path page = Path.of(System.getProperty("slipway.root", ".")).resolve("docs/benchmarks.md");
        String before = Files.exists(page) ? Files.readString(page) : TITLE;
        Files.writeString(page, with(before, section, text));
    }

    static String with(String page, String section, String text) {
        String whole = "## " + section + "\n\n" + text.strip() + "\n";
        Matcher present = Pattern.compile("(?ms)^## " + Pattern.quote(section) + "\\R.*?(?=^## |\\z)")
                .matcher(page);
        if (!present.find()) {
            return page.stripTrailing() + "\n\n" + whole;
        }
        String after = page.substring(present.end());
        return page.substring(0, present.start()) + whole + (after.isEmpty() ? "" : "\n" + after);
    }
}
