package org.slipway.benchmarks.kills;

import static org.slipway.benchmarks.Figures.shown;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slipway.benchmarks.Figures;
import org.slipway.benchmarks.Table;
import org.slipway.benchmarks.kills.Standing.Whole;

/**
 * All kills of one tool, and what is told of them.
 *
 * @param undisturbed how long a release took without a kill, in words
 */
record Series(String title, String described, String victims, String site, String undisturbed, List<Trial> trials) {

    static Table summary(List<Series> all) {
        Table table = new Table(
                "tool",
                "kills",
                "servers left all old",
                "all new",
                "mixed",
                "files neither old nor new",
                "kills with a file seen half-written or missing by a reader, until the run after them had ended",
                "kills with leftovers",
                "completed by itself",
                "needs a person");
        all.forEach(series -> table.row(series.cells()));
        return table;
    }

    private String[] cells() {
        return new String[] {
            title,
            Integer.toString(trials.size()),
            servers(Whole.ALL_OLD),
            servers(Whole.ALL_NEW),
            servers(Whole.MIXED),
            Integer.toString(
                    trials.stream().mapToInt(trial -> trial.left().neither()).sum()),
            count(trial -> !trial.torn().isEmpty()),
            count(trial -> !trial.left().leftovers().isEmpty()),
            of(trial -> trial.left().allNew()),
            person()
        };
    }

    private String servers(Whole whole) {
        return Long.toString(
                trials.stream().mapToLong(trial -> trial.left().count(whole)).sum());
    }

    private String count(Predicate<Trial> which) {
        return Long.toString(trials.stream().filter(which).count());
    }

    private String of(Predicate<Trial> which) {
        return count(which) + " of " + trials.size();
    }

    /** Everything that somebody had to do in at least one of the kills, with how often. */
    private String person() {
        List<List<String>> done = trials.stream().map(Series::done).toList();
        List<String> told = new ArrayList<>();
        done.stream().flatMap(List::stream).distinct().forEach(what -> {
            long times = done.stream().filter(all -> all.contains(what)).count();
            told.add("%s (%d)".formatted(what, times));
        });
        return told.isEmpty() ? "no" : String.join(", ", told);
    }

    private static List<String> done(Trial trial) {
        List<String> done = new ArrayList<>();
        if (!trial.left().allNew()) {
            done.add("run it again");
        }
        done.addAll(trial.again().help());
        if (!trial.after().leftovers().isEmpty()) {
            done.add("remove what is left");
        }
        if (!trial.after().allNew()) {
            done.add("find out why not all is new");
        }
        return done;
    }

    static Table kills(List<Series> all) {
        Table table = new Table(
                "tool",
                "kill",
                "at",
                "what was killed",
                "left on the three servers",
                "leftovers",
                "looked at after s",
                "run again",
                "left after that");
        for (Series series : all) {
            for (Trial trial : series.trials()) {
                table.row(
                        series.title(),
                        Integer.toString(trial.kill().number()),
                        shown(trial.strike().seconds(), 2) + " s",
                        trial.strike().victim(),
                        trial.left().standings().stream()
                                .map(Standing::toString)
                                .collect(Collectors.joining("; ")),
                        leftovers(trial.left()),
                        shown(trial.waitedSeconds(), 0),
                        again(trial),
                        leftovers(trial.after()));
            }
        }
        return table;
    }

    private static String leftovers(Look look) {
        return look.kinds().isEmpty()
                ? "none"
                : look.kinds().stream().map(kind -> "`" + kind + "`").collect(Collectors.joining(", "));
    }

    private static String again(Trial trial) {
        String outcome = trial.after().allNew() ? "all new" : "not all new";
        String took = shown(trial.again().seconds(), 1) + " s, " + outcome;
        return trial.again().help().isEmpty()
                ? took
                : "refused; " + String.join(", ", trial.again().help()) + ": " + took;
    }

