package org.slipway.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.slipway.embedded.Await;
import org.slipway.model.message.Topics;

class GarbageIT extends SharedSlipway {
    private static final Duration LONGEST = Duration.ofSeconds(60);

    @Test
    void putsARecordThatNobodyCanReadAsideAndGoesOn() {
        Project project = newProject(2);
        project.fleet().development().write("index.html", "new\n");
        TopicReader topics = new TopicReader(slipway().kafka());
        List<String> garbage = List.of("no event of " + project, "{\"no event of\": \"" + project + "\"}");

        // The same keys as the release's own records, so that those come behind it in the same partitions.
        send(topics, project, garbage);
        project.releaseEverywhere("index.html");

        Await.until(LONGEST, "both records to be dead letters", () -> {
            // Whoever reads reads what comes from then on, and a service that another test killed may not do so yet.
            send(topics, project, garbage);
            return topics.readAll(Topics.DEAD_LETTERS).stream()
                    .map(ConsumerRecord::value)
                    .toList()
                    .containsAll(garbage);
        });
        assertThat(slipway().processes()).allMatch(ServiceProcess::isAlive);
    }

    private static void send(TopicReader topics, Project project, List<String> garbage) {
        topics.send(Topics.RELEASE_TRANSITIONS, project.name(), garbage.getFirst());
        topics.send(Topics.SERVER_TRANSITIONS, project.name() + "/web-1", garbage.getLast());
    }
}
