package org.slipway.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.embedded.Await;
import org.slipway.embedded.ChildProcess;
import org.slipway.embedded.FreePort;
import org.slipway.embedded.SshKeys;
import org.slipway.model.Names;

/** The whole launcher as a process, with real PostgreSQL, Kafka and SSH servers and stand-ins for the five services. */
class MainTest {

    private final Path directory;
    private final int port = FreePort.find();

    private static final String INVENTORY =
            "{\"project\":\t\"demo\", \"servers\":\t[{\"name\": \"dev\", \"host\": \"dev.example\"}]}\n";

    MainTest(@TempDir Path directory) throws IOException {
        this.directory = directory;
        for (String module : List.of("controller-service", "beta-worker", "prod-coordinator", "server-worker")) {
            Path jar = directory.resolve(module).resolve("target/quarkus-app/quarkus-run.jar");
            Files.createDirectories(jar.getParent());
            Manifest manifest = new Manifest();
            manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
            manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, FakeService.class.getName());
            manifest.getMainAttributes()
                    .put(
                            Attributes.Name.CLASS_PATH,
                            Arrays.stream(System.getProperty("java.class.path").split(":", -1))
                                    .map(entry -> Path.of(entry).toUri().toString())
                                    .collect(Collectors.joining(" ")));
            try (OutputStream out = Files.newOutputStream(jar)) {
                new JarOutputStream(out, manifest).close();
            }
        }
    }

    /** Whoever runs these tests in the background ignores interrupts, and so would what they start. */
    private static final String HEEDING_INTERRUPTS =
            "env --default-signal=INT true 2>/dev/null && exec env --default-signal=INT \"$@\"; exec \"$@\"";

    private Run start(String name, String... options) {
        Path wentWell = directory.resolve(name + ".went-well");
        List<String> command = new ArrayList<>(List.of(
                "/bin/sh",
                "-c",
                HEEDING_INTERRUPTS,
                "sh",
                ChildProcess.java(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dslipway.checkout=" + directory,
                "-Dslipway.port=" + port,
                "-Dslipway.went.well=" + wentWell,
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(command.indexOf("-cp"), List.of(options));
        command.add(Main.class.getName());
        return Run.start(
                new ChildProcess.Launch(name, command, Map.of(), directory, directory.resolve(name + ".out")),
                wentWell);
    }

    /** The pids of the services of the last start, as they said themselves. */
    private List<Long> services() throws IOException {
        List<Long> pids = new ArrayList<>();
        Pattern said = Pattern.compile("has pid (\\d+)");
        for (String name : List.of(
                "controller-service", "beta-worker", "prod-coordinator", "server-worker-1", "server-worker-2")) {
            Matcher matcher = said.matcher(Files.readString(directory.resolve("data/logs/" + name + ".log")));
            assertThat(matcher.find()).as(name).isTrue();
            pids.add(Long.parseLong(matcher.group(1)));
        }
        return pids;
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).isPresent();
    }

    @Test
    void releasesTheDemoOnceAndGoesOnWhereItWasWithTheInventoryOfBefore() throws Exception {
        Run first = start("first", "-Dslipway.once=true");
        assertThat(first.awaitEnd()).as(first.process().readLog()).isZero();
        assertThat(first.process().readLog())
                .contains("Release 1 of index.html and assets:")
                .contains("→ COMPLETED")
                .contains("✓ business-3 holds what development holds")
                .contains("✓ the backup can be read")
                .contains("Stopped.")
                .doesNotContain("Exception")
                .doesNotContain("\u001b");

        Path fake = directory.resolve("data/fleet/keys/fake-controller.json");
        ObjectNode known = (ObjectNode) new JsonMapper().readTree(Files.readString(fake));
        known.withArray("refused").add("register");
        Files.writeString(fake, known.toString());
        Files.writeString(directory.resolve("data/fleet/registered.yaml"), "with other ports");
        Run second = start("second");
        second.awaitLine("The inventory was not taken, and demo keeps the one it has: ");
        second.awaitLine("Release 2 of index.html and assets:");
        second.awaitLine("Ctrl-C ends everything");
        second.process().stop(Run.LONGEST);
        assertThat(second.awaitEnd()).isZero();
    }

    @Test
    void saysThatTheReleaseDidNotComplete() throws Exception {
        Path fake = directory.resolve("data/fleet/keys/fake-controller.json");
        Files.createDirectories(fake.getParent());
        Files.writeString(fake, FakeController.failing("beta"));
        Run run = start("run", "-Dslipway.once=true");
        assertThat(run.awaitEnd()).as(run.process().readLog()).isEqualTo(1);
        assertThat(run.process().readLog())
                .contains("Release 1 ended in BETA_COPY_FAILED.\n  beta: assets: is missing on development\n")
                .endsWith("Stopped.\n");
    }

    @Test
    void endsEverythingWhenItIsInterrupted() throws Exception {
        Run run = start("run");
        run.awaitLine("Ctrl-C ends everything");
        List<Long> services = services();
        assertThat(services).allMatch(MainTest::isAlive);
        new ProcessBuilder("/bin/sh", "-c", "kill -INT " + run.process().pid())
                .start()
                .waitFor();
        assertThat(run.awaitEnd()).isZero();
        assertThat(run.process().readLog()).endsWith("Stopping …\nStopped.\n");
        assertThat(services).noneMatch(MainTest::isAlive);
        assertThat(FreePort.isFree(port)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tellsTheSignalThatEndedItBeforeItWasUp(boolean once) throws Exception {
        Run run = start("run", "-Dslipway.once=" + once);
        run.awaitLine("Starting PostgreSQL and Kafka");
        run.process().stop(Run.LONGEST);
        assertThat(run.awaitEnd()).isEqualTo(128 + 15);
        assertThat(run.process().readLog()).endsWith("Stopped.\n");
    }

    @Test
    void keepsTheTraceOfWhatNobodyExpected() throws Exception {
        Path fake = directory.resolve("data/fleet/keys/fake-controller.json");
        Files.createDirectories(fake.getParent());
        Files.writeString(fake, FakeController.ofNonsense());
        Run run = start("run");
        assertThat(run.awaitEnd()).isEqualTo(1);
        Path log = directory.resolve("data/logs/quickstart.log");
        assertThat(run.process().readLog())
                .contains("This should not have happened: java.time.format.DateTimeParseException: ")
                .endsWith("; the details are in " + log + "\nStopping …\nStopped.\n");
        assertThat(log).content().contains("\tat ").contains("DateTimeParseException");
    }

    /** The stand-ins do not log in with it. */
    private Path key() {
        return SshKeys.inFile(directory.resolve("key"), SshKeys.Type.ECDSA).privateKey();
    }

    @Test
    void refusesAKeyWithAPassphraseBeforeAnythingIsStarted() throws Exception {
        Path key = Files.writeString(
                directory.resolve("key"),
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
        Path inventory = Files.writeString(directory.resolve("inventory.yaml"), "project: shop\nservers: []\n");
        Run run = start("run", "-Dslipway.inventory=" + inventory, "-Dslipway.ssh.key=" + key);
        assertThat(run.awaitEnd()).isEqualTo(2);
        assertThat(run.process().readLog())
                .startsWith("The private key " + key + " cannot be used: it has a passphrase")
                .hasLineCount(1);
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void refusesANameBeforeAnythingIsStarted() throws Exception {
        Path key = key();
        Path inventory = Files.writeString(directory.resolve("inventory.yaml"), "project: my shop\nservers: []\n");
        Run run = start("run", "-Dslipway.inventory=" + inventory, "-Dslipway.ssh.key=" + key);
        assertThat(run.awaitEnd()).isEqualTo(2);
        assertThat(run.process().readLog())
                .isEqualTo(inventory + ": the project's name 'my shop' " + Names.RULE + "\n");
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void saysWhatToDoWhenThePortIsTaken() throws Exception {
        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            Run run = start("run");
            assertThat(run.awaitEnd()).isEqualTo(2);
            assertThat(run.process().readLog())
                    .contains("port " + other.getLocalPort() + " is taken")
                    .contains("-Dport=NUMBER");
        }
    }

    @Test
    void saysSoWhenTheDataDirectoryCannotBeUsed() throws Exception {
        Path data = Files.writeString(directory.resolve("data"), "a file");
        Run run = start("run");
        assertThat(run.awaitEnd()).isEqualTo(2);
        assertThat(run.process().readLog())
                .isEqualTo("cannot use the directory " + data + ": there is something else; name another one\n");
    }

    @Test
    void saysWhatToDoWhenNothingWasBuilt() throws Exception {
        Files.delete(directory.resolve("beta-worker/target/quarkus-app/quarkus-run.jar"));
        Run run = start("run");
        assertThat(run.awaitEnd()).isEqualTo(2);
        assertThat(run.process().readLog()).contains("mvn -Pquickstart");
    }

    @Test
    void namesEverythingThatIsWrongWithAnInventory() throws Exception {
        Path fake = directory.resolve("data/fleet/keys/fake-controller.json");
        Files.createDirectories(fake.getParent());
        Files.writeString(fake, FakeController.failing("register"));
        Run run = start("run");
        assertThat(run.awaitEnd()).isEqualTo(2);
        assertThat(run.process().readLog())
                .contains("2 things are wrong", "\n  servers[0].role must be a role", "\n  servers[1].host is missing");
    }

    @Test
    void registersTheUsersOwnServersAndReleasesNothing() throws Exception {
        Path key = key();
        Path hosts = Files.writeString(directory.resolve("hosts"), "");
        Path inventory = Files.writeString(directory.resolve("inventory.json"), INVENTORY);
        Run run = start(
                "run",
                "-Dslipway.inventory=" + inventory,
                "-Dslipway.ssh.key=" + key,
                "-Dslipway.known.hosts=" + hosts);
        run.awaitLine("Registered the project demo.");
        run.awaitLine("✗ dev: the project directory is missing");
        run.awaitLine("Ctrl-C ends everything");
        JsonNode known = new JsonMapper()
                .readTree(directory.resolve("fake-controller.json").toFile());
        assertThat(known.path("text").asText()).isEqualTo(INVENTORY);
        assertThat(known.toString()).doesNotContain("COMPLETED");
        assertThat(directory.resolve("data/fleet")).doesNotExist();
        run.process().stop(Run.LONGEST);
        assertThat(run.process().readLog()).endsWith("Stopped.\n");
    }

    @Test
    void saysThatItCannotWorkOnAServerOfTheUsers() throws Exception {
        Run run = start(
                "run",
                "-Dslipway.once=true",
                "-Dslipway.inventory=" + Files.writeString(directory.resolve("inventory.json"), INVENTORY),
                "-Dslipway.ssh.key=" + key(),
                "-Dslipway.known.hosts=" + Files.writeString(directory.resolve("hosts"), ""));
        assertThat(run.awaitEnd()).as(run.process().readLog()).isEqualTo(1);
        assertThat(run.process().readLog()).contains("✗ dev: the project directory is missing");
    }

    @Test
    void keepsItsDirectoryAndStartsAServiceAgainThatWasKilled() throws Exception {
        Run run = start("run");
        run.awaitLine("Ctrl-C ends everything");
        Run second = start("second");
        long worker = services().getLast();
        // One that dies in the first 15 seconds after all were ready is taken for broken.
        Instant up = Instant.now();
        Await.until(Run.LONGEST, "the worker to have run for a while", () -> Instant.now()
                .isAfter(up.plusSeconds(16)));
        new ProcessBuilder("/bin/sh", "-c", "kill -KILL " + worker).start().waitFor();
        run.awaitLine("server-worker-2 ended with status 137; starting it again");
        Await.until(
                Run.LONGEST,
                "another worker",
                () -> Files.readString(directory.resolve("data/logs/server-worker-2.log"))
                                .lines()
                                .filter(line -> line.contains("has pid"))
                                .count()
                        == 2);
        assertThat(second.awaitEnd()).isEqualTo(2);
        assertThat(second.process().readLog())
                .endsWith(directory.resolve("data")
                        + " is in use by another run; end that one, or choose another directory with -Ddata=DIR\n");
        run.process().stop(Run.LONGEST);
        assertThat(run.process().readLog()).endsWith("Stopped.\n");
    }
}
