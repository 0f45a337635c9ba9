package org.slipway.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slipway.document.GeneratedDocument;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files of this module, as they lie there. */
final class DeployFiles {

    static final Path ROOT = GeneratedDocument.repositoryRoot(Path.of("").toAbsolutePath());
    static final Path KUBERNETES = ROOT.resolve("deploy/kubernetes");

    /** What a service is told by its environment, and nothing else. */
    static final Set<String> SETTINGS = Set.of(
            "QUARKUS_DATASOURCE_JDBC_URL",
            "QUARKUS_DATASOURCE_USERNAME",
            "QUARKUS_DATASOURCE_PASSWORD",
            "KAFKA_BOOTSTRAP_SERVERS",
            "QUARKUS_HTTP_PORT",
            "SLIPWAY_SSH_PRIVATE_KEY",
            "SLIPWAY_SSH_KNOWN_HOSTS",
            "SLIPWAY_INSTANCE");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern VERSION =
            Pattern.compile("<artifactId>slipway-parent</artifactId>\\s*<version>([^<-]+)(-SNAPSHOT)?</version>");

    private DeployFiles() {}

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every document of a YAML file, anchors and merges resolved. A key that stands twice is an error. */
    static List<JsonNode> yaml(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        List<JsonNode> documents = new ArrayList<>();
        new Yaml(new SafeConstructor(options)).loadAll(text).forEach(d -> documents.add(JSON.valueToTree(d)));
        return documents;
    }

    static JsonNode compose() {
        return yaml(text(ROOT.resolve("deploy/compose.yaml"))).getFirst();
    }

    static JsonNode kustomization() {
        return yaml(text(KUBERNETES.resolve("kustomization.yaml"))).getFirst();
    }

    static List<String> dockerfile() {
        String joined = text(ROOT.resolve("deploy/Dockerfile")).replaceAll("\\\\\\n\\s*", "");
        return joined.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }

    /** The version of the project, as images are tagged with it. */
    static String version() {
        Matcher version = VERSION.matcher(text(ROOT.resolve("pom.xml")));
        if (!version.find()) {
            throw new AssertionError("the root pom has no version");
        }
        return version.group(1);
    }

    /** Every object of the base. */
    static List<HasMetadata> objects() {
        List<HasMetadata> objects = new ArrayList<>();
        kustomization().get("resources").forEach(file -> objects.addAll(objectsIn(file.textValue())));
        return objects;
    }

    static List<HasMetadata> objectsIn(String file) {
        return yaml(text(KUBERNETES.resolve(file))).stream()
                .map(DeployFiles::typed)
                .toList();
    }

    static <T> List<T> all(Class<T> kind) {
        return objects().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    static HasMetadata typed(JsonNode document) {
        String kind = document.get("apiVersion").textValue() + "/"
                + document.get("kind").textValue();
        Class<? extends HasMetadata> type =
                switch (kind) {
                    case "v1/ConfigMap" -> ConfigMap.class;
                    case "v1/Secret" -> Secret.class;
                    case "v1/Service" -> Service.class;
                    case "apps/v1/Deployment" -> Deployment.class;
                    case "networking.k8s.io/v1/NetworkPolicy" -> NetworkPolicy.class;
                    default -> throw new AssertionError("a kind that nothing here checks: " + kind);
                };
        return JSON.convertValue(document, type);
    }

    static List<String> serviceNames() {
        return Stream.of(org.slipway.model.Service.values())
                .map(org.slipway.model.Service::wireName)
                .toList();
    }

    static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(node -> texts.add(node.asText()));
        return texts;
    }
}
