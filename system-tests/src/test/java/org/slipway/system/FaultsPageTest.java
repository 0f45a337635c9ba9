package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultsPageTest {
    @TempDir
    Path directory;

    @Test
    void tellsOfWhatFailedToo() {
        String page = FaultsPage.page(
                List.of(
                        FaultResults.line(
                                "FaultsIT: a",
                                "kill",
                                "went on",
                                "nothing",
                                "3 s",
                                1.23,
                                true,
                                Set.of(Invariant.OLD_OR_NEW)),
                        FaultResults.line("FaultsIT: b", "drop | pipe", "hung", "nothing", "3 s", 9, false, Set.of())),
                LocalDate.of(2026, 1, 2));

        assertThat(page)
                .contains("this one is of 2026-01-02")
                .contains("1 of 2 passed.")
                .contains("| kill | went on | nothing | 3 s | 1.2 | FaultsIT: a |")
                .contains("| drop \\| pipe | **failed**: hung |")
                .contains("| 8 | who looks all the time")
                .containsPattern("\\| 8 \\|[^\\n]*\\| 1 of these lines \\|");
    }

    @Test
    void isWrittenOnlyOfAWholeRun() throws Exception {
        Files.writeString(
                directory.resolve("FaultsIT.jsonl"),
                FaultResults.line("FaultsIT: a", "kill", "", "", "", 1, true, Set.of()) + "\n");
        Path page = directory.resolve("faults.md");

        assertThatThrownBy(() -> FaultsPage.main(new String[] {directory.toString(), page.toString(), "true"}))
                .hasMessageContaining("SchedulesIT");
        FaultsPage.main(new String[] {directory.toString(), page.toString(), "false"});
        assertThat(page).doesNotExist();
    }
}
