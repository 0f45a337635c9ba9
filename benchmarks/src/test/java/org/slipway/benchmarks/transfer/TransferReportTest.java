package org.slipway.benchmarks.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TransferReportTest {

    @Test
    void dividesMediansAndTellsTheEndsOfTheRoundsRatios() {
        Ratio ratio = Ratio.of(List.of(1.0, 2.0, 4.0), List.of(2.0, 2.0, 5.0));

        assertThat(ratio).isEqualTo(new Ratio(1.0, 0.5, 1.0));
        assertThat(ratio).hasToString("1.00 (0.50–1.00)");
    }

    @Test
    void tellsLostContentFromOtherTimesAndModes() {
        Difference difference = Difference.told("""
                .d..t...... ./
                .f..tp..... same content
                .L..t...... link -> there
                >fc.t...... other content
                >f.st...... other size
                >f+++++++++ missing
                cLc.t...... other link -> there
                *deleting   too many
                """);

        assertThat(difference).isEqualTo(new Difference(5, 3));
        assertThat(Difference.told("")).isEqualTo(Difference.NONE);
    }

    @Test
    void choosesWorkloadsByTheirNameOrItsFirstPart() {
        assertThat(Options.parse("b d", "--runs 7").workloads())
                .extracting(Workload::id)
                .containsExactly("b", "d-b", "d-c", "d-big");
        assertThat(Options.parse("").workloads()).isEqualTo(Workload.all());
        assertThatThrownBy(() -> Options.parse("z")).hasMessageContaining("no workload z");
        assertThatThrownBy(() -> Options.parse("--runs")).hasMessageContaining("needs a value");
    }

    @Test
    void keepsThePageFromWhatIsLessThanTheProtocolAsks() {
        assertThat(Options.parse("b").whyNoPage()).isEmpty();
        assertThat(Options.parse("b --runs 4").whyNoPage()).isPresent();
        assertThat(Options.parse("b --tools rsync").whyNoPage()).isPresent();
        assertThat(Options.parse("a --big-mib 64").whyNoPage()).isPresent();
    }

    @Test
    void namesEveryWorkloadOnce() {
        assertThat(Workload.all()).extracting(Workload::id).doesNotHaveDuplicates();
        assertThat(Workload.all()).extracting(Workload::title).doesNotHaveDuplicates();
    }
}
