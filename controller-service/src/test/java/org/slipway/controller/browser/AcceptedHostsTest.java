package org.slipway.controller.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptedHostsTest {
    private final AcceptedHosts byDefault = new AcceptedHosts(Optional.empty());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:8080",
                "LocalHost:8080",
                "slipway.localhost",
                "127.0.0.1:8080",
                "10.1.2.3",
                "[::1]:8080",
                "[fd00::12]",
                "controller-service",
                "slipway_controller-service_1:8080",
                "controller-service.slipway.svc",
                "controller-service.slipway.svc.cluster.local:80",
                "controller-service.slipway.svc.cluster.local."
            })
    void acceptsWhatNobodyCanHaveLeadHereFromTheInternet(String host) {
        assertThat(byDefault.accept(host)).isTrue();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                ":8080",
                ".",
                "evil.example",
                "evil.example:8080",
                "evil.example.",
                "localhost.evil.example",
                "svc.evil.example",
                "evilsvc.example",
                ".svc",
                "127.0.0.1.evil.example",
                "127.0.0.1.nip.io",
                "localhost@evil.example",
                "evil.example\\.localhost",
                "controller-service.dev"
            })
    void acceptsNoOtherName(String host) {
        assertThat(byDefault.accept(host)).isFalse();
    }

    @Test
    void acceptsTheNamesThatAreListed() {
        AcceptedHosts hosts = new AcceptedHosts(Optional.of(List.of("Slipway.example.org", " *.ops.example.org")));

        assertThat(hosts.accept("slipway.example.org")).isTrue();
        assertThat(hosts.accept("slipway.example.org:8443")).isTrue();
        assertThat(hosts.accept("one.ops.example.org")).isTrue();
        assertThat(hosts.accept("localhost")).isTrue();
        assertThat(hosts.accept("other.example.org")).isFalse();
        assertThat(hosts.accept("ops.example.org")).isFalse();
        assertThat(hosts.accept("xslipway.example.org")).isFalse();
    }

    @Test
    void acceptsEveryNameWhereThatIsWanted() {
        assertThat(new AcceptedHosts(Optional.of(List.of("*"))).accept("evil.example"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://slipway.example.org", "slipway.example.org:8080", "slipway.*", "*.", ""})
    void refusesToListWhatIsNoName(String listed) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> new AcceptedHosts(Optional.of(List.of(listed))))
                .withMessageContaining("slipway.http.hosts");
    }
}
