package org.slipway.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HostAddressTest {

    private static HostAddress address(
            String name, String host, int port, String user, String project, @Nullable String work) {
        return new HostAddress(name, host, port, user, List.of(), project, work);
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("", "h", 22, "u", "/srv/www", null, "server name is empty"),
                Arguments.of(
                        "web 1",
                        "h",
                        22,
                        "u",
                        "/srv/www",
                        null,
                        "server name has white space or a control character in it"),
                Arguments.of(
                        "web\u202e1",
                        "h",
                        22,
                        "u",
                        "/srv/www",
                        null,
                        "server name has white space or a control character in it"),
                Arguments.of("a/b", "h", 22, "u", "/srv/www", null, "server name 'a/b' has a slash in it"),
                Arguments.of("web1", "", 22, "u", "/srv/www", null, "host is empty"),
                Arguments.of(
                        "web1",
                        "-oProxyCommand=x",
                        22,
                        "u",
                        "/srv/www",
                        null,
                        "host '-oProxyCommand=x' starts with '-' and could be taken for an option"),
                Arguments.of(
                        "web1", "h\n", 22, "u", "/srv/www", null, "host has white space or a control character in it"),
                Arguments.of(
                        "web1",
                        "h\u00a0x",
                        22,
                        "u",
                        "/srv/www",
                        null,
                        "host has white space or a control character in it"),
                Arguments.of("web1", "h", 22, "", "/srv/www", null, "user is empty"),
                Arguments.of(
                        "web1",
                        "h",
                        22,
                        "-l",
                        "/srv/www",
                        null,
                        "user '-l' starts with '-' and could be taken for an option"),
                Arguments.of(
                        "web1", "h", 22, "a\tb", "/srv/www", null, "user has white space or a control character in it"),
                Arguments.of(
                        "web1",
                        "h",
                        22,
                        "a\u007f",
                        "/srv/www",
                        null,
                        "user has white space or a control character in it"),
                Arguments.of("web1", "h", 0, "u", "/srv/www", null, "port 0 is not between 1 and 65535"),
                Arguments.of("web1", "h", 65_536, "u", "/srv/www", null, "port 65536 is not between 1 and 65535"),
                Arguments.of(
                        "web1",
                        "h",
                        22,
                        "u",
                        "srv/www",
                        null,
                        "project directory 'srv/www' must be an absolute path without a slash at its end, and not '/'"),
                Arguments.of(
                        "web1",
                        "h",
                        22,
                        "u",
                        "",
                        null,
                        "project directory '' must be an absolute path without a slash at its end, and not '/'"),
                Arguments.of(
                        "web1",
                        "h",
                        22,
                        "u",
                        "/",
                        null,
                        "project directory '/' must be an absolute path without a slash at its end, and not '/'"),
                Arguments.of(
                        "web1",
                        "h",
                        22,
                        "u",
                        "/srv/www/",
                        null,
                        "project directory '/srv/www/' must be an absolute path without a slash at its end, and not '/'"),
                Arguments.of(
                        "web1",
                        "h",
                        22,
                        "u",
                        "/srv//www",
                        null,
                        "project directory '/srv//www' has an empty, '.' or '..' segment"),
                Arguments.of(
                        "web1",
                        "h",
                        22,
                        "u",
                        "/srv/./www",
                        null,
                        "project directory '/srv/./www' has an empty, '.' or '..' segment"),
                Arguments.of(
                        "web1",
                        "h",
                        22,
                        "u",
                        "/srv/../etc",
                        null,
                        "project directory '/srv/../etc' has an empty, '.' or '..' segment"),
                Arguments.of(
                        "web1", "h", 22, "u", "/srv/w\nw", null, "project directory has a control character in it"),
                Arguments.of(
                        "web1",
                        "h",
                        22,
                        "u",
                        "/srv/www",
                        "slipway",
                        "work directory 'slipway' must be an absolute path without a slash at its end, and not '/'"),
                Arguments.of(
                        "web1",
                        "h",
                        22,
                        "u",
                        "/srv/www",
                        "/srv/a\u0085b",
                        "work directory has a control character in it"),
                Arguments.of(
                        "web1",
                        "h",
                        22,
                        "u",
                        "/srv/www",
                        "/srv/www",
                        "work directory '/srv/www' lies inside the project directory; put it beside"),
                Arguments.of(
                        "web1",
                        "h",
                        22,
                        "u",
                        "/srv/www",
                        "/srv/www/.slipway",
                        "work directory '/srv/www/.slipway' lies inside the project directory; put it beside"),
                Arguments.of(
                        "web1",
                        "h",
                        22,
                        "u",
                        "/srv/www",
                        "/srv",
                        "work directory '/srv' has the project directory inside it; put it beside"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesWhatCannotBeUsedAndSaysWhy(
            String name, String host, int port, String user, String project, @Nullable String work, String message) {
        assertThatThrownBy(() -> address(name, host, port, user, project, work))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void acceptsNamesAddressesAndDirectoriesAsPeopleHaveThem() {
        assertThat(address("web-1.eu", "2001:db8::1", 65_535, "deploy@corp", "/srv/my site", "/srv/my site-work"))
                .extracting(HostAddress::effectiveWorkDirectory)
                .isEqualTo("/srv/my site-work");
        assertThat(address("café", "web1.example", 1, "u", "/srv/www", "/var/slipway")
                        .port())
                .isEqualTo(1);
    }

    @Test
    void worksBesideTheProjectDirectoryUnlessToldOtherwise() {
        assertThat(address("web1", "h", 22, "u", "/srv/www", null).effectiveWorkDirectory())
                .isEqualTo("/srv/.slipway-www");
        assertThat(address("web1", "h", 22, "u", "/www", null).effectiveWorkDirectory())
                .isEqualTo("/.slipway-www");
    }

    @Test
    void keepsItsHostKeysWhenTheCallersListChanges() {
        List<String> keys = new ArrayList<>(List.of("ssh-ed25519 AAAA"));

        HostAddress address = new HostAddress("web1", "h", 22, "u", keys, "/srv/www", null);
        keys.clear();

        assertThat(address.hostKeys()).containsExactly("ssh-ed25519 AAAA");
    }
}
