package org.slipway.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReportTest {

    @Test
    void tellsTheMiddleAndTheEndsOfWhatWasMeasured() {
        Figures odd = Figures.of(List.of(3.0, 1.0, 2.0));
        Figures even = Figures.of(List.of(4.0, 1.0, 2.0, 3.0));
        Figures hundred = Figures.of(
                IntStream.rangeClosed(1, 100).mapToObj(i -> (double) i).toList());

        assertThat(odd.median()).isEqualTo(2.0);
        assertThat(even.median()).isEqualTo(2.5);
        assertThat(even.smallest()).isEqualTo(1.0);
        assertThat(even.largest()).isEqualTo(4.0);
        assertThat(hundred.percentile(99)).isEqualTo(99.0);
        assertThat(odd.percentile(99)).isEqualTo(3.0);
    }

    @Test
    void tellsTheKernelUpToItsPatchLevel() {
        assertThat(Machine.kernel("6.1.0-37-cloud-amd64")).isEqualTo("6.1.0");
        assertThat(Machine.kernel("6.18.44")).isEqualTo("6.18.44");
        assertThat(Machine.kernel("unknown")).isEqualTo("unknown");
    }

    @Test
    void alignsTheColumnsOfATable() {
        Table table = new Table("servers", "s");
        table.row("3", "0.25");

        assertThat(table).hasToString("""
                | servers | s    |
                | ------- | ---- |
                | 3       | 0.25 |
                """);
    }

    @Test
    void replacesItsOwnSectionAndLeavesTheOthers() {
        String page = "# Benchmarks\n\n## Services\n\nold\n\n### Old\n\n## Transfer\n\nkept\n";

        assertThat(BenchmarksPage.with(page, "Services", "new\n"))
                .isEqualTo("# Benchmarks\n\n## Services\n\nnew\n\n## Transfer\n\nkept\n");
        assertThat(BenchmarksPage.with(page, "Transfer", "new"))
                .isEqualTo("# Benchmarks\n\n## Services\n\nold\n\n### Old\n\n## Transfer\n\nnew\n");
        assertThat(BenchmarksPage.with("# Benchmarks\n", "Services", "first"))
                .isEqualTo("# Benchmarks\n\n## Services\n\nfirst\n");
    }
}
