package org.slipway.benchmarks.transfer;

import static org.slipway.benchmarks.Figures.shown;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slipway.benchmarks.Figures;
import org.slipway.benchmarks.Table;
import org.slipway.benchmarks.transfer.Outcome.Failed;
import org.slipway.benchmarks.transfer.Outcome.Measured;
import org.slipway.benchmarks.transfer.Outcome.OverLimit;
import org.slipway.benchmarks.transfer.SlipwayTool.Mode;
import org.slipway.benchmarks.transfer.Workload.Goal;

/** The tables of one workload. */
record Report(Workload workload, List<Series> series) {

    /** What every run of every tool came to. */
    String times() {
        Table table = new Table(
                "tool",
                "runs",
                "median s",
                "min–max s",
                "CPU s, client",
                "CPU s, servers",
                "peak MiB, client",
                "trees equal");
        for (Series one : series) {
            table.row(cells(one));
        }
        return table.toString();
    }

    private static String[] cells(Series one) {
        String title = one.tool().title();
        String runs = Integer.toString(one.measured().size());
        if (one.gaveUp().isPresent()) {
            return new String[] {title, runs, told(one.gaveUp().get()), "", "", "", "", ""};
        }
        Figures seconds = one.figures(Measured::seconds);
        return new String[] {
            title,
            runs,
            shown(seconds.median(), 2),
            shown(seconds.smallest(), 2) + "–" + shown(seconds.largest(), 2),
            shown(one.figures(Measured::clientCpu).median(), 2),
            shown(one.figures(Measured::serverCpu).median(), 2),
            shown(one.figures(run -> run.peakMib()).largest(), 0),
            one.difference() + strange(one)
        };
    }

    private static String told(Outcome outcome) {
        return switch (outcome) {
            case OverLimit(var limit) -> "over " + limit.toSeconds() + " s";
            case Failed(String why) ->
                "failed: " + why.replace('|', '/').lines().findFirst().orElse("");
            case Measured run -> shown(run.seconds(), 2);
        };
    }

    private static String strange(Series one) {
        String strange = one.measured().stream()
                .map(Measured::strange)
                .filter(what -> !what.isEmpty())
                .distinct()
                .collect(Collectors.joining(", "));
        return strange.isEmpty() ? "" : ", " + strange;
    }

    /** Slipway divided by each peer, with the goal and whether it is reached; empty where there is nothing to divide. */
    Optional<String> ratios() {
        List<Series> slipways = series.stream()
                .filter(one ->
                        one.tool() instanceof SlipwayTool && !one.measured().isEmpty() && one.goesOn())
                .toList();
        Table table = new Table("Slipway ÷ peer", "peer", "ratio (min–max)", "goal", "reached");
        boolean any = false;
        for (Series slipway : slipways) {
            for (Series other : series) {
                if (other.tool() instanceof Peer peer) {
                    Optional<String[]> row = row(slipway, other, peer);
                    row.ifPresent(table::row);
                    any |= row.isPresent();
                }
            }
        }
        return any ? Optional.of(table.toString()) : Optional.empty();
    }

    private Optional<String[]> row(Series slipway, Series other, Peer peer) {
        Optional<Double> goal = peer.goal()
                .map(column -> unverified(slipway) ? unverified(column) : column)
                .flatMap(column -> Optional.ofNullable(workload.goals().get(column)));
        String least = goal.map(most -> "≤ " + shown(most, 2)).orElse("");
        if (other.gaveUp().orElse(null) instanceof OverLimit(var limit)) {
            double atMost = slipway.figures(Measured::seconds).median() / limit.toSeconds();
            return Optional.of(new String[] {
                slipway.tool().title(),
                peer.title(),
                "< " + shown(atMost, 3),
                least,
                goal.map(most -> atMost <= most ? "yes" : "not known").orElse("")
            });
        }
        if (!other.goesOn() || other.measured().isEmpty()) {
            return Optional.empty();
        }
        Ratio ratio = Ratio.of(slipway.seconds(), other.seconds());
        return Optional.of(new String[] {
            slipway.tool().title(),
            other.difference().contents() == 0 ? peer.title() : peer.title() + " (its copies are not whole)",
            ratio.toString(),
            least,
            goal.map(most -> ratio.value() <= most ? "yes" : "no").orElse("")
        });
    }

    private static boolean unverified(Series slipway) {
        return slipway.tool() instanceof SlipwayTool tool && tool.mode() == Mode.LOCAL_UNVERIFIED;
    }

    /** Where there is a goal of its own for copies without verification. */
    private static Goal unverified(Goal column) {
        return column == Goal.RSYNC_SHARED ? Goal.RSYNC_SHARED_UNVERIFIED : column;
    }

    /** What is wrong with Slipway's own runs: a line each. */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        for (Series one : series) {
            if (one.tool() instanceof SlipwayTool && !one.faultless()) {
                faults.add("%s: %s: %s"
                        .formatted(
                                workload.id(),
                                one.tool().title(),
                                one.gaveUp().map(Report::told).orElseGet(() -> "trees equal: " + one.difference())));
            }
        }
        return faults;
    }
}
