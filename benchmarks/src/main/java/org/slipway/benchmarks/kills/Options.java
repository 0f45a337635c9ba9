package org.slipway.benchmarks.kills;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.slipway.benchmarks.CommandLine;

/**
 * What to kill.
 *
 * @param kills of each tool
 * @param seed of the schedule
 * @param tools parts of names of tools, in lower case; none for all
 * @param files small files of the site
 * @param page whether docs/benchmarks.md may be written
 */
record Options(int kills, long seed, List<String> tools, int files, boolean page) {
    static final String USAGE = """
            benchmarks/kills [OPTION…]

            --kills N     kills of each tool (default 6)
            --seed S      of the schedule of kills, which is the same for every tool (default 1)
            --tools A,B   only tools with such a part in their names, as slipway,rsync
            --files N     small files of the site (default 2000)
            --no-page     print only

            docs/benchmarks.md gets its section anew, unless fewer kills, tools or files were asked for.
            """;

    private static final int KILLS = 6;
    private static final int FILES = 2000;

    /**
     * @param args words, each of which may hold several with blanks between
     * @throws IllegalArgumentException when one is not known; the message says which
     */
    static Options parse(String... args) {
        List<String> words = Stream.of(args)
                .flatMap(arg -> Stream.of(arg.split("[ \t]+", -1)))
                .filter(word -> !word.isBlank())
                .toList();
        int kills = KILLS;
        long seed = 1;
        List<String> tools = List.of();
        int files = FILES;
        boolean page = true;
        for (int i = 0; i < words.size(); i++) {
            switch (words.get(i)) {
                case "--kills" -> kills = CommandLine.number(words, ++i, 1);
                case "--seed" -> seed = CommandLine.number(words, ++i, 0);
                case "--files" -> files = CommandLine.number(words, ++i, 10);
                case "--tools" ->
                    tools = List.of(CommandLine.value(words, ++i)
                            .toLowerCase(Locale.ROOT)
                            .split(",", -1));
                case "--no-page" -> page = false;
                default -> throw new IllegalArgumentException("there is no option " + words.get(i));
            }
        }
        return new Options(kills, seed, tools, files, page);
    }

    boolean wants(String title) {
        String name = title.toLowerCase(Locale.ROOT);
        return tools.isEmpty() || tools.stream().anyMatch(name::contains);
    }

    /** Why what comes out is not for the page; empty when it is. */
    Optional<String> whyNoPage() {
        if (!page) {
            return Optional.of("--no-page was given");
        }
        if (kills < KILLS || files < FILES) {
            return Optional.of("fewer kills or files than the page tells of");
        }
        return tools.isEmpty() ? Optional.empty() : Optional.of("not all tools were killed");
    }
}
