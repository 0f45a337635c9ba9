package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slipway.model.ReleaseState;

class OrderIT extends SharedSlipway {

    @Test
    void refusesASecondUnfinishedReleaseAndNamesTheFirst() {
        Project project = newProject(1);
        project.fleet().development().write("index.html", "new\n");
        int first = project.release("index.html");
        project.await(first, ReleaseState.BETA_COPIED);

        JsonNode problem = project.post("index.html").expecting(409).body();

        assertThat(problem.get("type").asText()).isEqualTo("urn:slipway:problem:unfinished-release");
        assertThat(problem.get("unfinishedRelease").get("number").asInt()).isEqualTo(first);
        assertThat(problem.get("unfinishedRelease").get("actions"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrder("promote", "cancel");
        project.promote(first);
        project.await(first, ReleaseState.COMPLETED);
        project.releaseEverywhere("index.html");
    }

    @Test
    void makesOneReleaseOfAHundredRequestsThatRace() {
        Project project = newProject(1);
        project.fleet().development().write("index.html", "new\n");

        List<CompletableFuture<Answer>> racing = Stream.generate(() -> project.postAsync("index.html"))
                .limit(100)
                .toList();
        List<Answer> answers = racing.stream().map(CompletableFuture::join).toList();

        List<Answer> made =
                answers.stream().filter(answer -> answer.status() == 201).toList();
        assertThat(made).hasSize(1);
        int number = made.getFirst().body().get("number").asInt();
        assertThat(answers.stream().filter(answer -> answer.status() != 201)).allSatisfy(answer -> {
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.body().get("unfinishedRelease").get("number").asInt())
                    .isEqualTo(number);
        });
        assertThat(project.releases()).hasSize(1);
        project.await(number, ReleaseState.BETA_COPIED);
        project.promote(number);
        project.await(number, ReleaseState.COMPLETED);
    }

    @Test
    void answersARepeatedRequestAsItDidTheFirstTime() {
        Project project = newProject(1);
        project.fleet().development().write("index.html", "new\n");
        Answer first = project.post(true, "key-1", "index.html").expecting(201);
        int release = first.body().get("number").asInt();
        project.await(release, ReleaseState.BETA_COPIED);
        project.promote(release);
        project.await(release, ReleaseState.COMPLETED);

        Answer again = project.post(true, "key-1", "index.html");

        assertThat(again).isEqualTo(first);
        assertThat(project.releases()).hasSize(1);
        assertThat(project.post(true, "key-1", "other.html").status()).isEqualTo(422);
    }
}
