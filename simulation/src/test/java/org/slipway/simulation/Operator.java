package org.slipway.simulation;

import io.quarkus.arc.Arc;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slipway.controller.problem.Problem;
import org.slipway.controller.release.ReleasesResource;
import org.slipway.model.ReleaseState;
import org.slipway.simulation.Checker.Known;
import org.slipway.simulation.Fleet.Project;

/** People with releases to make: they ask the controllers over REST, lose patience, change their minds, and put right what failed. */
final class Operator {
    /** After the faults stop, no state that Slipway moves on by itself lasts longer: a lease, a scan, and the work. */
    private static final Duration LONGEST = Duration.ofSeconds(120);

    private static final int MOST_RETRIES = 6;

    private final World world;
    private final Checker checker;
    private final Faults faults;
    private final List<Process> controllers;
    private int keys;
    private int created;

    Operator(World world, Checker checker, Faults faults, List<Process> controllers) {
        this.world = world;
        this.checker = checker;
        this.faults = faults;
        this.controllers = controllers;
    }

    /** How many releases the controllers said that they made. */
    int created() {
        return created;
    }

    /** Does something or other until the time has come. */
    void fumble(List<Project> projects, long until) {
        while (world.now() < until) {
            task().sleep(world.between(Duration.ofMillis(100), Duration.ofSeconds(5)));
            fumble(world.oneOf(projects));
        }
    }

    private void fumble(Project project) {
        Optional<Known> unfinished = checker.unfinished(project.name());
        if (unfinished.isEmpty() || world.happens(0.05)) {
            List<org.slipway.model.RelativePath> paths = project.somePaths();
            project.write(paths);
            create(project, paths, world.happens(0.9));
            return;
        }
        Known release = unfinished.get();
        String action =
                switch (ReleaseState.valueOf(release.state())) {
                    case CREATED -> usually("start");
                    case BETA_COPIED -> usually("promote");
                    case BETA_COPY_FAILED, PRODUCTION_FAILED -> usually("retry");
                    case BETA_COPYING, PRODUCTION_REQUESTED, PRODUCTION_BACKING_UP, PRODUCTION_COPYING ->
                        world.happens(0.08) ? "cancel" : world.happens(0.05) ? anything() : "";
                    case COMPLETED, CANCELLED -> "";
                };
        if (!action.isEmpty()) {
            act(project, release.name(), action);
        }
    }

    private String usually(String action) {
        return world.happens(0.85) ? action : world.happens(0.5) ? "cancel" : anything();
    }

    private String anything() {
        return world.oneOf(List.of("start", "promote", "retry", "cancel"));
    }

    /** Brings every project's releases to their end, now that nothing goes wrong any more, and then one more release through. */
    void finish(List<Project> projects) {
        for (Project project : projects) {
            finishUnfinished(project);
        }
        for (Project project : projects) {
            project.write(project.paths());
            int number = create(project, project.paths(), true);
            finishUnfinished(project);
            String state =
                    checker.release(project.name(), number).map(Known::state).orElse("nowhere");
            if (!state.equals("COMPLETED")) {
                world.violated("release %d of %s is in %s after everything was put right"
                        .formatted(number, project.name(), state));
            }
        }
    }

    private void finishUnfinished(Project project) {
        int retries = 0;
        for (Optional<Known> next = checker.unfinished(project.name());
                next.isPresent();
                next = checker.unfinished(project.name())) {
            Known release = next.get();
            String state = release.state();
            if (release.cancelRequested()) {
                awaitEndOf(release, project);
                continue;
            }
            switch (ReleaseState.valueOf(state)) {
                case CREATED -> act(project, release.name(), "start");
                case BETA_COPIED -> act(project, release.name(), "promote");
                case BETA_COPY_FAILED, PRODUCTION_FAILED -> {
                    if (++retries > MOST_RETRIES) {
                        world.violated("release %s fails again and again, and nothing is wrong".formatted(release));
                    }
                    act(project, release.name(), "retry");
                }
                case BETA_COPYING, PRODUCTION_REQUESTED, PRODUCTION_BACKING_UP, PRODUCTION_COPYING ->
                    awaitEndOf(release, project);
                case COMPLETED, CANCELLED -> throw new IllegalStateException("finished");
            }
        }
    }

    private void awaitEndOf(Known release, Project project) {
        String state = release.state();
        int number = Integer.parseInt(release.name());
        awaitWithin(
                LONGEST,
                () -> !checker.release(project.name(), number)
                        .map(Known::state)
                        .orElse("")
                        .equals(state),
                "release %s is still in %s %s after the last fault".formatted(release, state, LONGEST));
    }

