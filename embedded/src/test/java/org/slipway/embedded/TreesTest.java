package org.slipway.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TreesTest {

    private final Path expected;
    private final Path actual;

    TreesTest(@TempDir Path directory) throws Exception {
        expected = directory.resolve("expected");
        actual = directory.resolve("actual");
        DemoTree.create(expected);
        Process copy = new ProcessBuilder("cp", "-a", expected.toString(), actual.toString()).start();
        assertThat(copy.waitFor()).isZero();
    }

    @FunctionalInterface
    interface Change {
        void in(Path tree) throws IOException;
    }

    static Stream<Arguments> changes() {
        Map<String, Change> changes = Map.ofEntries(
                Map.entry(
                        "bin/rebuild-index.sh: file, mode 751",
                        tree -> Files.setPosixFilePermissions(
                                tree.resolve("bin/rebuild-index.sh"), PosixFilePermissions.fromString("rwxr-xr-x"))),
                Map.entry(
                        "assets/downloads: directory, mode",
                        tree -> Files.setPosixFilePermissions(
                                tree.resolve("assets/downloads"), PosixFilePermissions.fromString("rwx------"))),
                Map.entry("assets/downloads: is missing", tree -> Files.delete(tree.resolve("assets/downloads"))),
                Map.entry("assets/.nojekyll: is missing", tree -> Files.delete(tree.resolve("assets/.nojekyll"))),
                Map.entry("extra: is not in", tree -> Files.createFile(tree.resolve("extra"))),
                Map.entry("robots.txt: its content differs", tree -> {
                    FileTime time = Files.getLastModifiedTime(tree.resolve("robots.txt"));
                    Files.writeString(tree.resolve("robots.txt"), "User-agent: *\nAllow: .\n");
                    Files.setLastModifiedTime(tree.resolve("robots.txt"), time);
                }),
                Map.entry(
                        "index.html: file, mode 644",
                        tree -> Files.setLastModifiedTime(
                                tree.resolve("index.html"), FileTime.fromMillis(1_000_000_000_000L))),
                Map.entry("assets/site-latest.css: link to site.css is link to other.css", tree -> {
                    Files.delete(tree.resolve("assets/site-latest.css"));
                    Files.createSymbolicLink(tree.resolve("assets/site-latest.css"), Path.of("other.css"));
                }),
                Map.entry("assets/images/current.png: link to quay.png is file", tree -> {
                    Files.delete(tree.resolve("assets/images/current.png"));
                    Files.copy(tree.resolve("assets/images/quay.png"), tree.resolve("assets/images/current.png"));
                }));
        return changes.entrySet().stream().map(change -> Arguments.of(change.getKey(), change.getValue()));
    }

    @Test
    void findsNothingInACopyThatKeepsEverything() {
        assertThat(Trees.difference(expected, actual)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("changes")
    void findsEachKindOfChange(String line, Change change) throws Exception {
        change.in(actual);
        assertThat(Trees.difference(expected, actual))
                .singleElement()
                .asString()
                .startsWith(line);
    }

    @Test
    void looksOnlyAtTheNamedPaths() throws Exception {
        Files.writeString(actual.resolve("robots.txt"), "changed");
        Files.writeString(actual.resolve("assets/extra"), "");
        assertThat(Trees.difference(expected, actual, List.of("index.html", "about")))
                .isEmpty();
        assertThat(Trees.difference(expected, actual, DemoTree.RELEASED))
                .containsExactly("assets/extra: is not in " + expected);
        assertThat(Trees.difference(expected, actual, List.of("never/there"))).isEmpty();
    }

    @Test
    void demoHasWhatACopyCanGetWrongAndSomethingNewForEachRelease() throws Exception {
        assertThat(expected.resolve("assets/downloads")).isEmptyDirectory();
        assertThat(expected.resolve("assets/.nojekyll")).isEmptyFile();
        assertThat(expected.resolve("assets/images/current.png")).isSymbolicLink();
        assertThat(expected.resolve("bin/rebuild-index.sh")).isExecutable();
        assertThat(expected.resolve("about/münchen – größe.html")).exists();
        assertThat(Files.readAllBytes(expected.resolve("assets/images/quay.png")))
                .startsWith(0x89, 'P', 'N', 'G');

        Files.writeString(expected.resolve("index.html"), "the user's page");
        DemoTree.change(expected, 2);

        assertThat(Trees.difference(/* expected= */ actual, /* actual= */ expected, DemoTree.RELEASED))
                .hasSize(3);
        DemoTree.create(expected);
        assertThat(expected.resolve("index.html")).hasContent("the user's page");
    }
}