    /** What was seen of this tool, as sentences. */
    String paragraph() {
        StringBuilder text = new StringBuilder();
        text.append("**%s**: %s. Site: %s. %s Killed: %s.".formatted(title, described, site, undisturbed, victims));
        int tooLate = trials.stream().mapToInt(Trial::tooLate).sum();
        if (tooLate > 0) {
            text.append(" %s came too late, when the release had ended, and %s repeated at an earlier time."
                    .formatted(kills(tooLate), tooLate == 1 ? "was" : "were"));
        }
        int servers = trials.stream()
                .mapToInt(trial -> trial.left().standings().size())
                .sum();
        text.append(" Of %d servers that were looked at after a kill, %s were all old, %s all new and %s mixed;"
                .formatted(servers, servers(Whole.ALL_OLD), servers(Whole.ALL_NEW), servers(Whole.MIXED)));
        text.append(
                " %s completed by themselves".formatted(of(trial -> trial.left().allNew())));
        List<Double> byItself = trials.stream()
                .filter(trial -> trial.left().allNew())
                .map(Trial::waitedSeconds)
                .toList();
        text.append(byItself.isEmpty() ? "." : ", and were looked at %s after the kill.".formatted(range(byItself, 0)));
        text.append(" From each kill to the end of the run after it ")
                .append(seen(
                        trials.stream().flatMap(trial -> trial.torn().stream()).toList(),
                        trials.stream().mapToDouble(Trial::mixedSeconds).max().orElse(-1)));
        text.append(left());
        text.append(runAgain());
        return text.append("\n").toString();
    }

    private static String kills(int number) {
        return number == 1 ? "One kill" : number + " kills";
    }

    /**
     * What a reader saw, as the rest of a sentence.
     *
     * @param torn what was neither old nor new, once for each server
     * @param mixedSeconds how long old and new files stood side by side; negative where nobody can say
     */
    static String seen(List<String> torn, double mixedSeconds) {
        Map<String, Long> kinds =
                torn.stream().collect(Collectors.groupingBy(Look::kind, TreeMap::new, Collectors.counting()));
        String text = kinds.isEmpty()
                ? "a reader saw no file that was neither old nor new"
                : "a reader saw files that were neither old nor new ("
                        + kinds.entrySet().stream()
                                .map(one -> "`%s` %s".formatted(one.getKey(), times(one.getValue())))
                                .collect(Collectors.joining(", "))
                        + ")";
        return mixedSeconds < 0
                ? text + "."
                : text
                        + ", and old and new files stood side by side on one server for up to %s s."
                                .formatted(shown(mixedSeconds, mixedSeconds < 1 ? 2 : 0));
    }

    private static String times(long number) {
        return number == 1 ? "once" : number + " times";
    }

    private String left() {
        Map<String, Long> left = kinds(trials.stream().map(Trial::left).toList());
        Map<String, Long> after = kinds(trials.stream().map(Trial::after).toList());
        return left.isEmpty() && after.isEmpty()
                ? " Nothing was left over."
                : " Left over before anybody did anything: %s; after it was run again: %s."
                        .formatted(told(left), told(after));
    }

    private static Map<String, Long> kinds(List<Look> looks) {
        return looks.stream()
                .flatMap(look -> look.kinds().stream())
                .collect(Collectors.groupingBy(kind -> kind, TreeMap::new, Collectors.counting()));
    }

    private static String told(Map<String, Long> kinds) {
        return kinds.isEmpty()
                ? "nothing"
                : kinds.entrySet().stream()
                        .map(kind -> "`%s` (%s)"
                                .formatted(kind.getKey(), kills(kind.getValue().intValue())))
                        .collect(Collectors.joining(", "))
                        .replace("(One", "(one");
    }

    private String runAgain() {
        StringBuilder text = new StringBuilder(" Run again, it went through at once in %s and took %s."
                .formatted(
                        of(trial -> trial.again().refusal().isEmpty()),
                        range(
                                trials.stream()
                                        .map(trial -> trial.again().seconds())
                                        .toList(),
                                1)));
        trials.stream()
                .map(trial -> trial.again().refusal())
                .filter(refusal -> !refusal.isEmpty())
                .distinct()
                .forEach(refusal -> text.append(" It refused with “%s”.".formatted(refusal)));
        return text.append(" After that all servers were new in full in %s."
                        .formatted(of(trial -> trial.after().allNew())))
                .toString();
    }

    private static String range(List<Double> seconds, int decimals) {
        Figures figures = Figures.of(seconds);
        String least = shown(figures.smallest(), decimals);
        String most = shown(figures.largest(), decimals);
        return least.equals(most) ? least + " s" : least + " to " + most + " s";
    }
}
