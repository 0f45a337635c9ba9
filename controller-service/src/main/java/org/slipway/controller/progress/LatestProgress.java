package org.slipway.controller.progress;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.slipway.model.message.CopyProgressed;
import org.slipway.model.message.EventCodec;
import org.slipway.model.message.UnreadableEventException;

/**
 * How far each copy is, as this replica heard it last. Nothing of it is kept: a replica that has just started knows it again with the
 * next record of each copy, and a copy of which nothing is heard for a minute is forgotten. Whether there is a copy at all, the database
 * says.
 */
@ApplicationScoped
public class LatestProgress {
    static final int MOST_COPIES = 10_000;
    static final Duration STALE = Duration.ofSeconds(60);

    private final Clock clock;
    private final EventCodec codec = new EventCodec();
    /** The copy of which nothing was heard for longest comes first. */
    private final LinkedHashMap<Copy, Course> courses = new LinkedHashMap<>();

    LatestProgress(Clock clock) {
        this.clock = clock;
    }

    private record Copy(String project, int release, int attempt, String server) {}

    /**
     * One record of the topic.
     *
     * @throws UnreadableEventException brings it to the dead-letter topic, and the partition moves on
     */
    @Incoming("copy-progress")
    void hear(String record) throws UnreadableEventException {
        if (codec.decode(record) instanceof CopyProgressed told) {
            hear(told);
        }
    }

    synchronized void hear(CopyProgressed told) {
        Instant now = clock.instant();
        forgetStale(now);
        Copy copy = new Copy(told.project(), told.release(), told.attempt(), told.server());
        Course course = courses.remove(copy);
        if (course == null) {
            course = new Course(told, now);
        } else {
            course.goesOn(told, now);
        }
        courses.put(copy, course);
        if (courses.size() > MOST_COPIES) {
            courses.pollFirstEntry();
        }
    }

    /** How far the copy of a release to a server is in this attempt; empty when nobody has told lately. */
    public synchronized Optional<Progress> of(String project, int release, int attempt, String server) {
        Instant now = clock.instant();
        forgetStale(now);
        return Optional.ofNullable(courses.get(new Copy(project, release, attempt, server)))
                .filter(course -> !isStale(course, now))
                .map(course -> course.progress(now));
    }

    private void forgetStale(Instant now) {
        while (!courses.isEmpty() && isStale(courses.firstEntry().getValue(), now)) {
            courses.pollFirstEntry();
        }
    }

    /** What was heard a minute or more from now in the future was heard before the clock was set back: nobody knows how old it is. */
    private static boolean isStale(Course course, Instant now) {
        return course.silence(now).abs().compareTo(STALE) >= 0;
    }
}
