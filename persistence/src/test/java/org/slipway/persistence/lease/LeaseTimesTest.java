package org.slipway.persistence.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaseTimesTest {

    @Test
    void takesTimesThatLeaveRoomForOneMissedRenewal() {
        LeaseTimes times = new LeaseTimes(Duration.ofSeconds(15), Duration.ofSeconds(5), Duration.ofSeconds(10));

        assertThat(times.lengthSeconds()).isEqualTo(15.0);
        assertThat(times.renewal()).isEqualTo(Duration.ofSeconds(5));
        assertThat(times.selfStop()).isEqualTo(Duration.ofSeconds(10));
    }

    @ParameterizedTest(name = "length {0}, renewal {1}, self-stop {2}")
    @CsvSource({"15,10,10", "15,11,10", "10,5,10", "10,5,11", "15,0,10", "15,-1,10"})
    void refusesTimesByWhichTwoCouldHoldTheSameLease(long length, long renewal, long selfStop) {
        assertThatThrownBy(() -> new LeaseTimes(
                        Duration.ofSeconds(length), Duration.ofSeconds(renewal), Duration.ofSeconds(selfStop)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("slipway.lease.renewal");
    }
}
