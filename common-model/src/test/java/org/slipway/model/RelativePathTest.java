package org.slipway.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelativePathTest {

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("", "the path '' is empty; name a file or directory inside the project directory"),
                Arguments.of("a\0b", "the path 'a?b' has a NUL character in it"),
                Arguments.of(
                        "a\ud800b", "the path 'a\ud800b' has half a surrogate pair in it, which no file name can hold"),
                Arguments.of(
                        "/etc/passwd",
                        "the path '/etc/passwd' is absolute; write it relative to the project directory"),
                Arguments.of("/", "the path '/' is absolute; write it relative to the project directory"),
                Arguments.of("a//b", "the path 'a//b' has an empty segment; use single slashes and none at the end"),
                Arguments.of("a/", "the path 'a/' has an empty segment; use single slashes and none at the end"),
                Arguments.of(".", "the path '.' has a '.' segment; leave it out"),
                Arguments.of("./a", "the path './a' has a '.' segment; leave it out"),
                Arguments.of("a/./b", "the path 'a/./b' has a '.' segment; leave it out"),
                Arguments.of("..", "the path '..' has a '..' segment; a path never leaves the project directory"),
                Arguments.of(
                        "a/../../b",
                        "the path 'a/../../b' has a '..' segment; a path never leaves the project directory"),
                Arguments.of("a/..", "the path 'a/..' has a '..' segment; a path never leaves the project directory"),
                Arguments.of("ä".repeat(128), "the path '" + "ä".repeat(128) + "' has a segment longer than 255 bytes"),
                Arguments.of(
                        "a/".repeat(1300) + "b", "the path '" + "a/".repeat(100) + "…' is longer than 2600 bytes"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesAnUnsafePathAndSaysWhy(String path, String message) {
        assertThatThrownBy(() -> new RelativePath(path))
                .isInstanceOf(RelativePath.InvalidPathException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "index.html",
                ".htaccess",
                "...",
                "..a/b..",
                "-rf",
                "--checkpoint-action=exec=sh",
                "with space/and 'quotes' \"too\"",
                "new\nline",
                "back\\slash",
                "ünïcödé/日本語/🚢",
                "*?[x]$(y)`z`"
            })
    void acceptsEveryNameThatAFileSystemCanHold(String path) {
        assertThat(new RelativePath(path).value()).isEqualTo(path);
    }

    @Test
    void acceptsTheLongestSegmentAndTheLongestPath() {
        assertThat(new RelativePath("ä".repeat(127) + "b").segments()).hasSize(1);
        assertThat(new RelativePath("a/".repeat(1299) + "bc").segments()).hasSize(1300);
    }

    @Test
    void forgivesWhatPeopleTypeAndNothingMore() {
        assertThat(RelativePath.ofUserInput("./css/")).isEqualTo(new RelativePath("css"));
        assertThat(RelativePath.ofUserInput("././a")).isEqualTo(new RelativePath("a"));
        assertThat(RelativePath.ofUserInput("a/b")).isEqualTo(new RelativePath("a/b"));
        assertThatThrownBy(() -> RelativePath.ofUserInput("css//"))
                .isInstanceOf(RelativePath.InvalidPathException.class);
        assertThatThrownBy(() -> RelativePath.ofUserInput("./")).isInstanceOf(RelativePath.InvalidPathException.class);
        assertThatThrownBy(() -> RelativePath.ofUserInput("/")).isInstanceOf(RelativePath.InvalidPathException.class);
        assertThatThrownBy(() -> RelativePath.ofUserInput(".//etc"))
                .isInstanceOf(RelativePath.InvalidPathException.class);
        assertThatThrownBy(() -> RelativePath.ofUserInput("./../a"))
                .isInstanceOf(RelativePath.InvalidPathException.class);
    }

    @Test
    void knowsItsPlaceInTheTree() {
        RelativePath path = new RelativePath("a/b/c.txt");

        assertThat(path.parent()).contains(new RelativePath("a/b"));
        assertThat(new RelativePath("a").parent()).isEmpty();
        assertThat(path.name()).isEqualTo("c.txt");
        assertThat(new RelativePath("a").name()).isEqualTo("a");
        assertThat(path.segments()).containsExactly("a", "b", "c.txt");
        assertThat(path).hasToString("a/b/c.txt");
    }

    @Test
    void isBelowADirectoryAndNotBelowOneWhoseNameOnlyBeginsAlike() {
        RelativePath directory = new RelativePath("a/b");

        assertThat(directory.isAtOrBelow(directory)).isTrue();
        assertThat(new RelativePath("a/b/c").isAtOrBelow(directory)).isTrue();
        assertThat(new RelativePath("a/bc").isAtOrBelow(directory)).isFalse();
        assertThat(new RelativePath("a").isAtOrBelow(directory)).isFalse();
    }

    @Test
    void aDirectoryComesBeforeWhatIsInIt() {
        assertThat(Stream.of("b", "a/b", "a", "a/b/c").map(RelativePath::new).sorted())
                .extracting(RelativePath::value)
                .containsExactly("a", "a/b", "a/b/c", "b");
    }
}
