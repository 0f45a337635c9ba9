package org.slipway.benchmarks.kills;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slipway.benchmarks.kills.Leftovers.Leftover;
import org.slipway.benchmarks.kills.Standing.Whole;

class WhatIsLeftTest {
    private static final Edition BEFORE = new Edition(1, new TreeMap<>(Map.of("a", "a1", "b", "b1", "c", "c1")));
    private static final Edition RELEASED = new Edition(2, new TreeMap<>(Map.of("a", "a2", "b", "b2", "c", "c2")));

    private static Standing standing(Map<String, String> found) {
        return Standing.of(found, BEFORE, RELEASED);
    }

    @Test
    void tellsOldFromNewAndFromAMixOfBoth() {
        assertThat(standing(BEFORE.hashes()).whole()).isEqualTo(Whole.ALL_OLD);
        assertThat(standing(RELEASED.hashes()).whole()).isEqualTo(Whole.ALL_NEW);
        Standing mixed = standing(Map.of("a", "a2", "b", "b1", "c", "c1"));
        assertThat(mixed).isEqualTo(new Standing(2, 1, List.of()));
        assertThat(mixed.whole()).isEqualTo(Whole.MIXED);
        assertThat(mixed).hasToString("2 old, 1 new");
    }

    @Test
    void neverCallsAServerOldOrNewOnWhichAFileIsNeither() {
        Standing cut = standing(Map.of("a", "a2", "b", "b2", "c", "the first half"));
        Standing gone = standing(Map.of("a", "a1", "b", "b1"));

        assertThat(cut.whole()).isEqualTo(Whole.MIXED);
        assertThat(cut.neither()).containsExactly("c is half-written");
        assertThat(gone.whole()).isEqualTo(Whole.MIXED);
        assertThat(gone.neither()).containsExactly("c is missing");
        assertThat(standing(Map.of()).neither()).hasSize(3);
    }

    @Test
    void takesAFileOfAnotherReleaseOrPathForNeither() {
        assertThat(standing(Map.of("a", "b2", "b", "b0", "c", "c2")).neither())
                .containsExactly("a is half-written", "b is half-written");
    }

    @Test
    void namesTheTopOfWhatIsLeftOver() {
        TreeSet<String> found = new TreeSet<>(List.of(
                "site",
                "site/a",
                "site/.a.X7f3Qz",
                "site/releases",
                "site/releases/7",
                "site/releases/7/a",
                "site/releases/7/b"));
        Set<String> expected = Set.of("site", "site/a", "site/releases");

        assertThat(Leftovers.of(found, expected::contains))
                .containsExactly(new Leftover("site/.a.X7f3Qz", 0), new Leftover("site/releases/7", 2));
        assertThat(Leftovers.of(new TreeSet<>(expected), expected::contains)).isEmpty();
    }

    @Test
    void callsWhatHasANewNameEachTimeByOneName() {
        assertThat(Look.kind("site/app/part-03/.page-0312.html.q3Zx0a"))
                .isEqualTo("site/app/part-*/.page-*.html.XXXXXX");
        assertThat(Look.kind("site/releases/12")).isEqualTo("site/releases/N");
        assertThat(Look.kind(".ansible/tmp/ansible-tmp-1700000000.1-22-333")).isEqualTo(".ansible/tmp/ansible-tmp-*");
        assertThat(Look.kind(".slipway-site/staging/1700000000123")).isEqualTo(".slipway-site/staging/*");
    }

    @Test
    void makesEveryFileAnotherOneInEachRelease(@TempDir Path directory) throws Exception {
        Site site = new Site(250, 1);
        Edition first = site.write(directory, 1);
        Map<String, Long> sizes = sizes(directory, first);
        Edition second = site.write(directory, 2);

        assertThat(second.hashes()).hasSize(251).containsOnlyKeys(first.hashes().keySet());
        second.hashes().forEach((path, hash) -> assertThat(hash)
                .isNotEqualTo(first.hashes().get(path)));
        assertThat(sizes(directory, second)).isEqualTo(sizes);
        for (Map.Entry<String, String> file : second.hashes().entrySet()) {
            assertThat(Edition.hash(directory.resolve(file.getKey()))).isEqualTo(file.getValue());
        }
        assertThat(second.hashes()).containsKeys(site.watched().toArray(new String[0]));
        assertThat(site.watched()).hasSize(8);
    }

    private static Map<String, Long> sizes(Path directory, Edition edition) throws Exception {
        Map<String, Long> sizes = new HashMap<>();
        for (String path : edition.hashes().keySet()) {
            sizes.put(path, Files.size(directory.resolve(path)));
        }
        return sizes;
    }

    @Test
    void spreadsKillsOverTheWholeCopyAndRepeatsThemByTheirSeed() {
        List<Kill> schedule = Kill.schedule(6, 1);

        assertThat(Kill.schedule(6, 1)).isEqualTo(schedule);
        assertThat(Kill.schedule(6, 2)).isNotEqualTo(schedule);
        assertThat(schedule).extracting(Kill::number).containsExactly(1, 2, 3, 4, 5, 6);
        List<Kill> inOrder =
                schedule.stream().sorted(Comparator.comparing(Kill::fraction)).toList();
        for (int i = 0; i < 6; i++) {
            assertThat(inOrder.get(i).fraction()).isBetween(0.05 + i * 0.15, 0.05 + (i + 1) * 0.15);
        }
    }

    @Test
    void keepsThePageFromLessThanItTellsOf() {
        assertThat(Options.parse("").whyNoPage()).isEmpty();
        assertThat(Options.parse("--kills 9 --seed 4").whyNoPage()).isEmpty();
        assertThat(Options.parse("--kills 5").whyNoPage()).isPresent();
        assertThat(Options.parse("--tools rsync").whyNoPage()).isPresent();
        assertThat(Options.parse("--files 100").whyNoPage()).isPresent();
        assertThatThrownBy(() -> Options.parse("--kill 3")).hasMessageContaining("no option --kill");
    }
}
