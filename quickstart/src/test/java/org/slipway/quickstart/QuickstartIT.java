package org.slipway.quickstart;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slipway.embedded.Await;
import org.slipway.embedded.ChildProcess;
import org.slipway.embedded.DemoTree;
import org.slipway.embedded.FreePort;
import org.slipway.embedded.LoopbackSshServer;
import org.slipway.embedded.SshKeys;
import org.slipway.embedded.Trees;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** The quick start with the packaged services, by the very command that {@code mvn -Pquickstart} runs. */
class QuickstartIT {

    private static final Path CHECKOUT = Path.of(System.getProperty("slipway.root"));
    private static final String CLASS_PATH = System.getProperty("slipway.classpath");

    private static final List<String> SERVICES =
            List.of("controller-service", "beta-worker", "prod-coordinator", "server-worker");
    private static final Pattern PROPERTY = Pattern.compile("\\$\\{([^}]+)}");

    private static final Map<String, String> ONCE = Map.of("once", "true");

    private static final String PLAIN_USER = "nobody";
    private static final List<String> AS_PLAIN_USER =
            List.of("setpriv", "--reuid=" + PLAIN_USER, "--regid=65534", "--clear-groups");

    /** Handed down to everything that a run starts; what a killed one leaves behind is known by it. */
    private static final String MARK = "QUICKSTART_IT";

    private final Path directory;
    private final int port = FreePort.find();
    private final String mark = UUID.randomUUID().toString();
    private final List<Run> runs = new ArrayList<>();
    private final List<LoopbackSshServer> servers = new ArrayList<>();

    QuickstartIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @AfterEach
    void endRuns() {
        runs.forEach(run -> run.process().stop(Run.LONGEST));
        servers.forEach(LoopbackSshServer::close);
    }

    /** Root is no plain user, PostgreSQL is then started another way: root's turn comes when nobody has had one. */
    @Test
    void goesOnWhereItWasAlsoAfterAKill() throws Exception {
        Run first = canBePlainUser() ? startAsPlainUser() : start("first");
        assertCompleted(first);
        assertThat(first.process().readLog()).contains("Release 1 of index.html and assets:");
        assertThat(Files.getOwner(data().resolve("postgres/cluster"))).isEqualTo(Files.getOwner(directory));
        assertThat(data().resolve("cache/0/segment-0")).exists();
        assertNothingRuns();
        if (isRoot()) {
            assertThat(succeeds(Stream.of("chown", "-Rh", "0:0", directory.toString())))
                    .isTrue();
        }

        Run killed = start("killed");
        killed.awaitLine("Release 2 of index.html and assets:");
        killed.awaitLine(" → ");
        killed.process().killHard();

        Run next = start("next");
        assertCompleted(next);
        // A machine that does not come to the kill in time has completed it.
        assertThat(next.process().readLog())
                .containsPattern("Carrying on with release 2, which|Release 3 of index.html and assets:");
        assertNothingRuns();
    }

