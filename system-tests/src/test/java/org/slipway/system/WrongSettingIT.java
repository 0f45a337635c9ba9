package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slipway.embedded.Await;

class WrongSettingIT extends SharedSlipway {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(90);

    @Test
    void saysInALineWhichSettingIsWrong() {
        List<WrongSetting> saidFirst = List.of(
                new WrongSetting(
                        Application.SERVER_WORKER,
                        "SLIPWAY_SSH_PRIVATE_KEY",
                        "/none",
                        "the private key '/none' (slipway.ssh.private-key) does not exist"),
                new WrongSetting(Application.SERVER_WORKER, "SLIPWAY_LEASE", "1S", "shorter than slipway.lease (PT1S)"),
                new WrongSetting(
                        Application.SERVER_WORKER,
                        "SLIPWAY_CACHE_DIRECTORY",
                        "/dev/null/cache",
                        "(slipway.cache.directory)"),
                new WrongSetting(
                        Application.PROD_COORDINATOR,
                        "SLIPWAY_BACKUP_PARALLEL",
                        "0",
                        "slipway.backup.parallel (0) must be at least 1"),
                new WrongSetting(
                        Application.CONTROLLER,
                        "SLIPWAY_PRESENCE_INTERVAL",
                        "0S",
                        "slipway.presence.interval (PT0S) must be longer than nothing"),
                new WrongSetting(
                        Application.CONTROLLER,
                        "SLIPWAY_HTTP_HOSTS",
                        "https://slipway.example.org",
                        "slipway.http.hosts: 'https://slipway.example.org' is no name of a host"));
        List<WrongSetting> saidBeforeWork = List.of(
                new WrongSetting(
                        Application.SERVER_WORKER,
                        "QUARKUS_DATASOURCE_PASSWORD",
                        "not-it",
                        "The database cannot be used as it is: FATAL: password authentication failed"),
                new WrongSetting(
                        Application.SERVER_WORKER,
                        "SLIPWAY_WORKER_PARALLEL_COPIES",
                        "0",
                        "slipway.worker.parallel-copies (0) must be at least 1"),
                new WrongSetting(
                        Application.BETA_WORKER,
                        "SLIPWAY_BETA_PARALLEL_COPIES",
                        "0",
                        "slipway.beta.parallel-copies (0) must be at least 1"));
        Map<WrongSetting, ServiceProcess> started = new LinkedHashMap<>();
        try {
            Stream.concat(saidFirst.stream(), saidBeforeWork.stream()).forEach(setting -> {
                String name =
                        "wrong-" + setting.variable().toLowerCase(Locale.ROOT).replace('_', '-');
                ServiceProcess service =
                        slipway().another(setting.application(), name, Map.of(setting.variable(), setting.value()));
                started.put(setting, service);
                service.launch();
            });
            started.forEach((setting, service) -> {
                Await.until(LONGEST_WAIT, service + " to have ended", () -> !service.isAlive());
                assertThat(service.exitStatus()).hasValue(1);
                assertThat(service.readLog())
                        .contains(setting.said())
                        .doesNotContain("\tat ", "cannot tell that it lives");
                if (saidFirst.contains(setting)) {
                    assertThat(service.readLog())
                            .as("what began before")
                            .doesNotContain("SRMSG", "flyway", "[org.slipway.");
                }
            });
        } finally {
            started.values().forEach(ServiceProcess::close);
        }
    }

    private record WrongSetting(Application application, String variable, String value, String said) {}
}