    void awaitWithin(Duration time, java.util.function.BooleanSupplier condition, String otherwise) {
        task().pause(condition, world.now() + time.toNanos());
        if (!condition.getAsBoolean()) {
            world.violated(otherwise);
            task().pause(() -> false, Long.MAX_VALUE);
        }
    }

    private static Task task() {
        return Objects.requireNonNull(Task.current());
    }

    private int create(Project project, List<org.slipway.model.RelativePath> paths, boolean start) {
        StringBuilder body = new StringBuilder("{\"author\":\"ada\",\"start\":" + start + ",\"paths\":[");
        for (int i = 0; i < paths.size(); i++) {
            body.append(i == 0 ? "\"" : ",\"").append(paths.get(i)).append('"');
        }
        String path = "/api/v1/projects/" + project.name() + "/releases";
        Answer answer = ask("creates a release of " + project.name(), key -> releases()
                .create(project.name(), key, uri(path), stream(body + "]}")));
        if (answer.status() != 201) {
            return 0;
        }
        created++;
        String location = answer.location();
        return Integer.parseInt(location.substring(location.lastIndexOf('/') + 1));
    }

    private void act(Project project, String number, String action) {
        String path = "/api/v1/projects/" + project.name() + "/releases/" + number + "/" + action;
        ask(action + " of release " + project.name() + "/" + number, key -> switch (action) {
            case "start" -> releases().start(project.name(), number, key, HEADERS, uri(path), stream(""));
            case "promote" -> releases().promote(project.name(), number, key, HEADERS, uri(path), stream(""));
            case "retry" -> releases().retry(project.name(), number, key, HEADERS, uri(path), stream(""));
            default -> releases().cancel(project.name(), number, key, HEADERS, uri(path), stream(""));
        });
    }

    private interface Request {
        Response send(String key);
    }

    private record Answer(int status, String location, String told) {}

    /** Asks until there is an answer, always with the same key. */
    private Answer ask(String what, Request request) {
        String key = "key-" + ++keys;
        while (true) {
            Process controller = controllers.get(world.upTo(controllers.size()));
            if (controller.running() && !controller.paused()) {
                Answer answer = ask(controller, key, request);
                if (answer != null) {
                    world.tell("operator", what + ": " + answer.told());
                    return answer;
                }
                world.happened(Fault.REQUEST_LOST, "operator", what + ": no answer from " + controller);
            }
            task().sleep(world.between(Duration.ofMillis(200), Duration.ofSeconds(2)));
        }
    }

    private @Nullable Answer ask(Process controller, String key, Request request) {
        @Nullable Answer[] answer = new Answer[1];
        boolean[] refused = new boolean[1];
        world.start(controller, Thread.ofPlatform().name("request"), () -> {
            try {
                Response response = request.send(key);
                answer[0] = new Answer(
                        response.getStatus(),
                        response.getLocation() == null
                                ? ""
                                : response.getLocation().toString(),
                        Integer.toString(response.getStatus()));
            } catch (Problem problem) {
                answer[0] = new Answer(409, "", problem.type() + " " + problem.detail());
            } catch (RuntimeException trouble) {
                refused[0] = true;
                if (!faults.active()) {
                    world.violated("a request fails, and nothing is wrong: " + trouble);
                }
            }
        });
        task().pause(
                        () -> answer[0] != null || refused[0] || !controller.running(),
                        world.now() + Duration.ofSeconds(8).toNanos());
        return answer[0];
    }

    private static ReleasesResource releases() {
        return Arc.container().instance(ReleasesResource.class).get();
    }

    private static InputStream stream(String body) {
        return new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8));
    }

    private static UriInfo uri(String path) {
        return (UriInfo) Proxy.newProxyInstance(
                Operator.class.getClassLoader(), new Class<?>[] {UriInfo.class}, (self, m, a) -> {
                    if (m.getName().equals("getPath")) {
                        return path;
                    }
                    throw new UnsupportedOperationException(m.getName());
                });
    }

    private static final HttpHeaders HEADERS = (HttpHeaders) Proxy.newProxyInstance(
            Operator.class.getClassLoader(), new Class<?>[] {HttpHeaders.class}, (self, m, a) -> {
                if (m.getName().equals("getMediaType")) {
                    return MediaType.APPLICATION_JSON_TYPE;
                }
                throw new UnsupportedOperationException(m.getName());
            });
}
