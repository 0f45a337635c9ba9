package org.slipway.system;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slipway.embedded.Await;
import org.slipway.model.message.Topics;

/** Records that nobody can read. Whoever reads the topics puts them aside, so they show that somebody reads. */
final class Garbage {
    /** Less than the 45 s in which Kafka takes a killed consumer for alive. */
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private Garbage() {}

    /** Sends some with the keys of this project's own records, again and again until the readers of both topics put theirs aside. */
    static void untilItIsPutAside(Slipway slipway, Project project, String what) {
        TopicReader topics = new TopicReader(slipway.kafka());
        List<String> garbage = List.of(what + " of " + project, "{\"" + what + "\": \"" + project + "\"}");
        Await.until(LONGEST, "both records to be dead letters", () -> {
            // Who begins to read reads what comes from then on, so what was sent a moment too early is sent again.
            topics.send(Topics.RELEASE_TRANSITIONS, project.name(), garbage.getFirst());
            topics.send(Topics.SERVER_TRANSITIONS, project.name() + "/web-1", garbage.getLast());
            return topics.readAll(Topics.DEAD_LETTERS).stream()
                    .map(ConsumerRecord::value)
                    .toList()
                    .containsAll(garbage);
        });
    }
}
