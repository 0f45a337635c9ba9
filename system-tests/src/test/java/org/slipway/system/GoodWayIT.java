package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slipway.embedded.DemoTree;
import org.slipway.embedded.Trees;
import org.slipway.model.ReleaseState;

class GoodWayIT extends SharedSlipway {

    @Test
    void releasesAFileAndADirectoryToEveryServerBehindABackup() throws IOException, GeneralSecurityException {
        Project project = newProject(3);
        Fleet fleet = project.fleet();
        DemoTree.create(fleet.development().tree());

        int release = project.release("index.html", "assets");
        project.await(release, ReleaseState.BETA_COPIED);

        assertThat(Trees.difference(fleet.development().tree(), fleet.beta().tree(), DemoTree.RELEASED))
                .isEmpty();
        assertThat(fleet.chosen().read("index.html")).contains("the page as it was\n");
        assertThat(texts(project.files(release), "path")).contains("index.html", "assets/site.css", "assets/downloads");

        project.promote(release);
        project.await(release, ReleaseState.COMPLETED);

        for (FleetServer server : fleet.business()) {
            assertThat(Trees.difference(fleet.development().tree(), server.tree(), DemoTree.RELEASED))
                    .as(server.name())
                    .isEmpty();
            assertThat(moves(project, release, server)).containsExactly("COPYING", "LOCKED", "IDLE");
        }
        assertThat(texts(project.rollouts(release), "outcome")).containsExactly("done", "done", "done");
        assertThat(project.journal(release)).isEmpty();
        JsonNode backup = project.show(release).get("backup");
        byte[] archive = Files.readAllBytes(fleet.chosen().backupFile());
        assertThat(backup.get("sizeBytes").asLong()).isEqualTo(archive.length);
        assertThat(backup.get("sha256").asText())
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(archive)));
    }

    @Test
    void sendsOnlyWhatChangedSinceTheLastRelease() {
        Project project = newProject(2);
        Fleet fleet = project.fleet();
        DemoTree.create(fleet.development().tree());
        int first = project.releaseEverywhere("index.html", "assets");
        fleet.development().write("assets/site.css", "body { margin: 0 }\n");

        int second = project.releaseEverywhere("index.html", "assets");

        assertThat(second).isEqualTo(first + 1);
        for (FleetServer server : fleet.business()) {
            JsonNode before = project.rollout(first, server);
            JsonNode after = project.rollout(second, server);
            assertThat(after.get("filesSent").asLong()).isEqualTo(1);
            assertThat(after.get("filesUnchanged").asLong())
                    .isEqualTo(before.get("filesSent").asLong()
                            + before.get("filesUnchanged").asLong()
                            - 1);
        }
    }

    @Test
    void takesTenReleasesInARowToEightServers() {
        Project project = newProject(8);
        FleetServer development = project.fleet().development();

        IntStream.rangeClosed(1, 10).forEach(number -> {
            development.write("index.html", "page no. " + number + "\n");
            development.write("news/" + number + ".txt", "news no. " + number + "\n");
            assertThat(project.releaseEverywhere("index.html", "news")).isEqualTo(number);
        });

        assertThat(texts(project.releases(), "state")).hasSize(10).containsOnly("COMPLETED");
        project.fleet().business().forEach(server -> assertThat(server.read("index.html"))
                .contains("page no. 10\n"));
        assertThat(IntStream.rangeClosed(1, 10).boxed().flatMap(number -> project.transitions(number).stream()))
                .filteredOn(moved -> moved.get("to").asText().equals("LOCKED"))
                .extracting(moved -> moved.get("actor").asText())
                .containsOnlyElementsOf(slipway().workers().stream()
                        .map(ServiceProcess::instance)
                        .toList());
    }
}
