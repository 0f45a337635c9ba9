package org.slipway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slipway.embedded.ServiceJvm;

/** What can be known of the Dockerfile without an engine; its two small scripts are run. */
class DockerfileTest {

    private static String line(String instruction) {
        return DeployFiles.dockerfile().stream()
                .filter(line -> line.startsWith(instruction))
                .reduce((one, other) -> {
                    throw new AssertionError("more than one " + instruction);
                })
                .orElseThrow();
    }

    private static List<String> command(String instruction) throws Exception {
        String line = line(instruction);
        return List.of(new ObjectMapper().readValue(line.substring(line.indexOf('[')), String[].class));
    }

    /** Runs it with nothing but this environment. */
    private static Process run(List<String> command, Path directory, Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.redirectErrorStream(true).start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return process;
    }

    @Test
    void isBuiltFromAJre25ByNameAndRunsAsANumberedUser() {
        assertThat(DeployFiles.dockerfile())
                .contains("ARG JRE_IMAGE=eclipse-temurin:25-jre", "FROM ${JRE_IMAGE}", "ARG SERVICE");
        assertThat(line("USER")).matches("USER [1-9][0-9]*:[1-9][0-9]*");
    }

    @Test
    void copiesThePackagedApplicationThatTheIgnoreFileLetsThrough() {
        assertThat(DeployFiles.dockerfile().stream().filter(line -> line.startsWith("COPY")))
                .hasSize(4)
                .allMatch(line -> line.contains(" ${SERVICE}/target/quarkus-app/"));
        assertThat(DeployFiles.text(DeployFiles.ROOT.resolve("deploy/Dockerfile.dockerignore")))
                .isEqualTo("*\n!*/target/quarkus-app\n");
    }

    @Test
    void runsTheJvmAsItWasMeasured() {
        assertThat(DeployFiles.text(DeployFiles.ROOT.resolve("deploy/Dockerfile")))
                .contains("JDK_JAVA_OPTIONS=\"" + String.join(" ", ServiceJvm.OPTIONS) + "\"");
        ServiceJvm.ENVIRONMENT.forEach(
                (name, value) -> assertThat(DeployFiles.text(DeployFiles.ROOT.resolve("deploy/Dockerfile")))
                        .contains(name + "=\"" + value + "\""));
    }

    @Test
    void exposesThePortThatItIsToldToListenOn() {
        assertThat(line("ENV")).contains("QUARKUS_HTTP_PORT=\"8080\"").contains("QUARKUS_HTTP_HOST=\"0.0.0.0\"");
        assertThat(line("EXPOSE")).isEqualTo("EXPOSE 8080");
    }

    @ParameterizedTest
    @CsvSource({"200, 0", "503, 1"})
    void theHealthCheckFollowsTheAnswer(int status, int exit, @TempDir Path directory) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        server.createContext("/q/health/ready", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        try {
            Process check = run(
                    command("HEALTHCHECK"),
                    directory,
                    Map.of(
                            "QUARKUS_HTTP_PORT",
                            Integer.toString(server.getAddress().getPort())));
            assertThat(check.exitValue()).isEqualTo(exit);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void theHealthCheckFailsWhenNobodyListens(@TempDir Path directory) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            port = free.getLocalPort();
        }

        Process check = run(command("HEALTHCHECK"), directory, Map.of("QUARKUS_HTTP_PORT", Integer.toString(port)));

        assertThat(check.exitValue()).isNotZero();
    }

    @ParameterizedTest
    @CsvSource({"worker-7, worker-7", "'', container-1"})
    void theJvmTakesThePlaceOfTheShellAndKnowsItsName(String given, String name, @TempDir Path directory)
            throws Exception {
        Path java = Files.writeString(directory.resolve("java"), "#!/bin/sh\necho \"$PPID $SLIPWAY_INSTANCE $*\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));

        Process service = run(
                command("ENTRYPOINT"),
                directory,
                Map.of("PATH", directory + ":/usr/bin:/bin", "HOSTNAME", "container-1", "SLIPWAY_INSTANCE", given));

        assertThat(new String(service.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo(ProcessHandle.current().pid() + " " + name + " -jar quarkus-run.jar\n");
    }
}
