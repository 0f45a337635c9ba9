package org.slipway.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.model.Names;

class InventoryFileTest {

    private final Path directory;

    InventoryFileTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private Path file(String name, String text) throws Exception {
        return Files.writeString(directory.resolve(name), text);
    }

    /** Whether an alias, a field that is there twice or a second document will do is for the controller to say. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "project: website # ours\nservers:\n  - name: dev\n    port: 22\n",
                "project: website\nservers: [&dev {name: dev, port: 22}, *dev]\n",
                "project: website\nservers: []\nservers: []\n",
                "project: website\nservers: []\n---\nproject: other\n"
            })
    void handsOnTheFileAsItIs(String text) throws Exception {
        Path file = file("inventory.yaml", text);
        assertThat(InventoryFile.read(file)).isEqualTo(new InventoryFile(file, "website", text, "application/yaml"));
    }

    @Test
    void takesAFileOfThatNameForJson() throws Exception {
        String text = "{\n\t\"project\": \"website\",\n\t\"servers\": []\n}\n";
        Path file = file("inventory.JSON", text);
        assertThat(InventoryFile.read(file)).isEqualTo(new InventoryFile(file, "website", text, "application/json"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "servers: []",
                "project: ''\nservers: []",
                "project:\nservers: []",
                "project: [website]",
                "- a list",
                "",
                "a: [b"
            })
    void refusesAnInventoryThatNamesNoProject(String content) throws Exception {
        Path file = file("inventory.yaml", content);
        assertThatThrownBy(() -> InventoryFile.read(file))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith(file.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"my shop", "shop/eu", "Shop", "..", "shop?by=ada", "größe", "-shop"})
    void refusesANameThatTheControllerWouldNotTake(String name) throws Exception {
        Path file = file("inventory.yaml", "project: \"" + name + "\"\nservers: []\n");
        assertThatThrownBy(() -> InventoryFile.read(file))
                .isInstanceOf(UserError.class)
                .hasMessage(file + ": the project's name '" + name + "' " + Names.RULE);
    }

    @ParameterizedTest
    @CsvSource({"2024, a number", "1.5, a number", "true, true or false"})
    void asksForQuotesAroundWhatIsNoText(String value, String what) throws Exception {
        Path file = file("inventory.yaml", "project: " + value + "\nservers: []\n");
        assertThatThrownBy(() -> InventoryFile.read(file))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("names the project with " + what)
                .hasMessageContaining("put it in quotes");
        assertThat(InventoryFile.read(file("quoted.yaml", "project: '" + value + "'\nservers: []\n"))
                        .project())
                .isEqualTo(value);
    }

    @Test
    void saysThatAFileIsInAnotherEncoding() throws Exception {
        Path file = Files.write(
                directory.resolve("inventory.yaml"), "project: größe\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> InventoryFile.read(file))
                .isInstanceOf(UserError.class)
                .hasMessage(file + " is not UTF-8; save it in that encoding");
    }
}
