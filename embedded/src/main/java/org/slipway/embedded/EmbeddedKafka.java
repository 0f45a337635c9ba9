package org.slipway.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A Kafka broker of our own on 127.0.0.1, in a JVM of its own and off everyone else's class path. Its directory outlives
 * it; a broker that was left over by a killed parent ends by itself, and the next start waits for that.
 */
public final class EmbeddedKafka implements AutoCloseable {

    private static final String MAIN = "org.slipway.kafkabroker.Main";
    private static final String READY = "SLIPWAY-KAFKA-READY";
    private static final String LIBRARIES = "kafka-broker-lib/";
    private static final Duration LONGEST_START = Duration.ofSeconds(60);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(12);

    private final Path directory;
    private final int port;
    private final int advertisedPort;
    private final DirectoryLock lock;
    private ChildProcess broker;

    private EmbeddedKafka(Path directory, int port, int advertisedPort, DirectoryLock lock, ChildProcess broker) {
        this.directory = directory;
        this.port = port;
        this.advertisedPort = advertisedPort;
        this.lock = lock;
        this.broker = broker;
    }

    /** Starts one at any free port. */
    public static EmbeddedKafka start(Path directory) {
        return start(directory, 0);
    }

    /**
     * Starts it and returns when clients may connect.
     *
     * @param directory holds everything: the logs of the topics and that of the broker
     * @param port 0 for any free one, another one at each start
     * @throws StartFailedException with what to do
     */
    public static EmbeddedKafka start(Path directory, int port) {
        return start(directory, port, 0);
    }

    /**
     * The same for clients that come by another way.
     *
     * @param advertisedPort of 127.0.0.1, which clients are told to connect to; 0 for the broker's own
     */
    public static EmbeddedKafka start(Path directory, int port, int advertisedPort) {
        Path absolute = directory.toAbsolutePath();
        DirectoryLock lock = DirectoryLock.take(absolute);
        try {
            int actualPort = port == 0 ? FreePort.find() : port;
            int told = advertisedPort == 0 ? actualPort : advertisedPort;
            return new EmbeddedKafka(absolute, actualPort, told, lock, launch(absolute, actualPort, told));
        } catch (RuntimeException | Error failed) {
            lock.close();
            throw failed;
        }
    }

    private static ChildProcess launch(Path directory, int port, int advertisedPort) {
        Leftovers leftovers = Leftovers.end(directory.resolve("broker.process")).leftovers();
        List<String> command = List.of(
                ChildProcess.java(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-Dorg.slf4j.simpleLogger.showDateTime=true",
                "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS",
                "-cp",
                classPath(),
                MAIN,
                directory.toString(),
                Integer.toString(port),
                Integer.toString(FreePort.find()),
                Integer.toString(advertisedPort));
        CountDownLatch ready = new CountDownLatch(1);
        // When we are gone its input ends, and so does it; it needs no signal, only to be awake.
        ChildProcess broker = ChildProcess.start(
                new ChildProcess.Launch("Kafka", command, Map.of(), directory, directory.resolve("broker.log")),
                line -> {
                    if (line.equals(READY)) {
                        ready.countDown();
                    }
                },
                Signal.CONT);
        leftovers.add(broker);
        try {
            broker.awaitReady(LONGEST_START, () -> ready.getCount() == 0 && answers(port));
        } catch (StartFailedException failed) {
            broker.killHard();
            throw failed;
        }
        return broker;
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 1000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /**
     * The broker's module holds its jars as resources. In the reactor below the phase `package` that module is a
     * directory of classes and the jars are files in it; later it is a jar, and they are unpacked from it.
     */
    private static String classPath() {
        String own = MAIN.replace('.', '/') + ".class";
        URL url = EmbeddedKafka.class.getClassLoader().getResource(own);
        if (url == null) {
            throw new StartFailedException("the module slipway-kafka-broker is not on the class path");
        }
        try {
            String location = url.toString();
            location = location.substring(0, location.length() - own.length());
            if (location.startsWith("file:")) {
                Path classes = Path.of(URI.create(location));
                return classes + ":" + classes.resolve(LIBRARIES) + "/*";
            }
            Path jar = Path.of(URI.create(location.substring("jar:".length(), location.length() - "!/".length())));
            Path libraries = unpacked(jar);
            return jar + ":" + libraries + "/*";
        } catch (IOException cannot) {
            throw new StartFailedException("cannot read the broker's jars at " + url + ": " + cannot, cannot);
        }
    }

    private static Path unpacked(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            List<? extends ZipEntry> libraries = zip.stream()
                    .filter(entry -> entry.getName().startsWith(LIBRARIES) && !entry.isDirectory())
                    .toList();
            // Not of the jar as a whole: a change of our own class would unpack all of Kafka anew.
            String contents = libraries.stream()
                    .map(entry -> entry.getName() + " " + entry.getSize() + " " + entry.getCrc())
                    .sorted()
                    .collect(Collectors.joining("\n"));
            return UnpackedCache.directory("kafka-" + UnpackedCache.sha256(contents), directory -> {
                for (ZipEntry library : libraries) {
                    try (InputStream content = zip.getInputStream(library)) {
                        Files.copy(
                                content,
                                directory.resolve(Path.of(library.getName()).getFileName()));
                    }
                }
            });
        }
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** Of the broker; another one after {@link #restart()}. */
    public long pid() {
        return broker.pid();
    }

    public boolean isAlive() {
        return broker.isAlive();
    }

    /** Ends it in order; {@link #restart()} brings it back. */
    public void stop() {
        if (broker.isAlive()) {
            broker.resume();
            broker.closeInput();
            if (!broker.endsWithin(LONGEST_STOP)) {
                broker.killHard();
            }
        }
    }

    public void killHard() {
        broker.killHard();
    }

    /** {@code kill -STOP}: connections stay open and nothing answers. */
    public void pause() {
        broker.pause();
    }

    public void resume() {
        broker.resume();
    }

    /** Starts it again at the same port, after {@link #stop()} or {@link #killHard()}; stops it first when it runs. */
    public void restart() {
        stop();
        broker = launch(directory, port, advertisedPort);
    }

    /** Ends it in order and gives the directory back. */
    @Override
    public void close() {
        stop();
        lock.close();
    }
}
