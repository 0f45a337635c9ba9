package org.slipway.benchmarks.kills;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slipway.embedded.EmbeddedKafka;
import org.slipway.embedded.EmbeddedPostgres;
import org.slipway.model.ReleaseState;
import org.slipway.system.Fleet;
import org.slipway.system.FleetServer;
import org.slipway.system.Project;
import org.slipway.system.ServiceProcess;
import org.slipway.system.Slipway;
import org.slipway.testing.Database;

/** Slipway as it runs in production: packaged services with default settings, two of each that copies. */
final class SlipwayTool implements Tool {
    static final Duration TAKE_OVER = Duration.ofSeconds(60);

    private static final Duration LONGEST = Duration.ofSeconds(120);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

    /** What stays on a server on purpose: the fence, the three states before, and backups. */
    private static final Pattern KEPT = Pattern.compile(
            "\\.slipway-site(/(fence|lock|staging|trash|replaced|replaced/[0-9]+(/.*)?))?|backups(/site\\.tar\\.gz(\\.[0-9]+)?)?");

    /** Who copies, in which part of a release, and which state ends that part. */
    private enum Role {
        SERVER_WORKER("server-worker", "PRODUCTION_COPYING", "COMPLETED"),
        PROD_COORDINATOR("prod-coordinator", "PRODUCTION_BACKING_UP", "PRODUCTION_COPYING"),
        BETA_WORKER("beta-worker", "BETA_COPYING", "BETA_COPIED");

        private final String service;
        private final String begins;
        private final String ends;

        Role(String service, String begins, String ends) {
            this.service = service;
            this.begins = begins;
            this.ends = ends;
        }
    }

    private final Site site;
    private final EmbeddedPostgres postgres;
    private final EmbeddedKafka kafka;
    private final Slipway slipway;
    private final Project project;
    private final Connection database;
    private final Map<Role, Double> undisturbedSeconds = new EnumMap<>(Role.class);
    private @Nullable Course course;

    SlipwayTool(Site site, Path directory, int servers) throws SQLException {
        this.site = site;
        postgres = EmbeddedPostgres.start(directory.resolve("postgres"));
        kafka = EmbeddedKafka.start(directory.resolve("kafka"));
        postgres.createDatabase("slipway");
        Database settings = new Database(postgres.jdbcUrl("slipway"), postgres.user(), postgres.password());
        slipway = Slipway.start(new Slipway.Replicas(2, 2, 2), settings, kafka.bootstrapServers(), Map.of());
        project = slipway.newProject(servers, FleetServer.Kind.OPENSSH_WITH_HOME);
        database = DriverManager.getConnection(settings.jdbcUrl(), settings.user(), settings.password());
    }

    /** A release on its way, with the client that asked for it and promotes it when beta has it. */
    private final class Course {
        private final long began = System.nanoTime();
        private final int number = project.release(Site.NAME);
        private final CompletableFuture<Double> ended = new CompletableFuture<>();

        void begin() {
            Thread.ofPlatform().daemon().name("release-" + number).start(() -> {
                try {
                    project.await(number, ReleaseState.BETA_COPIED);
                    project.promote(number);
                    project.await(number, ReleaseState.COMPLETED);
                    ended.complete((System.nanoTime() - began) / 1e9);
                } catch (RuntimeException failed) {
                    ended.completeExceptionally(failed);
                }
            });
        }

