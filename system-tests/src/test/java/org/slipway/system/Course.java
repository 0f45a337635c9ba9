package org.slipway.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slipway.embedded.Await;
import org.slipway.model.ReleaseState;
import org.slipway.system.History.Disturbance;
import org.slipway.system.History.Sample;

/**
 * One release from its beginning to its end, looked at all the time, while something is done to the system: what a person does at the
 * REST interface, who asks again where no answer came, and what is to be held against the invariants.
 */
final class Course implements AutoCloseable {
    private static final List<String> FILES = List.of("index.html", "about.html", "assets/site.css", "media/film.bin");
    private static final String[] PATHS = {"index.html", "about.html", "assets", "media"};
    private static final int FILM_BYTES = 3 << 20;
    private static final Duration ANSWERED = Duration.ofSeconds(120);
    private static final Duration ENDED = Duration.ofSeconds(150);
    private static final Set<ReleaseState> FAILED =
            Set.of(ReleaseState.BETA_COPY_FAILED, ReleaseState.PRODUCTION_FAILED);
    private static final Set<ReleaseState> FINISHED = Set.of(ReleaseState.COMPLETED, ReleaseState.CANCELLED);
    private static final Clock CLOCK = Clock.systemUTC();

    private final FaultLab lab;
    private final FaultLab.Site site;
    private final Project project;
    private final TreeWatch watch;
    private final List<Sample> samples = new CopyOnWriteArrayList<>();
    private final List<Disturbance> disturbances = new CopyOnWriteArrayList<>();
    private final List<String> journals = new ArrayList<>();
    private final Thread sampler;
    private volatile boolean closed;
    private int release;
    private int keys;

    /** Gets everything ready, and writes on the development server what is to be released. */
    Course(FaultLab lab, Random random) {
        this.lab = lab;
        this.site = lab.site();
        this.project = site.project();
        if (site.states().isEmpty()) {
            // A new project begins on servers that all hold the same.
            site.states().add(written(random, lab.fleet().servers().toList()));
        }
        this.watch = TreeWatch.of(
                Stream.concat(Stream.of(lab.fleet().beta()), lab.fleet().business().stream())
                        .toList(),
                FILES);
        site.states().add(written(random, List.of(lab.fleet().development())));
        this.sampler = Thread.ofPlatform().daemon().name("sampler").start(this::sample);
    }

    private static Map<String, String> written(Random random, List<FleetServer> servers) {
        Map<String, String> state = new TreeMap<>();
        for (String file : FILES) {
            byte[] content = new byte[file.equals("media/film.bin") ? FILM_BYTES : 200 + random.nextInt(3000)];
            random.nextBytes(content);
            for (FleetServer server : servers) {
                put(server.tree().resolve(file), content);
            }
            state.put(file, TreeWatch.hash(content));
        }
        return state;
    }