    @Test
    void releasesToTheUsersOwnServers() throws Exception {
        SshKeys user = SshKeys.inFile(directory.resolve("ssh/id_ed25519"), SshKeys.Type.ED25519);
        DemoTree.create(site("dev"));
        List<String> inventory = new ArrayList<>(List.of("project: shop", "servers:"));
        List<String> knownHosts = new ArrayList<>();
        for (String server : List.of("dev DEVELOPMENT", "beta BETA", "web-1 BUSINESS", "web-2 BUSINESS")) {
            String[] nameAndRole = server.split(" ", 2);
            String name = nameAndRole[0];
            Files.createDirectories(site(name));
            LoopbackSshServer started = LoopbackSshServer.at(directory.resolve(name))
                    .hostKey(directory.resolve("ssh/host-" + name), SshKeys.Type.ED25519)
                    .authorise(user.publicKey())
                    .start();
            servers.add(started);
            inventory.add("  - name: " + name + "  # one of ours");
            inventory.add("    role: " + nameAndRole[1]);
            inventory.add("    host: 127.0.0.1");
            inventory.add("    port: " + started.port());
            inventory.add("    user: deploy");
            inventory.add("    projectDirectory: " + site(name));
            String key = started.hostKeys().getFirst();
            if (name.equals("web-2")) {
                inventory.add("    hostKeys: [" + key + "]");
            } else {
                knownHosts.add("[127.0.0.1]:" + started.port() + " " + key);
            }
        }
        inventory.add("    backupFile: " + directory.resolve("web-2/backups/shop.tar.gz"));
        Files.createDirectories(directory.resolve("web-2/backups"));
        Files.writeString(site("web-2").resolve("index.html"), "the page of before");

        Run run = start(
                "own",
                List.of(ChildProcess.java()),
                CHECKOUT,
                CLASS_PATH,
                Map.of(
                        "inventory",
                                Files.write(directory.resolve("shop.yaml"), inventory)
                                        .toString(),
                        "ssh.key", user.privateKey().toString(),
                        "known.hosts",
                                Files.write(directory.resolve("ssh/known"), knownHosts)
                                        .toString(),
                        "once", "false"));
        run.awaitLine("Registered the project shop.");
        run.awaitLine("✓ dev");
        run.awaitLine("✓ web-1");
        run.awaitLine("Ctrl-C ends everything");
        try (Controller controller = new Controller(port)) {
            int release = controller.create("shop", DemoTree.RELEASED, "ada", "New front page");
            awaitState(controller, release, "BETA_COPIED");
            controller.promote("shop", release);
            awaitState(controller, release, "COMPLETED");
        }
        for (String name : List.of("beta", "web-1", "web-2")) {
            assertThat(Trees.difference(site("dev"), site(name), DemoTree.RELEASED))
                    .as(name)
                    .isEmpty();
        }
        assertThat(directory.resolve("web-2/backups/shop.tar.gz")).isNotEmptyFile();
        run.process().stop(Run.LONGEST);
        assertThat(run.awaitEnd()).as(run.process().readLog()).isZero();
        assertNothingRuns();
    }

    private Path site(String server) {
        return directory.resolve(server).resolve("shop");
    }

    private static void awaitState(Controller controller, int release, String state) {
        Await.until(Run.LONGEST, "the release to be in " + state, () -> {
            String now = controller.state("shop", release);
            assertThat(now).as(() -> journal(controller, release)).doesNotEndWith("FAILED");
            return now.equals(state);
        });
    }

