package org.slipway.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slipway.controller.problem.ProblemType;
import org.slipway.testing.Settings;

class DocumentationTest {
    private static final Path DOCS = Path.of("..", "docs");

    @Test
    void explainsEveryKindOfProblem() throws IOException {
        List<String> documented = Pattern.compile("^\\| `([a-z-]+)` \\| (\\d+) ", Pattern.MULTILINE)
                .matcher(Files.readString(DOCS.resolve("problems.md")))
                .results()
                .map(row -> "urn:slipway:problem:" + row.group(1) + " " + row.group(2))
                .toList();
        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ProblemType.values())
                        .map(type -> type.uri() + " " + type.status())
                        .toList());
    }

    @Test
    void explainsEverySetting() {
        assertThat(Settings.undocumented("org.slipway.controller")).isEmpty();
    }
}
