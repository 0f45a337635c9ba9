package org.slipway.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.slipway.quickstart.Screen.Colour;

/** Tells what the servers of a project lack, before somebody releases to them. */
final class Checks {
    private final Controller controller;
    private final Screen screen;

    Checks(Controller controller, Screen screen) {
        this.controller = controller;
        this.screen = screen;
    }

    /**
     * Asks for the check of each registered server; none of them keeps the next one from being asked for.
     *
     * @return whether Slipway can work on all of them
     */
    boolean tell(String project) throws IOException {
        screen.line("Can Slipway work on its servers?");
        boolean ok = true;
        for (JsonNode server : controller.project(project).path("servers")) {
            String name = server.path("name").asText();
            try {
                ok &= tell(name, controller.check(project, name));
            } catch (IOException unknown) {
                screen.line(Colour.RED, "✗ " + name + ": " + unknown.getMessage());
                ok = false;
            }
        }
        return ok;
    }

    private boolean tell(String name, JsonNode check) {
        if (check.path("ok").asBoolean()) {
            screen.line("✓ " + name);
            return true;
        }
        for (JsonNode line : check.path("lines")) {
            if (!line.path("ok").asBoolean()) {
                screen.line(
                        Colour.RED, "✗ " + name + ": " + line.path("message").asText());
            }
        }
        return false;
    }
}
