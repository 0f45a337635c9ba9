package org.slipway.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServiceIdentityTest {

    @Test
    void isCalledWhatItIsToldToBe() {
        assertThat(new ServiceIdentity("server-worker", Optional.of("worker-7")).instance())
                .isEqualTo("worker-7");
    }

    @Test
    void makesUpANameThatSaysWhereItIs() {
        String host = ServiceIdentity.host().split("\\.", 2)[0];

        assertThat(new ServiceIdentity("server-worker", Optional.empty()).instance())
                .startsWith(
                        "server-worker-" + host + "-" + ProcessHandle.current().pid() + "-")
                .matches(".*-[0-9a-f]{4}");
    }

    @Test
    void makesUpAnotherNameForAProcessWithTheSameHostAndId() {
        Set<String> names = new HashSet<>();
        for (int process = 0; process < 10; process++) {
            names.add(new ServiceIdentity("server-worker", Optional.empty()).instance());
        }

        assertThat(names).hasSizeGreaterThan(1);
    }
}
