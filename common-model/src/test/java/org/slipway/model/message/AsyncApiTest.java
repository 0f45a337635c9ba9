package org.slipway.model.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slipway.document.GeneratedDocument;

/** {@code docs/asyncapi.yaml} names the topics and types of the code, its schemas, and examples that the code can read. */
class AsyncApiTest {

    private static final Path FILE =
            GeneratedDocument.repositoryRoot(Path.of("").toAbsolutePath()).resolve("docs/asyncapi.yaml");

    private final JsonNode document;

    AsyncApiTest() throws Exception {
        document = new YAMLMapper().readTree(Files.readString(FILE));
    }

    private Stream<JsonNode> channels() {
        return document.get("channels").properties().stream().map(Map.Entry::getValue);
    }

    private JsonNode resolved(JsonNode reference) {
        String pointer = reference.get("$ref").textValue();
        assertThat(pointer).startsWith("#/");
        JsonNode target = document.at(pointer.substring(1));
        assertThat(target.isObject()).as(pointer).isTrue();
        return target;
    }

    private JsonNode messageOf(EventType type) {
        JsonNode channel = channels()
                .filter(c -> c.get("address").textValue().equals(type.topic()))
                .findFirst()
                .orElseThrow();
        JsonNode messages = channel.get("messages");
        assertThat(messages).hasSize(1);
        return resolved(messages.iterator().next());
    }

    @Test
    void namesEveryTopicAndNoOther() {
        assertThat(channels().map(channel -> channel.get("address").textValue()))
                .containsExactlyElementsOf(Topics.all());
    }

    @Test
    void namesEveryTypeOfEventAndNoOther() {
        assertThat(document.at("/components/messages").properties().stream()
                        .map(message -> message.getValue().get("name").textValue())
                        .filter(name -> name.startsWith("org.slipway.")))
                .containsExactlyElementsOf(
                        Stream.of(EventType.values()).map(EventType::wireName).toList());
    }

    @Test
    void saysWhoSendsOnEveryTopic() {
        List<JsonNode> told = document.get("operations").properties().stream()
                .map(operation -> resolved(operation.getValue().get("channel")))
                .toList();

        assertThat(told).containsExactlyElementsOf(channels().toList());
    }

    @ParameterizedTest
    @EnumSource
    void aMessageIsTheEnvelopeAroundTheSchemaOfItsType(EventType type) {
        JsonNode message = messageOf(type);
        JsonNode all = message.at("/payload/allOf");

        assertThat(message.get("name").textValue()).isEqualTo(type.wireName());
        assertThat(message.get("contentType").textValue()).isEqualTo("application/cloudevents+json");
        assertThat(all.at("/1/properties/type/const").textValue()).isEqualTo(type.wireName());
        assertThat(all.at("/1/properties/dataschema/const").textValue()).isEqualTo(type.dataSchema());
        assertThat(file(all.at("/0/$ref"))).endsWith(Path.of("resources/schemas/cloud-event.v1.json"));
        assertThat(file(all.at("/1/properties/data/$ref"))).endsWith(Path.of("resources", type.schemaResource()));
    }

    @ParameterizedTest
    @EnumSource
    void anExampleCanBeReadAndSaysWhatTheCodeWouldSay(EventType type) throws Exception {
        JsonNode message = messageOf(type);
        JsonNode payload = message.at("/examples/0/payload");

        Event event = new EventCodec().decode(payload.toString());
        JsonNode written = new YAMLMapper().readTree(new EventCodec().encode(event));

        assertThat(EventType.of(event)).isEqualTo(type);
        assertThat(message.at("/bindings/kafka/key/examples/0").textValue()).isEqualTo(EventCodec.key(event));
        for (String attribute : List.of("source", "type", "subject", "time", "datacontenttype", "dataschema")) {
            assertThat(payload.get(attribute)).as(attribute).isEqualTo(written.get(attribute));
        }
        if (type != EventType.COPY_PROGRESSED) {
            assertThat(payload.get("id")).isEqualTo(written.get("id"));
        }
    }

    private static Path file(JsonNode reference) {
        Path file = FILE.resolveSibling(reference.textValue()).normalize();
        assertThat(file).isRegularFile();
        return file;
    }
}
