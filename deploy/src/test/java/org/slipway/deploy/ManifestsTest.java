package org.slipway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slipway.deploy.DeployFiles.all;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ManifestsTest {

    static Stream<Deployment> deployments() {
        return all(Deployment.class).stream();
    }

    private static Container container(Deployment deployment) {
        List<Container> containers = pod(deployment).getContainers();
        assertThat(containers).hasSize(1);
        return containers.getFirst();
    }

    private static PodSpec pod(Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec();
    }

    private static String name(HasMetadata object) {
        return object.getMetadata().getName();
    }

    private static ConfigMap config(String name) {
        return all(ConfigMap.class).stream()
                .filter(map -> name(map).equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no ConfigMap " + name));
    }

    private static Map<String, Set<String>> expectedSecrets() {
        Map<String, Set<String>> keys = new HashMap<>();
        DeployFiles.objectsIn("secrets.example.yaml")
                .forEach(secret ->
                        keys.put(name(secret), ((Secret) secret).getStringData().keySet()));
        return keys;
    }

    @Test
    void noFieldIsMisspelt() {
        List<HasMetadata> objects = new ArrayList<>(DeployFiles.objects());
        objects.addAll(DeployFiles.objectsIn("secrets.example.yaml"));

        assertThat(objects).isNotEmpty().allSatisfy(object -> assertThat(
                        UnknownFields.in(object.getKind() + " " + name(object), object))
                .isEmpty());
    }

    @Test
    void aMisspeltFieldWouldBeFoundAtAnyDepth() {
        JsonNode misspelt = DeployFiles.yaml("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: d, lables: {}}
                spec:
                  replicas: 1
                  template:
                    spec:
                      terminationGraceSeconds: 1
                      containers:
                        - name: c
                          readinessProbe: {httpGet: {path: /, prot: http}}
                          env: [{name: A, valueForm: {}}]
                """).getFirst();

        assertThat(UnknownFields.in("d", DeployFiles.typed(misspelt)))
                .containsExactlyInAnyOrder(
                        "d.metadata.lables",
                        "d.spec.template.spec.terminationGraceSeconds",
                        "d.spec.template.spec.containers[0].readinessProbe.httpGet.prot",
                        "d.spec.template.spec.containers[0].env[0].valueForm");
    }

    @Test
    void theKustomizationHasEveryManifestAndNoFieldThatKustomizeDoesNotKnow() throws Exception {
        JsonNode kustomization = DeployFiles.kustomization();
        List<String> files;
        try (var listing = Files.list(DeployFiles.KUBERNETES)) {
            files = listing.map(file -> file.getFileName().toString())
                    .filter(file -> !file.equals("kustomization.yaml") && !file.equals("secrets.example.yaml"))
                    .toList();
        }

        assertThat(DeployFiles.texts(kustomization.get("resources"))).containsExactlyInAnyOrderElementsOf(files);
        assertThat(kustomization.properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder("apiVersion", "kind", "labels", "resources", "images");
        assertThat(kustomization.get("apiVersion").textValue()).isEqualTo("kustomize.config.k8s.io/v1beta1");
        assertThat(kustomization.get("kind").textValue()).isEqualTo("Kustomization");
        assertThat(kustomization.get("labels")).allSatisfy(label -> assertThat(label.properties())
                .extracting(Map.Entry::getKey)
                .containsExactly("pairs"));
        assertThat(kustomization.get("images")).allSatisfy(image -> assertThat(image.properties())
                .extracting(Map.Entry::getKey)
                .containsExactly("name", "newTag"));
    }

    @Test
    void everyServiceIsDeployedAndNothingElse() {
        assertThat(deployments().map(ManifestsTest::name))
                .containsExactlyInAnyOrderElementsOf(DeployFiles.serviceNames());
    }

    @Test
    void noNameIsTakenTwice() {
        assertThat(DeployFiles.objects())
                .extracting(object -> object.getKind() + "/" + name(object))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void aServiceIsToldEverySettingOnceAndNoOther(Deployment deployment) {
        List<String> told = new ArrayList<>();
        container(deployment)
                .getEnvFrom()
                .forEach(source -> told.addAll(
                        config(source.getConfigMapRef().getName()).getData().keySet()));
        container(deployment).getEnv().forEach(variable -> told.add(variable.getName()));

        assertThat(told).containsExactlyInAnyOrderElementsOf(DeployFiles.SETTINGS);
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void everySecretAndKeyThatIsReferredToIsExpected(Deployment deployment) {
        for (EnvVar variable : container(deployment).getEnv()) {
            if (variable.getValueFrom().getSecretKeyRef() != null) {
                var reference = variable.getValueFrom().getSecretKeyRef();
                assertThat(expectedSecrets().getOrDefault(reference.getName(), Set.of()))
                        .as(reference.getName())
                        .contains(reference.getKey());
            } else {
                assertThat(variable.getValueFrom().getFieldRef().getFieldPath()).isEqualTo("metadata.name");
            }
        }
        for (Volume volume : pod(deployment).getVolumes()) {
            if (volume.getSecret() != null) {
                assertThat(expectedSecrets()).containsKey(volume.getSecret().getSecretName());
                assertThat(volume.getSecret().getDefaultMode()).isEqualTo(0440);
            } else {
                assertThat(volume.getEmptyDir()).as(volume.getName()).isNotNull();
            }
        }
    }

    @Test
    void everyExpectedSecretIsUsed() {
        Set<String> used = new HashSet<>();
        deployments().forEach(deployment -> {
            container(deployment).getEnv().stream()
                    .map(variable -> variable.getValueFrom().getSecretKeyRef())
                    .filter(Objects::nonNull)
                    .forEach(reference -> used.add(reference.getName()));
            pod(deployment).getVolumes().stream()
                    .map(Volume::getSecret)
                    .filter(Objects::nonNull)
                    .forEach(secret -> used.add(secret.getSecretName()));
        });

        assertThat(used).isEqualTo(expectedSecrets().keySet());
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void theSshFilesLieWhereTheSettingsSay(Deployment deployment) {
        Map<String, String> settings = config("slipway").getData();
        VolumeMount mount = container(deployment).getVolumeMounts().stream()
                .filter(m -> m.getName().equals("ssh"))
                .findFirst()
                .orElseThrow();
        Volume volume = pod(deployment).getVolumes().stream()
                .filter(v -> v.getName().equals("ssh"))
                .findFirst()
                .orElseThrow();
        Set<String> keys = expectedSecrets().getOrDefault(volume.getSecret().getSecretName(), Set.of());

        assertThat(keys)
                .extracting(key -> mount.getMountPath() + "/" + key)
                .containsExactlyInAnyOrder(
                        settings.get("SLIPWAY_SSH_PRIVATE_KEY"), settings.get("SLIPWAY_SSH_KNOWN_HOSTS"));
        assertThat(mount.getReadOnly()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void everyMountHasItsVolumeAndEveryVolumeIsMounted(Deployment deployment) {
        assertThat(container(deployment).getVolumeMounts())
                .extracting(VolumeMount::getName)
                .containsExactlyInAnyOrderElementsOf(pod(deployment).getVolumes().stream()
                        .map(Volume::getName)
                        .toList());
        assertThat(container(deployment).getVolumeMounts())
                .extracting(VolumeMount::getMountPath)
                .contains("/tmp");
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void healthIsAskedAtThePortThatTheServiceListensOn(Deployment deployment) {
        Container container = container(deployment);

        assertThat(container.getPorts()).hasSize(1);
        assertThat(container.getPorts().getFirst().getName()).isEqualTo("http");
        assertThat(container.getPorts().getFirst().getContainerPort().toString())
                .isEqualTo(config("slipway").getData().get("QUARKUS_HTTP_PORT"));
        assertHealth(container.getReadinessProbe(), "/q/health/ready");
        assertHealth(container.getLivenessProbe(), "/q/health/live");
        assertHealth(container.getStartupProbe(), "/q/health/live");
    }

    private static void assertHealth(Probe probe, String path) {
        assertThat(probe.getHttpGet().getPath()).isEqualTo(path);
        assertThat(probe.getHttpGet().getPort()).isEqualTo(new IntOrString("http"));
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void aPodIsBoundedAndNotRoot(Deployment deployment) {
        Container container = container(deployment);

        assertThat(container.getResources().getLimits()).containsEntry("memory", new Quantity("384Mi"));
        assertThat(container.getResources().getRequests()).containsEntry("memory", new Quantity("256Mi"));
        assertThat(pod(deployment).getTerminationGracePeriodSeconds()).isGreaterThanOrEqualTo(30);
        assertThat(pod(deployment).getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(DeployFiles.dockerfile())
                .contains("USER %d:%d"
                        .formatted(
                                pod(deployment).getSecurityContext().getRunAsUser(),
                                pod(deployment).getSecurityContext().getRunAsGroup()));
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(pod(deployment).getAutomountServiceAccountToken()).isFalse();
        assertThat(pod(deployment).getEnableServiceLinks()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void aDeploymentSelectsItsOwnPods(Deployment deployment) {
        assertThat(deployment.getSpec().getSelector().getMatchLabels())
                .isEqualTo(Map.of("app.kubernetes.io/name", name(deployment)))
                .isEqualTo(deployment.getSpec().getTemplate().getMetadata().getLabels());
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void theImageIsTheServicesAndIsGivenATag(Deployment deployment) {
        String image = container(deployment).getImage();

        assertThat(image).isEqualTo("slipway/" + name(deployment));
        assertThat(DeployFiles.kustomization().get("images"))
                .filteredOn(entry -> entry.get("name").textValue().equals(image))
                .singleElement()
                .extracting(entry -> entry.get("newTag").asText())
                .isEqualTo(DeployFiles.version());
    }

    @Test
    void theKustomizationTagsNoImageThatIsNotUsed() {
        assertThat(DeployFiles.kustomization().get("images"))
                .hasSize((int) deployments().count());
    }

    @Test
    void serversAreCopiedByTwoWorkersUnlessToldOtherwise() {
        assertThat(deployments().filter(d -> name(d).equals("server-worker")))
                .singleElement()
                .extracting(d -> d.getSpec().getReplicas())
                .isEqualTo(2);
    }

    @Test
    void everyServiceAddressLeadsToThePodsOfItsName() {
        assertThat(all(Service.class))
                .extracting(ManifestsTest::name)
                .containsExactlyInAnyOrderElementsOf(DeployFiles.serviceNames());
        assertThat(all(Service.class)).allSatisfy(service -> {
            assertThat(service.getSpec().getSelector()).isEqualTo(Map.of("app.kubernetes.io/name", name(service)));
            assertThat(service.getSpec().getPorts())
                    .singleElement()
                    .extracting(port -> port.getTargetPort())
                    .isEqualTo(new IntOrString("http"));
        });
    }

    @Test
    void theNetworkPolicyIsForEveryServiceAndItsPort() {
        NetworkPolicy policy = all(NetworkPolicy.class).getFirst();

        assertThat(policy.getSpec().getPodSelector().getMatchExpressions())
                .singleElement()
                .satisfies(expression -> {
                    assertThat(expression.getKey()).isEqualTo("app.kubernetes.io/name");
                    assertThat(expression.getOperator()).isEqualTo("In");
                    assertThat(expression.getValues()).containsExactlyInAnyOrderElementsOf(DeployFiles.serviceNames());
                });
        assertThat(policy.getSpec().getIngress().getFirst().getPorts())
                .singleElement()
                .extracting(port -> port.getPort())
                .isEqualTo(new IntOrString("http"));
    }
}
