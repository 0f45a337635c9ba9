package org.slipway.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SettingTest {
    @Test
    void takesWhatIsGreatEnough() {
        assertThat(Setting.atLeast(1, "slipway.some", 1)).isEqualTo(1);
        assertThat(Setting.atLeast(0L, "slipway.bytes", Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(Setting.positive("slipway.scan", Duration.ofMillis(1))).isEqualTo(Duration.ofMillis(1));
    }

    @Test
    void namesWhatIsTooSmall() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> Setting.atLeast(1, "slipway.some", 0))
                .withMessage("slipway.some (0) must be at least 1");
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> Setting.atLeast(0L, "slipway.bytes", -1L))
                .withMessage("slipway.bytes (-1) must be at least 0");
        for (Duration none : new Duration[] {Duration.ZERO, Duration.ofSeconds(-1), Duration.ofNanos(999_999)}) {
            assertThatExceptionOfType(ConfigurationException.class)
                    .isThrownBy(() -> Setting.positive("slipway.scan", none))
                    .withMessageContaining("slipway.scan")
                    .withMessageContaining("longer than nothing");
        }
    }
}
