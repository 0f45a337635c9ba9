package org.slipway.model.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slipway.model.ReleaseState;
import org.slipway.model.ServerState;
import org.slipway.model.Service;

class SchemasTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    static Stream<Arguments> golden() {
        return EventCodecTest.golden();
    }

    private static JsonNode schema(String resource) throws IOException {
        return JSON.readTree(Golden.resource("/" + resource));
    }

    private List<String> complaints(String resource, JsonNode instance) throws IOException {
        Schema schema = registry.getSchema(schema(resource));
        return schema
                .validate(
                        instance,
                        execution -> execution.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream()
                .map(Object::toString)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("golden")
    void everyGoldenFileKeepsToItsSchema(String file, Event event) throws Exception {
        JsonNode golden = JSON.readTree(Golden.text(file));

        assertThat(complaints("schemas/cloud-event.v1.json", golden)).isEmpty();
        assertThat(complaints(EventType.of(event).schemaResource(), golden.get("data")))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("golden")
    void everySchemaRefusesAnEventThatLacksAField(String file, Event event) throws Exception {
        JsonNode golden = JSON.readTree(Golden.text(file));

        for (String resource :
                List.of("schemas/cloud-event.v1.json", EventType.of(event).schemaResource())) {
            JsonNode whole = resource.contains("cloud-event") ? golden : golden.get("data");
            for (String field : names(whole.fieldNames())) {
                ObjectNode lacking = whole.deepCopy();
                lacking.remove(field);
                assertThat(complaints(resource, lacking))
                        .as(resource + " without " + field)
                        .isNotEmpty();
            }
        }
    }

    @Test
    void theSchemaRefusesAnUnknownStateAndATimeThatIsNone() throws Exception {
        ObjectNode data =
                (ObjectNode) JSON.readTree(Golden.text("server-locked")).get("data");

        assertThat(complaints(
                        EventType.SERVER_TRANSITIONED.schemaResource(),
                        data.deepCopy().put("to", "FLYING")))
                .isNotEmpty();
        assertThat(complaints(
                        EventType.SERVER_TRANSITIONED.schemaResource(),
                        data.deepCopy().put("at", "noon")))
                .isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void theSchemaHasEveryComponentOfTheRecordAndNoOther(EventType type) throws Exception {
        JsonNode schema = schema(type.schemaResource());
        List<String> components = Stream.of(type.event().getRecordComponents())
                .map(RecordComponent::getName)
                .toList();

        assertThat(names(schema.get("properties").fieldNames())).containsExactlyElementsOf(components);
        assertThat(texts(schema.get("required"))).containsExactlyElementsOf(components);
        assertThat(schema.get("$id").textValue()).isEqualTo(type.dataSchema());
        assertThat(schema.get("$schema").textValue()).isEqualTo("https://json-schema.org/draft/2020-12/schema");
    }

    @Test
    void theSchemasListEveryStateAndService() throws Exception {
        JsonNode release =
                schema(EventType.RELEASE_TRANSITIONED.schemaResource()).get("properties");
        JsonNode server = schema(EventType.SERVER_TRANSITIONED.schemaResource()).get("properties");

        assertThat(texts(release.at("/to/enum"))).containsExactlyElementsOf(namesOf(ReleaseState.values()));
        assertThat(texts(server.at("/to/enum"))).containsExactlyElementsOf(namesOf(ServerState.values()));
        assertThat(texts(release.at("/from/enum"))).containsExactlyElementsOf(orNull(namesOf(ReleaseState.values())));
        assertThat(texts(server.at("/from/enum"))).containsExactlyElementsOf(orNull(namesOf(ServerState.values())));
        for (JsonNode properties : List.of(release, server)) {
            assertThat(texts(properties.at("/service/enum")))
                    .containsExactlyElementsOf(
                            Stream.of(Service.values()).map(Service::wireName).toList());
        }
    }

    @Test
    void everyKindOfEventHasAGoldenFile() {
        Set<Class<?>> golden = Set.copyOf(
                Golden.ALL.values().stream().<Class<?>>map(Event::getClass).toList());

        assertThat(golden).containsExactlyInAnyOrder(Event.class.getPermittedSubclasses());
        assertThat(EventType.values())
                .extracting(EventType::event)
                .containsExactlyInAnyOrderElementsOf(castAll(golden));
    }

    @SuppressWarnings("unchecked")
    private static Collection<Class<? extends Event>> castAll(Set<Class<?>> classes) {
        return (Collection<Class<? extends Event>>) (Collection<?>) classes;
    }

    private static List<String> namesOf(Enum<?>[] constants) {
        return Stream.of(constants).map(Enum::name).toList();
    }

    private static List<String> orNull(List<String> names) {
        List<String> all = new ArrayList<>(names);
        all.add("null");
        return all;
    }

    private static List<String> names(java.util.Iterator<String> fieldNames) {
        List<String> names = new ArrayList<>();
        fieldNames.forEachRemaining(names::add);
        return names;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(node -> texts.add(node.asText()));
        return texts;
    }
}
