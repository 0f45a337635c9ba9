package org.slipway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.slipway.embedded.ServiceJvm;

class SystemdTest {

    @Test
    void runsTheJvmAsItWasMeasured() {
        String unit = DeployFiles.text(DeployFiles.ROOT.resolve("deploy/systemd/slipway@.service"));

        assertThat(unit)
                .contains("\nEnvironment=\"JDK_JAVA_OPTIONS=" + String.join(" ", ServiceJvm.OPTIONS) + "\"\n")
                .contains("\nExecStart=/usr/bin/java -jar ");
        ServiceJvm.ENVIRONMENT.forEach(
                (name, value) -> assertThat(unit).contains("\nEnvironment=" + name + "=" + value + "\n"));
    }
}
