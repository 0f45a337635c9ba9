package org.slipway.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FailureTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "failures.md");

    /** What the services write themselves, and what is never written. */
    private static final Map<String, Boolean> OF_SERVICES =
            Map.of("INTERNAL_ERROR", true, "SERVER_FAILED", false, "MACHINE_GONE", false);

    private static final String NEVER_WRITTEN = "STOPPED";

    private static Failure failure(Class<?> type) {
        try {
            Class<?>[] components = Stream.of(type.getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new);
            Object[] values =
                    components.length == 3 ? new Object[] {"web1", "what", List.of()} : new Object[] {"web1", "what"};
            return (Failure) type.getDeclaredConstructor(components).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void everyKindIsExplainedWithWhetherItIsTriedAgain() throws IOException {
        Map<String, Boolean> kinds = Stream.of(Failure.class.getPermittedSubclasses())
                .map(FailureTest::failure)
                .filter(failure -> !failure.kind().equals(NEVER_WRITTEN))
                .collect(Collectors.toMap(Failure::kind, Failure::retryHelps, (one, other) -> one, TreeMap::new));
        kinds.putAll(OF_SERVICES);

        Map<String, Boolean> explained = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| [^|]+ \\| (yes|no) \\| [^|]+ \\|$")
                .matcher(Files.readString(DOCUMENT))
                .results()
                .collect(Collectors.toMap(
                        line -> line.group(1), line -> line.group(2).equals("yes"), (one, other) -> one, TreeMap::new));
        assertThat(explained).isEqualTo(kinds);
    }
}
