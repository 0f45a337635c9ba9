package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.slipway.model.ReleaseState;

class FailureIT extends SharedSlipway {

    @Test
    void namesAllMissingPathsAndLeavesBetaAlone() {
        Project project = newProject(1);
        FleetServer development = project.fleet().development();
        FleetServer beta = project.fleet().beta();
        development.write("index.html", "new\n");
        beta.write("index.html", "the page as it was\n");
        SortedMap<String, String> before = beta.fingerprint();

        int release = project.release("index.html", "prices.html", "terms");
        project.await(release, ReleaseState.BETA_COPY_FAILED);

        List<JsonNode> journal = entries(project, release, "BETA_COPY");
        assertThat(texts(journal, "path")).containsExactlyInAnyOrder("prices.html", "terms");
        assertThat(texts(journal, "server")).containsOnly("dev");
        assertThat(beta.fingerprint()).isEqualTo(before);

        development.write("prices.html", "1 €\n");
        development.write("terms/all.html", "None.\n");
        project.retry(release);
        project.await(release, ReleaseState.BETA_COPIED);
        project.promote(release);
        project.await(release, ReleaseState.COMPLETED);
    }

    @Test
    void triesAgainOnceBetaIsBack() {
        Project project = newProject(1);
        project.fleet().development().write("index.html", "new\n");
        project.fleet().beta().stop();

        int release = project.release("index.html");
        project.await(release, ReleaseState.BETA_COPY_FAILED);

        JsonNode entry = entries(project, release, "BETA_COPY").getFirst();
        assertThat(entry.get("server").asText()).isEqualTo("beta");
        assertThat(entry.get("kind").asText()).isEqualTo("UNREACHABLE");
        assertThat(entry.get("retryHelps").asBoolean()).isTrue();

        project.fleet().beta().start();
        project.retry(release);
        project.await(release, ReleaseState.BETA_COPIED);
        assertThat(project.fleet().beta().read("index.html")).contains("new\n");
        project.promote(release);
        project.await(release, ReleaseState.COMPLETED);
    }

    @Test
    void copiesTheOthersWhenOneServerIsDownAndRetriesOnlyThatOne() {
        Project project = newProject(3);
        Fleet fleet = project.fleet();
        fleet.development().write("index.html", "new\n");
        int release = project.release("index.html");
        project.await(release, ReleaseState.BETA_COPIED);
        fleet.web(2).stop();

        project.promote(release);
        project.await(release, ReleaseState.PRODUCTION_FAILED);

        assertThat(fleet.web(1).read("index.html")).contains("new\n");
        assertThat(fleet.web(2).read("index.html")).contains("the page as it was\n");
        assertThat(fleet.web(3).read("index.html")).contains("new\n");
        assertThat(texts(entries(project, release, "BUSINESS_SERVER"), "server"))
                .containsExactly("web-2");
        assertThat(texts(entries(project, release, "PRODUCTION_COPY"), "server"))
                .containsExactly("web-2");

        fleet.web(2).start();
        project.retry(release);
        project.await(release, ReleaseState.COMPLETED);

        assertThat(fleet.business().stream()
                        .map(server ->
                                project.rollout(release, server).get("attempts").asInt()))
                .containsExactly(1, 2, 1);
    }

    @Test
    void touchesNoServerWhenTheBackupFails() throws IOException {
        Project project = newProject(2);
        Fleet fleet = project.fleet();
        fleet.development().write("index.html", "new\n");
        Map<String, SortedMap<String, String>> before = fingerprints(fleet);
        Files.delete(fleet.chosen().backupDirectory());

        int release = project.release("index.html");
        project.await(release, ReleaseState.BETA_COPIED);
        project.promote(release);
        project.await(release, ReleaseState.PRODUCTION_FAILED);

        assertThat(fingerprints(fleet)).isEqualTo(before);
        assertThat(project.rollouts(release))
                .noneMatch(rollout -> rollout.get("attempts").asInt() > 0);
        JsonNode entry = entries(project, release, "PRODUCTION_COPY").getFirst();
        assertThat(entry.get("server").asText()).isEqualTo("web-1");
        assertThat(entry.get("message").asText())
                .contains("no business server was touched")
                .contains(fleet.chosen().backupDirectory().toString());

        Directories.made(fleet.chosen().backupDirectory());
        project.retry(release);
        project.await(release, ReleaseState.COMPLETED);
        assertThat(fleet.chosen().backupFile()).exists();
    }