        double awaitEnd() throws InterruptedException, ExecutionException, TimeoutException {
            return ended.get(LONGEST.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private Course begin() {
        Course begun = new Course();
        begun.begin();
        course = begun;
        return begun;
    }

    @Override
    public String title() {
        return "Slipway";
    }

    @Override
    public String described() {
        return "default settings (lease 15 s); two beta-workers, two prod-coordinators and two server-workers, and what was killed"
                + " is not started again before the next kill. A client asks for the release, and promotes it when beta has it";
    }

    @Override
    public String victims() {
        return "in turns the server-worker that holds a server, the prod-coordinator that takes the backup and the beta-worker that copies,"
                + " each at a fraction of its own part of a release";
    }

    @Override
    public Site site() {
        return site;
    }

    @Override
    public Fleet fleet() {
        return project.fleet();
    }

    @Override
    public Path source() {
        return fleet().development().tree();
    }

    @Override
    public List<FleetServer> places() {
        return Stream.concat(Stream.of(fleet().beta()), fleet().business().stream())
                .toList();
    }

    @Override
    public boolean keeps(FleetServer server, String path) {
        return KEPT.matcher(path).matches();
    }

    @Override
    public double release() throws Exception {
        Course begun = begin();
        double seconds = begun.awaitEnd();
        Map<String, Instant> first = new LinkedHashMap<>();
        for (JsonNode moved : project.transitions(begun.number)) {
            if (!moved.has("server")) {
                first.putIfAbsent(
                        moved.get("to").asText(), Instant.parse(moved.get("at").asText()));
            }
        }
        for (Role role : Role.values()) {
            Duration took = Duration.between(at(first, role.begins), at(first, role.ends));
            undisturbedSeconds.put(role, took.toNanos() / 1e9);
        }
        return seconds;
    }

    private static Instant at(Map<String, Instant> first, String state) {
        Instant at = first.get(state);
        if (at == null) {
            throw new IllegalStateException("no release came to " + state);
        }
        return at;
    }

    /** How long each part takes undisturbed, for the page. */
    String parts() {
        List<String> parts = new ArrayList<>();
        undisturbedSeconds.forEach((role, seconds) -> parts.add("%s %.1f s".formatted(role.service, seconds)));
        return String.join(", ", parts);
    }

    @Override
    public Strike strike(Kill kill, double fraction) throws Exception {
        Role role = Role.values()[(kill.number() - 1) % Role.values().length];
        Course begun = begin();
        while (holder(role).isEmpty() && !begun.ended.isDone()) {
            Thread.sleep(BETWEEN_LOOKS);
        }
        Thread.sleep(Duration.ofNanos(Math.round(fraction * undisturbedSeconds.getOrDefault(role, 0.0) * 1e9)));
        Optional<Holder> holder = holder(role);
        double seconds = (System.nanoTime() - begun.began) / 1e9;
        if (holder.isEmpty()) {
            begun.awaitEnd();
            return new Strike(false, role.service, seconds);
        }
        ServiceProcess victim = slipway.named(holder.get().instance());
        victim.kill();
        return new Strike(!hasEnded(begun, role, holder.get()), role.service, seconds);
    }

    /**
     * Who holds the lease of what is being copied.
     *
     * @param what the server, or {@code ""} for the release
     */
    private record Holder(String instance, String what) {}

    private Optional<Holder> holder(Role role) throws SQLException {
        String query = role == Role.SERVER_WORKER
                ? "select lease_owner, name from server where state = 'LOCKED' and lease_owner is not null order by position"
                : "select lease_owner, '' from release where state = '" + role.begins + "' and lease_owner is not null";
        try (Statement statement = database.createStatement();
                ResultSet found = statement.executeQuery(query)) {
            return found.next() ? Optional.of(new Holder(found.getString(1), found.getString(2))) : Optional.empty();
        }
    }

    /** Whether the one that was killed had come to the end of it all the same: then the kill was too late. */
    private boolean hasEnded(Course begun, Role role, Holder holder) throws Exception {
        boolean did = project.transitions(begun.number).stream()
                .filter(moved -> moved.get("actor").asText().equals(holder.instance()))
                .filter(moved -> moved.path("server").asText().equals(holder.what()))
                .anyMatch(moved -> role == Role.SERVER_WORKER
                        ? moved.get("to").asText().equals("IDLE")
                        : moved.get("to").asText().equals(role.ends));
        if (did) {
            begun.awaitEnd();
        }
        return did;
    }

    @Override
    public void awaitTakeOver() {
        if (course != null) {
            try {
                course.ended.get(TAKE_OVER.toSeconds(), TimeUnit.SECONDS);
            } catch (TimeoutException | ExecutionException notCompleted) {
                // what is left tells it
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public Again again() throws Exception {
        try {
            return new Again("", List.of(), begin().awaitEnd());
        } catch (RuntimeException | ExecutionException refused) {
            Course unfinished = course;
            if (unfinished == null) {
                throw refused;
            }
            long began = System.nanoTime();
            project.retry(unfinished.number);
            project.await(unfinished.number, ReleaseState.COMPLETED);
            return new Again(String.valueOf(refused.getMessage()), List.of("retry"), (System.nanoTime() - began) / 1e9);
        }
    }

    @Override
    public void mend() {
        slipway.mend();
    }

    @Override
    public void close() throws IOException {
        try (postgres;
                kafka;
                slipway) {
            database.close();
        } catch (SQLException gone) {
            throw new IOException(gone);
        }
    }
}
