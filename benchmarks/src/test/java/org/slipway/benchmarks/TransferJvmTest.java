package org.slipway.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.slipway.embedded.ServiceJvm;

/** What copies are measured in is what a worker is started with. */
class TransferJvmTest {

    @Test
    void isThatOfAWorker() throws Exception {
        String pom = Files.readString(Path.of("pom.xml"));
        int begin = pom.indexOf("<id>measure-transfer</id>");
        String execution = pom.substring(begin, pom.indexOf("</execution>", begin));

        assertThat(execution.replaceAll(">\\s+<", "><"))
                .contains(ServiceJvm.OPTIONS.stream()
                        .map(option -> "<argument>" + option + "</argument>")
                        .collect(Collectors.joining()));
        ServiceJvm.ENVIRONMENT.forEach(
                (name, value) -> assertThat(execution).contains("<" + name + ">" + value + "</" + name + ">"));
    }
}
