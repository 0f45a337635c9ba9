package org.slipway.quickstart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A user's inventory: what is sent to the controller, and which project it is for.
 *
 * @param inventory YAML, without the line that names the project
 */
record InventoryFile(String project, String inventory) {

    private static final YAMLMapper YAML = new YAMLMapper();

    static InventoryFile read(Path file) {
        try {
            if (YAML.readTree(Files.readString(file)) instanceof ObjectNode document) {
                JsonNode project = document.remove("project");
                if (project == null || !project.isTextual() || project.asText().isBlank()) {
                    throw new UserError(
                            file + " does not name the project; add a line like `project: website` at its top");
                }
                return new InventoryFile(project.asText(), YAML.writeValueAsString(document));
            }
            throw new UserError(file + " is no inventory; it holds `project: NAME` and a list `servers:`");
        } catch (JsonProcessingException broken) {
            throw new UserError(file + " is no YAML: " + broken.getOriginalMessage()
                    + (broken.getLocation() == null
                            ? ""
                            : " in line " + broken.getLocation().getLineNr()));
        } catch (IOException cannot) {
            throw new UserError("cannot read " + file + ": " + cannot.getMessage());
        }
    }
}
