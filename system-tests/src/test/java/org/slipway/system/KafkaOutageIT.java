package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slipway.embedded.EmbeddedKafka;
import org.slipway.model.ReleaseState;

class KafkaOutageIT extends SystemTest {
    @Test
    void completesAReleaseWithoutKafkaAndTellsOfItOnceKafkaIsBack(@TempDir Path directory) {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory);
                Slipway own = Slipway.start(1, kafka.bootstrapServers(), SHORT_LEASES)) {
            Project project = newProject(own, 2);
            project.fleet().development().write("index.html", "new\n");
            project.fleet().beta().tar().close();
            int release = project.release("index.html");
            project.fleet().beta().tar().awaitArrivals(1);

            kafka.stop();
            project.fleet().beta().tar().open();
            project.await(release, ReleaseState.BETA_COPIED);
            project.promote(release);
            project.await(release, ReleaseState.COMPLETED);
            assertThat(own.processes()).allMatch(ServiceProcess::isReady);
            kafka.restart();

            check(own, project);
        }
    }
}
