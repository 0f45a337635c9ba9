package org.slipway.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slipway.embedded.Await;
import org.slipway.embedded.DemoTree;
import org.slipway.quickstart.Controller.RefusedException;
import org.slipway.quickstart.Screen.Colour;

/** Takes a release of the demo all the way, over REST like any user, and tells each step. */
final class DemoRelease {

    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
    /** Releases of anybody else are theirs to promote. */
    private static final String AUTHOR = "quickstart";

    private static final Set<String> FINISHED = Set.of("COMPLETED", "CANCELLED");
    private static final Set<String> FAILED = Set.of("BETA_COPY_FAILED", "PRODUCTION_FAILED");

    private final Controller controller;
    private final DemoFleet fleet;
    private final Screen screen;
    private final Set<Long> told = new HashSet<>();

    DemoRelease(Controller controller, DemoFleet fleet, Screen screen) {
        this.controller = controller;
        this.fleet = fleet;
        this.screen = screen;
    }

    /**
     * A release that went all the way.
     *
     * @param isNew whether it was made by this run, out of what development holds now
     */
    record Completed(int number, boolean isNew) {}

    /**
     * Carries on with the release that the last run left unfinished, or makes a new one, and follows it to its end. Makes none while
     * somebody else's is unfinished.
     *
     * @return the release, where it has been completed
     */
    Optional<Completed> run() throws IOException {
        Optional<JsonNode> newest = controller.newestRelease(DemoFleet.PROJECT);
        int release;
        boolean isNew = newest.isEmpty() || FINISHED.contains(text(newest.get(), "state"));
        if (isNew) {
            int next = newest.map(last -> number(last) + 1).orElse(1);
            if (next > 1) {
                DemoTree.change(fleet.developmentSite(), next);
            }
            try {
                release = controller.create(
                        DemoFleet.PROJECT,
                        DemoTree.RELEASED,
                        AUTHOR,
                        next == 1 ? "The new site" : "News of release " + next);
            } catch (RefusedException refused) {
                screen.line(Colour.RED, "No demo release was made: " + refused.getMessage());
                return Optional.empty();
            }
            screen.line("Release " + release + " of " + String.join(" and ", DemoTree.RELEASED) + ":");
        } else {
            String state = text(newest.get(), "state");
            release = number(newest.get());
            if (!text(newest.get(), "author").equals(AUTHOR)) {
                screen.line(
                        Colour.RED,
                        "No demo release was made: release " + release + " of " + text(newest.get(), "author")
                                + " is in " + state + ". Finish or cancel it first.");
                return Optional.empty();
            }
            screen.line("Carrying on with release " + release + ", which the last run left in " + state + ".");
            tellTransitions(release);
            if (FAILED.contains(state) && !retry(release, state)) {
                return Optional.empty();
            }
        }
        try {
            String end = follow(release);
            if (end.equals("COMPLETED")) {
                return Optional.of(new Completed(release, isNew));
            }
            screen.line(Colour.RED, "Release " + release + " ended in " + end + ".");
        } catch (Await.TimedOutException late) {
            screen.line(
                    Colour.RED,
                    "Release " + release + " is in " + controller.state(DemoFleet.PROJECT, release) + " after "
                            + LONGEST.toMinutes() + " minutes, and is not watched any longer.");
        }
        tellJournal(release);
        return Optional.empty();
    }

    private static int number(JsonNode release) {
        return release.path("number").asInt();
    }

    /** Promotes it when beta has it. Returns the state in which somebody has to decide, or none can any more. */
    private String follow(int release) throws IOException {
        return Await.untilPresent(LONGEST, "release " + release + " to be completed", () -> {
            // The state first: what led to it is then among the transitions.
            String state = controller.state(DemoFleet.PROJECT, release);
            tellTransitions(release);
            if (state.equals("BETA_COPIED") && !promote(release)) {
                return Optional.of(state);
            }
            return Optional.of(state).filter(reached -> FINISHED.contains(reached) || FAILED.contains(reached));
        });
    }

    /** Whether it is on its way to production. */
    private boolean promote(int release) throws IOException {
        return ask("promoted", release, "BETA_COPIED", () -> controller.promote(DemoFleet.PROJECT, release));
    }

    /** Whether it is on its way again. */
    private boolean retry(int release, String failed) throws IOException {
        return ask("retried", release, failed, () -> controller.retry(DemoFleet.PROJECT, release));
    }

    private interface Call {
        void send() throws IOException;
    }

    /** Whether the release has left the state. A refusal is told; it is for whoever is at the keyboard to mend. */
    private boolean ask(String what, int release, String state, Call call) throws IOException {
        try {
            call.send();
            return true;
        } catch (RefusedException refused) {
            // Someone at another keyboard may have been faster.
            if (controller.state(DemoFleet.PROJECT, release).equals(state)) {
                screen.line(Colour.RED, "Release " + release + " was not " + what + ": " + refused.getMessage());
                return false;
            }
            return true;
        }
    }

    private void tellTransitions(int release) throws IOException {
        for (JsonNode transition : controller.transitions(DemoFleet.PROJECT, release)) {
            if (told.add(transition.path("id").asLong())) {
                screen.line("  " + describe(transition));
            }
        }
    }

    private String describe(JsonNode transition) {
        String to = text(transition, "to");
        Colour colour =
                switch (to) {
                    case "COMPLETED", "BETA_COPIED" -> Colour.GREEN;
                    case "BETA_COPY_FAILED", "PRODUCTION_FAILED", "ERROR", "CANCELLED" -> Colour.RED;
                    default -> Colour.BOLD;
                };
        String from = text(transition, "from");
        String server = text(transition, "server");
        return screen.in(Colour.DIM, TIME.format(Instant.parse(text(transition, "at"))))
                + "  "
                + (server.isEmpty() ? "" : server + ": ")
                + (from.isEmpty() ? "" : from + " → ")
                + screen.in(colour, to)
                + screen.in(Colour.DIM, "  " + text(transition, "actor") + ": " + text(transition, "reason"));
    }

    private void tellJournal(int release) throws IOException {
        for (JsonNode entry : controller.journal(DemoFleet.PROJECT, release)) {
            screen.line("  "
                    + Stream.of("server", "path", "message")
                            .map(name -> text(entry, name))
                            .filter(text -> !text.isEmpty())
                            .collect(Collectors.joining(": ")));
        }
    }

    /** A field that is absent where there is nothing to say. */
    private static String text(JsonNode node, String name) {
        return node.path(name).asText("");
    }
}