    /** A file that nobody has just written, in place of the one that was there. */
    private static void put(Path file, byte[] content) {
        FaultLab.write(file, content);
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now(CLOCK).minusSeconds(3)));
        } catch (IOException cannot) {
            throw new java.io.UncheckedIOException(cannot);
        }
    }

    Project project() {
        return project;
    }

    int release() {
        return release;
    }

    /** Asks for the release until somebody answers. */
    void create() {
        String key = key();
        release = insist("create", () -> project.post(true, key, PATHS))
                .expecting(201)
                .body()
                .get("number")
                .asInt();
        if (release != site.states().size() - 1) {
            throw new IllegalStateException("release " + release + " is not the next one of " + project);
        }
    }

    Answer act(String action) {
        String key = key();
        return insist(action, () -> project.act(release, action, key));
    }

    private String key() {
        return project + "-" + site.states().size() + "-" + ++keys;
    }

    /** As a person does who gets no answer, or is told that something is away: the same again, under the same key. */
    private static Answer insist(String what, Supplier<Answer> call) {
        return Await.untilPresent(ANSWERED, "an answer to " + what, () -> {
            Answer answer = call.get();
            return answer.status() >= 500 || answer.status() == 409 && isStale(answer)
                    ? Optional.empty()
                    : Optional.of(answer);
        });
    }

    /** Somebody else moved the release between the question and its answer. */
    private static boolean isStale(Answer answer) {
        return answer.body().path("type").asText().endsWith("stale");
    }

    ReleaseState state() {
        return Await.untilPresent(ANSWERED, "the state of the release", () -> Optional.of(project.state(release)));
    }

    /** Returns when it is in one of these states. */
    ReleaseState await(ReleaseState... wanted) {
        return Await.untilPresent(
                ENDED, "release %d of %s to be in %s".formatted(release, project, List.of(wanted)), () -> {
                    ReleaseState state = project.state(release);
                    if (!List.of(wanted).contains(state)) {
                        throw new IOException("it is in " + state);
                    }
                    return Optional.of(state);
                });
    }

    /** Notes that something was done between these times. */
    void disturbed(String what, Optional<String> server, Instant from, Instant until) {
        disturbances.add(new Disturbance(what, server.orElse(null), from, until));
    }

    static Instant now() {
        return Instant.now(CLOCK);
    }

    /** What a person finds in the journals who sees that the release failed. */
    List<String> journals() {
        return journals;
    }

    /**
     * Takes the release to its end as a person does: starts it in production when it is on beta, and where it failed reads why, and
     * tries again or gives up.
     *
     * @param mayActOnFailure whether what was done is over: before, a person only looks
     * @param givesUp whether the next failure is answered with a cancel
     */
    ReleaseState drive(Supplier<Boolean> mayActOnFailure, Supplier<Boolean> givesUp) {
        long deadline = System.nanoTime() + ENDED.toNanos() * 2;
        int retries = 0;
        while (true) {
            ReleaseState state = state();
            if (FINISHED.contains(state)) {
                return state;
            }
            if (state == ReleaseState.BETA_COPIED) {
                act("promote");
            } else if (FAILED.contains(state) && mayActOnFailure.get()) {
                readJournal(state);
                if (givesUp.get() || ++retries > 6) {
                    act("cancel");
                    await(ReleaseState.CANCELLED);
                } else {
                    act("retry");
                }
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("release %d of %s does not end, it is in %s: %s"
                        .formatted(release, project, state, project.transitions(release)));
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    private void readJournal(ReleaseState state) {
        List<JsonNode> entries =
                Await.untilPresent(ANSWERED, "the journal", () -> Optional.of(project.journal(release)));
        if (entries.isEmpty()) {
            throw new IllegalStateException(
                    "release %d of %s is in %s, and no journal says why".formatted(release, project, state));
        }
        noteJournal(entries);
    }

    private void noteJournal(List<JsonNode> entries) {
        entries.forEach(entry -> journals.add("%s %s: %s"
                .formatted(
                        entry.path("server").asText(""),
                        entry.path("kind").asText(),
                        entry.path("message").asText())));
    }

    /** What was seen, done and recorded, once it is over. */
    Evidence evidence() {
        close();
        if (journals.isEmpty()) {
            noteJournal(project.journal(release));
        }
        return new Inspector(lab.slipway())
                .of(
                        project,
                        new Observations(
                                watch.seen(),
                                List.copyOf(samples),
                                List.copyOf(site.states()),
                                List.copyOf(disturbances),
                                FaultLab.TIMING));
    }

    private void sample() {
        while (!closed) {
            try (Connection database = lab.database();
                    PreparedStatement select = database.prepareStatement("""
                            select s.name, s.state, r.state as release_state, s.lease_until is not null as leased,
                                s.next_try_at is not null as next_try
                            from server s join project p on p.id = s.project_id join release r on r.id = s.release_id
                            where p.name = ? and s.state <> 'IDLE'
                            """)) {
                select.setString(1, project.name());
                while (!closed) {
                    try (ResultSet rows = select.executeQuery()) {
                        Instant at = now();
                        while (rows.next()) {
                            samples.add(new Sample(
                                    at,
                                    rows.getString("name"),
                                    rows.getString("state"),
                                    rows.getString("release_state"),
                                    rows.getBoolean("leased"),
                                    rows.getBoolean("next_try")));
                        }
                    }
                    LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
                }
            } catch (SQLException away) {
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        watch.close();
        try {
            sampler.join(Duration.ofSeconds(20));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
