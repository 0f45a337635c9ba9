package org.slipway.benchmarks.transfer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.slipway.benchmarks.CommandLine;

/**
 * What to measure.
 *
 * @param workloads in the order of {@link Workload#all()}
 * @param tools parts of names of tools, in lower case; none for all
 * @param runs how many runs count
 * @param warmUps how many runs before them do not
 * @param limit when a run is given up
 * @param bigMib size of the one big file
 * @param servers how many servers get one small file
 * @param page whether docs/benchmarks.md may be written
 */
record Options(
        List<Workload> workloads,
        List<String> tools,
        int runs,
        int warmUps,
        Duration limit,
        int bigMib,
        int servers,
        boolean page) {

    private static final int LEAST_RUNS = 5;
    private static final int BIG_MIB = 1024;
    private static final int SERVERS = 1000;

    static final String USAGE = """
            benchmarks/transfer [WORKLOAD…] [OPTION…]

            A workload is named as below or by the first part of its name: d is all of d-b, d-c and d-big. None means all.

            %s
            --runs N       runs that count (default 5)
            --warm-ups N   runs before them that do not (default 1)
            --limit S      seconds after which a run is given up (default 300)
            --tools A,B    only tools with such a part in their names, as slipway,rsync
            --big-mib N    size of the one big file (default 1024)
            --servers N    servers that get one small file (default 1000)
            --no-page      print only

            docs/benchmarks.md gets a section for each workload, unless fewer runs, tools or smaller sizes were asked for.
            """.formatted(listed());

    private static String listed() {
        return Workload.all().stream()
                .map(workload -> "  %-8s %s%n".formatted(workload.id(), workload.title()))
                .reduce("", String::concat);
    }

    /**
     * @param args words, each of which may hold several with commas or blanks between
     * @throws IllegalArgumentException when one is not known; the message says which
     */
    static Options parse(String... args) {
        List<String> words = Stream.of(args)
                .flatMap(arg -> Stream.of(arg.split("[ \t]+", -1)))
                .filter(word -> !word.isBlank())
                .toList();
        List<String> named = new ArrayList<>();
        List<String> tools = List.of();
        int runs = LEAST_RUNS;
        int warmUps = 1;
        int limit = 300;
        int bigMib = BIG_MIB;
        int servers = SERVERS;
        boolean page = true;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            switch (word) {
                case "--runs" -> runs = CommandLine.number(words, ++i, 1);
                case "--warm-ups" -> warmUps = CommandLine.number(words, ++i, 0);
                case "--limit" -> limit = CommandLine.number(words, ++i, 1);
                case "--big-mib" -> bigMib = CommandLine.number(words, ++i, 1);
                case "--servers" -> servers = CommandLine.number(words, ++i, 1);
                case "--tools" ->
                    tools = List.of(CommandLine.value(words, ++i)
                            .toLowerCase(Locale.ROOT)
                            .split(",", -1));
                case "--no-page" -> page = false;
                default -> {
                    if (word.startsWith("-")) {
                        throw new IllegalArgumentException("there is no option " + word);
                    }
                    named.addAll(List.of(word.split(",", -1)));
                }
            }
        }
        return new Options(chosen(named), tools, runs, warmUps, Duration.ofSeconds(limit), bigMib, servers, page);
    }

    private static List<Workload> chosen(List<String> named) {
        for (String name : named) {
            if (Workload.all().stream().noneMatch(workload -> workload.isCalled(name))) {
                throw new IllegalArgumentException("there is no workload " + name);
            }
        }
        return Workload.all().stream()
                .filter(workload -> named.isEmpty() || named.stream().anyMatch(workload::isCalled))
                .toList();
    }

    boolean wants(Tool tool) {
        String name = tool.title().toLowerCase(Locale.ROOT);
        return tools.isEmpty() || tools.stream().anyMatch(name::contains);
    }

    /** Why what comes out is not for the page; empty when it is. */
    Optional<String> whyNoPage() {
        if (!page) {
            return Optional.of("--no-page was given");
        }
        if (runs < LEAST_RUNS || warmUps < 1) {
            return Optional.of("fewer runs than the protocol asks for");
        }
        if (!tools.isEmpty()) {
            return Optional.of("not all tools were measured");
        }
        return bigMib == BIG_MIB && servers == SERVERS ? Optional.empty() : Optional.of("other sizes were asked for");
    }
}