    @Test
    void keepsTheBackupWhenARetryFollowsPartialSuccess() throws IOException {
        Project project = newProject(2);
        Fleet fleet = project.fleet();
        fleet.development().write("index.html", "new\n");
        int release = project.release("index.html");
        project.await(release, ReleaseState.BETA_COPIED);
        fleet.web(2).stop();
        project.promote(release);
        project.await(release, ReleaseState.PRODUCTION_FAILED);
        JsonNode backup = project.show(release).get("backup");
        SortedMap<String, String> files = Directories.fingerprint(fleet.chosen().backupDirectory());

        fleet.web(2).start();
        project.retry(release);
        project.await(release, ReleaseState.COMPLETED);

        assertThat(project.show(release).get("backup")).isEqualTo(backup);
        assertThat(Directories.fingerprint(fleet.chosen().backupDirectory())).isEqualTo(files);
    }

    @Test
    void touchesNoServerWhereAnotherMachineIsBetaNow() {
        Project project = newProject(2);
        Fleet fleet = project.fleet();
        fleet.development().write("index.html", "new\n");
        int release = project.release("index.html");
        project.await(release, ReleaseState.BETA_COPIED);
        Map<String, SortedMap<String, String>> before = fingerprints(fleet);
        fleet.beta().replaceMachine();
        project.putInventory();

        project.promote(release);
        project.await(release, ReleaseState.PRODUCTION_FAILED);

        assertThat(fingerprints(fleet)).isEqualTo(before);
        List<JsonNode> journal = entries(project, release, "BUSINESS_SERVER");
        assertThat(texts(journal, "kind")).containsOnly("MANIFEST_MISMATCH");
        assertThat(texts(journal, "message")).allMatch(message -> message.contains("only a new release helps"));

        project.cancel(release);
        project.await(release, ReleaseState.CANCELLED);
        project.releaseEverywhere("index.html");
    }

    @Test
    void refusesAChangedHostKeyWithBothFingerprints() {
        Project project = newProject(2);
        Fleet fleet = project.fleet();
        fleet.development().write("index.html", "new\n");
        int release = project.release("index.html");
        project.await(release, ReleaseState.BETA_COPIED);
        String pinned = fleet.web(2).hostKeyFingerprint();
        fleet.web(2).replaceHostKey();

        project.promote(release);
        project.await(release, ReleaseState.PRODUCTION_FAILED);

        JsonNode entry = entries(project, release, "BUSINESS_SERVER").getFirst();
        assertThat(entry.get("server").asText()).isEqualTo("web-2");
        assertThat(entry.get("kind").asText()).isEqualTo("HOST_KEY_CHANGED");
        assertThat(entry.get("message").asText())
                .contains(pinned)
                .contains(fleet.web(2).hostKeyFingerprint());
        assertThat(entry.get("retryHelps").asBoolean()).isFalse();
        assertThat(fleet.web(2).read("index.html")).contains("the page as it was\n");

        project.putInventory();
        project.retry(release);
        project.await(release, ReleaseState.COMPLETED);
    }

    @Test
    void refusesABetaThatWasEditedAfterTheCopy() {
        Project project = newProject(2);
        Fleet fleet = project.fleet();
        fleet.development().write("index.html", "new\n");
        fleet.development().write("about.html", "about\n");
        int release = project.release("index.html", "about.html");
        project.await(release, ReleaseState.BETA_COPIED);
        fleet.beta().write("about.html", "edited in a hurry\n");

        project.promote(release);
        project.await(release, ReleaseState.PRODUCTION_FAILED);

        List<JsonNode> journal = entries(project, release, "BUSINESS_SERVER");
        assertThat(texts(journal, "path")).containsExactly("about.html", "");
        assertThat(texts(journal, "kind")).containsOnly("MANIFEST_MISMATCH");
        assertThat(texts(journal, "server")).containsExactlyInAnyOrder("web-1", "web-2");
        fleet.business().forEach(server -> assertThat(server.read("index.html")).contains("the page as it was\n"));

        project.cancel(release);
        project.await(release, ReleaseState.CANCELLED);
        project.releaseEverywhere("index.html", "about.html");
    }

    private static Map<String, SortedMap<String, String>> fingerprints(Fleet fleet) {
        return fleet.business().stream().collect(Collectors.toMap(FleetServer::name, FleetServer::fingerprint));
    }
}