    private static String journal(Controller controller, int release) {
        try {
            return controller.journal("shop", release).toString();
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    private static void assertCompleted(Run run) {
        assertThat(run.awaitEnd()).as(run.process().readLog()).isZero();
        String held = run.process().readLog().contains("Carrying on with release")
                ? "what was released"
                : "what development holds";
        assertThat(run.process().readLog())
                .contains("→ COMPLETED")
                .contains("✓ business-1 holds " + held)
                .contains("✓ business-2 holds " + held)
                .contains("✓ business-3 holds " + held)
                .contains("✓ the backup can be read")
                .endsWith("Stopping …\nStopped.\n")
                .doesNotContain("Exception");
    }

    private Path data() {
        return directory.resolve("data");
    }

    private Run start(String name) throws Exception {
        return start(name, List.of(ChildProcess.java()), CHECKOUT, CLASS_PATH, ONCE);
    }

    /** Such a user need not be able to read the checkout and the Maven repository; a copy it can. */
    private Run startAsPlainUser() throws Exception {
        Files.setOwner(
                directory,
                directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(PLAIN_USER));
        List<String> java = new ArrayList<>(AS_PLAIN_USER);
        java.add(ChildProcess.java());
        // It has no home, and what is unpacked there is to go with this directory.
        java.add("-Duser.home=" + directory);
        Path checkout = directory.resolve("checkout");
        for (String module : SERVICES) {
            copy(
                    CHECKOUT.resolve(module).resolve("target/quarkus-app"),
                    checkout.resolve(module).resolve("target"));
        }
        Path libraries = directory.resolve("libraries");
        List<String> classPath = new ArrayList<>();
        for (String entry : CLASS_PATH.split(":", -1)) {
            copy(Path.of(entry), libraries);
            classPath.add(libraries.resolve(Path.of(entry).getFileName()).toString());
        }
        assertThat(succeeds(Stream.of("chmod", "-R", "a+rX", checkout.toString(), libraries.toString())))
                .isTrue();
        return start("first", java, checkout, String.join(":", classPath), ONCE);
    }

    private static boolean canBePlainUser() throws Exception {
        return isRoot()
                && (Boolean.getBoolean("slipway.require.tools")
                        || succeeds(Stream.concat(AS_PLAIN_USER.stream(), Stream.of(ChildProcess.java(), "-version"))));
    }

    private static void copy(Path from, Path into) throws Exception {
        Files.createDirectories(into);
        assertThat(succeeds(Stream.of("cp", "-r", from.toString(), into.toString())))
                .as(from + " is copied")
                .isTrue();
    }

    private static boolean succeeds(Stream<String> command) throws Exception {
        return new ProcessBuilder(command.toList())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    private Run start(String name, List<String> java, Path checkout, String classPath, Map<String, String> options)
            throws Exception {
        Map<String, String> users = new HashMap<>(options);
        users.put("session.executionRootDirectory", checkout.toString());
        users.put("data", data().toString());
        users.put("port", Integer.toString(port));
        Path wentWell = directory.resolve(name + ".went-well");
        users.put("went.well", wentWell.toString());
        List<String> command = new ArrayList<>(java);
        command.addAll(argumentsOfTheProfile(users, classPath));
        Run run = Run.start(
                new ChildProcess.Launch(
                        name,
                        command,
                        Map.of("LC_ALL", "C.UTF-8", MARK, mark),
                        checkout,
                        directory.resolve(name + ".out")),
                wentWell);
        runs.add(run);
        return run;
    }

    /** What quickstart/pom.xml gives to Java, with the user's properties instead of its defaults. */
    private static List<String> argumentsOfTheProfile(Map<String, String> users, String classPath) throws Exception {
        Document pom = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(CHECKOUT.resolve("quickstart/pom.xml").toFile());
        Map<String, String> properties = new HashMap<>();
        for (Node property : nodes(pom, "/project/properties/*")) {
            properties.put(property.getNodeName(), property.getTextContent());
        }
        properties.putAll(users);
        List<String> arguments = new ArrayList<>();
        for (Node argument : nodes(pom, "/project/profiles/profile[id='quickstart']//arguments/*")) {
            arguments.add(
                    argument.getNodeName().equals("classpath")
                            ? classPath
                            : PROPERTY.matcher(argument.getTextContent())
                                    .replaceAll(name -> Matcher.quoteReplacement(
                                            requireNonNull(properties.get(name.group(1)), name.group()))));
        }
        assertThat(arguments).contains(Main.class.getName());
        // What ends without a word that all went well fails the build: a signal in the middle of a release is no
        // success.
        String profile = "/project/profiles/profile[id='quickstart']";
        assertThat(texts(pom, profile + "//requireFilesExist/files/file")).containsExactly("${went.well}");
        assertThat(texts(pom, profile + "/properties/went.well"))
                .singleElement()
                .asString()
                .contains("${maven.build.timestamp}");
        assertThat(texts(pom, profile + "//execution/phase")).containsExactly("post-integration-test", "verify");
        assertThat(texts(pom, profile + "//successCodes/successCode"))
                .containsExactly("0", "1", "2", "130", "137", "143");
        assertThat(texts(pom, profile + "//configuration[rules]/skip")).containsExactly("false");
        assertThat(texts(pom, profile + "//configuration[rules]/fail")).containsExactly("true");
        return arguments;
    }

    private static List<String> texts(Document document, String path) throws XPathExpressionException {
        return nodes(document, path).stream().map(Node::getTextContent).toList();
    }

    private static List<Node> nodes(Document document, String path) throws XPathExpressionException {
        NodeList found =
                (NodeList) XPathFactory.newInstance().newXPath().evaluate(path, document, XPathConstants.NODESET);
        return IntStream.range(0, found.getLength()).mapToObj(found::item).toList();
    }

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }

    /** The processes that watch over the others go a moment after the last of them. */
    private void assertNothingRuns() throws IOException {
        try {
            Await.until(Run.LONGEST, "all that was started to end", () -> stillRunning()
                    .isEmpty());
        } catch (Await.TimedOutException late) {
            throw new AssertionError(String.join("\n", stillRunning()), late);
        }
    }

    /** PostgreSQL writes its title over its environment; it works in the data directory. */
    private List<String> stillRunning() throws IOException {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                try {
                    if (read(process.resolve("environ")).contains(mark)
                            || Files.readSymbolicLink(process.resolve("cwd")).startsWith(directory)) {
                        found.add(process.getFileName() + " "
                                + read(process.resolve("cmdline")).replace('\0', ' '));
                    }
                } catch (IOException goneOrNotOurs) {
                    // then it is none that was started here
                }
            }
        }
        return found;
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }
}
