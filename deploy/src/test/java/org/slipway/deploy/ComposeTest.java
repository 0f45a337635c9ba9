package org.slipway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ComposeTest {

    /** Of the compose specification, what is used here: anything else is a slip of the pen. */
    private static final Set<String> SERVICE_KEYS = Set.of(
            "image",
            "build",
            "restart",
            "read_only",
            "cap_drop",
            "security_opt",
            "mem_limit",
            "stop_grace_period",
            "tmpfs",
            "depends_on",
            "environment",
            "secrets",
            "ports",
            "deploy",
            "volumes",
            "healthcheck");

    private final JsonNode compose = DeployFiles.compose();

    static List<String> services() {
        return DeployFiles.serviceNames();
    }

    private static Set<String> keys(JsonNode object) {
        Set<String> keys = new HashSet<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    @Test
    void hasEveryServiceAndWhatTheyNeed() {
        Set<String> expected = new HashSet<>(services());
        expected.addAll(List.of("postgres", "kafka"));

        assertThat(keys(compose.get("services"))).isEqualTo(expected);
        assertThat(keys(compose)).containsExactlyInAnyOrder("name", "x-service", "services", "secrets", "volumes");
    }

    @Test
    void noKeyOfAServiceIsMisspelt() {
        for (Map.Entry<String, JsonNode> service : compose.get("services").properties()) {
            assertThat(SERVICE_KEYS).as(service.getKey()).containsAll(keys(service.getValue()));
        }
        for (String with : List.of("postgres", "kafka")) {
            assertThat(keys(compose.at("/services/" + with + "/healthcheck")))
                    .containsExactlyInAnyOrder("test", "interval", "timeout", "retries");
        }
    }

    @ParameterizedTest
    @MethodSource("services")
    void aServiceIsToldEverySettingButItsNameWhichTheImageKnows(String name) {
        Set<String> expected = new HashSet<>(DeployFiles.SETTINGS);
        expected.remove("SLIPWAY_INSTANCE");

        assertThat(keys(compose.at("/services/" + name + "/environment"))).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("services")
    void aServiceIsBuiltFromTheOneDockerfile(String name) {
        JsonNode service = compose.at("/services/" + name);

        assertThat(service.get("image").textValue()).isEqualTo("slipway/" + name + ":" + DeployFiles.version());
        assertThat(service.at("/build/args/SERVICE").textValue()).isEqualTo(name);
        assertThat(DeployFiles.ROOT
                        .resolve("deploy")
                        .resolve(service.at("/build/context").textValue())
                        .normalize())
                .isEqualTo(DeployFiles.ROOT);
        assertThat(Files.exists(
                        DeployFiles.ROOT.resolve(service.at("/build/dockerfile").textValue())))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("services")
    void aServiceWaitsForWhatItNeedsUntilThatIsHealthy(String name) {
        JsonNode needed = compose.at("/services/" + name + "/depends_on");

        assertThat(keys(needed)).containsExactlyInAnyOrder("postgres", "kafka");
        needed.properties().forEach(need -> {
            assertThat(need.getValue().get("condition").textValue()).isEqualTo("service_healthy");
            assertThat(compose.at("/services/" + need.getKey()).has("healthcheck"))
                    .as(need.getKey())
                    .isTrue();
        });
    }

    @ParameterizedTest
    @MethodSource("services")
    void theAddressesLeadToTheServicesOfThisFile(String name) {
        JsonNode settings = compose.at("/services/" + name + "/environment");
        JsonNode postgres = compose.at("/services/postgres/environment");

        assertThat(settings.get("KAFKA_BOOTSTRAP_SERVERS").textValue()).isEqualTo("kafka:9092");
        assertThat(compose.at("/services/kafka/environment/KAFKA_ADVERTISED_LISTENERS")
                        .textValue())
                .isEqualTo("PLAINTEXT://kafka:9092");
        assertThat(settings.get("QUARKUS_DATASOURCE_JDBC_URL").textValue())
                .isEqualTo("jdbc:postgresql://postgres:5432/"
                        + postgres.get("POSTGRES_DB").textValue());
        assertThat(settings.get("QUARKUS_DATASOURCE_USERNAME")).isEqualTo(postgres.get("POSTGRES_USER"));
        assertThat(settings.get("QUARKUS_DATASOURCE_PASSWORD")).isEqualTo(postgres.get("POSTGRES_PASSWORD"));
    }

    @ParameterizedTest
    @MethodSource("services")
    void theSshFilesAreSecretsThatAreHandedIn(String name) {
        JsonNode service = compose.at("/services/" + name);
        List<String> handedIn = DeployFiles.texts(service.get("secrets"));

        assertThat(keys(compose.get("secrets"))).containsExactlyInAnyOrderElementsOf(handedIn);
        assertThat(handedIn)
                .extracting(secret -> "/run/secrets/" + secret)
                .containsExactlyInAnyOrder(
                        service.at("/environment/SLIPWAY_SSH_PRIVATE_KEY").textValue(),
                        service.at("/environment/SLIPWAY_SSH_KNOWN_HOSTS").textValue());
    }

    @Test
    void everyNamedVolumeIsDeclared() {
        Set<String> used = new HashSet<>();
        for (JsonNode service : compose.get("services")) {
            if (service.has("volumes")) {
                DeployFiles.texts(service.get("volumes")).stream()
                        .filter(volume -> volume.contains(":"))
                        .forEach(volume -> used.add(volume.substring(0, volume.indexOf(':'))));
            }
        }

        assertThat(used).isEqualTo(keys(compose.get("volumes")));
    }

    @Test
    void nothingIsPublishedBeyondThisMachine() {
        for (Map.Entry<String, JsonNode> service : compose.get("services").properties()) {
            if (service.getValue().has("ports")) {
                assertThat(DeployFiles.texts(service.getValue().get("ports")))
                        .as(service.getKey())
                        .allMatch(port -> port.startsWith("127.0.0.1:"));
            }
        }
        assertThat(DeployFiles.texts(compose.at("/services/controller-service/ports")))
                .containsExactly("127.0.0.1:8080:"
                        + compose.at("/services/controller-service/environment/QUARKUS_HTTP_PORT")
                                .asText());
    }

    @Test
    void noSecretStandsInTheFile() {
        assertThat(compose.at("/services/postgres/environment/POSTGRES_PASSWORD")
                        .textValue())
                .matches(Pattern.compile("\\$\\{SLIPWAY_DATABASE_PASSWORD:\\?.+}"));
    }
}
