package org.slipway.quickstart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.slipway.model.Names;

/**
 * A user's inventory. Only the name of the project is read here; the text goes to the controller as it is, so that what the
 * controller does not take is refused, with the line in which it stands.
 *
 * @param file where it is
 * @param text all that is in it
 * @param mediaType of the text
 */
record InventoryFile(Path file, String project, String text, String mediaType) {

    static final String YAML = "application/yaml";
    static final String JSON = "application/json";

    /**
     * @throws UserError when it does not name a project, or names it in a way that no project can be named
     */
    static InventoryFile read(Path file) {
        boolean json = file.toString().toLowerCase(Locale.ROOT).endsWith(".json");
        ObjectMapper mapper = json ? new JsonMapper() : new YAMLMapper();
        try {
            String text = Files.readString(file);
            JsonNode document = mapper.readTree(text.getBytes(StandardCharsets.UTF_8));
            if (!document.isObject()) {
                throw new UserError(file + " is no inventory; it holds `project: NAME` and a list `servers:`");
            }
            return new InventoryFile(file, project(file, document.path("project")), text, json ? JSON : YAML);
        } catch (JsonProcessingException broken) {
            throw new UserError(file + " is no " + (json ? "JSON" : "YAML") + ": " + broken.getOriginalMessage()
                    + (broken.getLocation() == null
                            ? ""
                            : " in line " + broken.getLocation().getLineNr()));
        } catch (CharacterCodingException otherEncoding) {
            throw new UserError(file + " is not UTF-8; save it in that encoding");
        } catch (IOException cannot) {
            throw new UserError("cannot read " + file + ": " + cannot.getMessage());
        }
    }

    private static String project(Path file, JsonNode named) {
        if (named.isNumber() || named.isBoolean()) {
            throw new UserError(file + " names the project with " + (named.isNumber() ? "a number" : "true or false")
                    + ", which is no text; put it in quotes, like \"2024\"");
        }
        if (!named.isTextual() || named.asText().isBlank()) {
            throw new UserError(file + " does not name the project; add a line like `project: website` at its top");
        }
        if (!Names.ALLOWED.matcher(named.asText()).matches()) {
            throw new UserError(file + ": the project's name '" + named.asText() + "' " + Names.RULE);
        }
        return named.asText();
    }
}
