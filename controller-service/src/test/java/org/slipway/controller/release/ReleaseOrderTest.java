package org.slipway.controller.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slipway.controller.problem.Problem;
import org.slipway.model.RelativePath;

class ReleaseOrderTest {
    private final ObjectNode document = new ObjectMapper().createObjectNode();

    @Test
    void keepsPathsOnceAndOnlyTheOutermost() {
        assertThat(paths("img/logo.png", "img/", "./index.html", "index.html", "img-old/a", "img/a/b"))
                .extracting(RelativePath::value)
                .containsExactly("img", "index.html", "img-old/a");
    }

    @Test
    void fillsInWhatIsNotSaid() {
        document.putArray("paths").add("a");
        ReleaseOrder order = ReleaseOrder.read(document);
        assertThat(order.author()).isEqualTo("api");
        assertThat(order.note()).isEmpty();
        assertThat(order.date()).isNull();
        assertThat(order.start()).isTrue();
    }

    @Test
    void readsTheDate() {
        document.put("date", "2026-02-28").putArray("paths").add("a");
        assertThat(ReleaseOrder.read(document).date()).isEqualTo(LocalDate.of(2026, 2, 28));
    }

    @Test
    void listsEveryPathThatIsNotSafe() {
        assertThat(errors("ok", "/etc/passwd", "../x", "a//b", ""))
                .extracting(error -> error.split(" ")[0])
                .containsExactly("paths[1]", "paths[2]", "paths[3]", "paths[4]");
    }

    @Test
    void namesEverythingElseThatIsWrong() {
        document.put("date", "2026-02-30")
                .put("start", "yes")
                .put("author", "a\u0000b")
                .put("note", "x".repeat(10_001))
                .put("path", "a");
        assertThat(errors("ok"))
                .containsExactly(
                        "date must be a date such as 2026-01-31",
                        "author has a control character in it; leave it out",
                        "note is longer than 10,000 characters",
                        "start must be true or false, not a text",
                        "path is not known here; known are paths, date, author, note, start");
    }

    @Test
    void refusesTextThatIsNotUnicode() {
        document.put("author", "\ud800");
        assertThat(errors("ok")).containsExactly("author is not valid Unicode");
    }

    @Test
    void wantsAtLeastOnePath() {
        assertThat(errors()).containsExactly("paths must name at least one file or directory of the project directory");
    }

    @Test
    void wantsAtMostTenThousandPaths() {
        String[] many = new String[10_001];
        for (int i = 0; i < many.length; i++) {
            many[i] = "f" + i;
        }
        assertThat(errors(many)).containsExactly("paths may have at most 10,000 paths; name a directory above them");
    }

    @Test
    void namesNoMoreThanAHundredErrors() {
        String[] many = new String[10_000];
        Arrays.fill(many, "/absolute");
        List<String> errors = errors(many);
        assertThat(errors).hasSize(101);
        assertThat(errors.getLast()).isEqualTo("and more; mend these first");
    }

    @Test
    void namesNoMoreThanAHundredUnknownFields() {
        for (int i = 0; i < 10_000; i++) {
            document.put("field" + i, 1);
        }
        assertThat(errors("ok")).hasSize(101);
    }

    @Test
    void readsNothingOfAListThatIsTooLong() {
        String[] many = new String[10_001];
        Arrays.fill(many, "/absolute");
        assertThat(errors(many)).containsExactly("paths may have at most 10,000 paths; name a directory above them");
    }

    @Test
    @Timeout(20)
    void findsNestedPathsAmongTheLongestInTime() {
        String deep = "a/".repeat(RelativePath.MAX_BYTES / 2 - 3);
        String[] many = new String[10_000];
        for (int i = 0; i < many.length; i++) {
            many[i] = deep + i;
        }
        assertThat(paths(many)).hasSize(10_000);
    }

    private List<RelativePath> paths(String... paths) {
        put(paths);
        return ReleaseOrder.read(document).paths();
    }

    private List<String> errors(String... paths) {
        put(paths);
        Problem problem = catchThrowableOfType(Problem.class, () -> ReleaseOrder.read(document));
        assertThat(problem).isNotNull();
        return problem.errors().stream().map(Object::toString).toList();
    }

    private void put(String... paths) {
        ArrayNode array = document.putArray("paths");
        for (String path : paths) {
            array.add(path);
        }
    }
}
