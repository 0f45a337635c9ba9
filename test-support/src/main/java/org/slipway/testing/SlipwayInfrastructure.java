package org.slipway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slipway.embedded.EmbeddedKafka;
import org.slipway.embedded.EmbeddedPostgres;
import org.slipway.embedded.EmbeddedPostgres.Durability;

/**
 * One PostgreSQL and one Kafka for all the tests of a JVM, each started when it is first asked for and ended with the
 * JVM: those of Testcontainers where a Docker engine answers, otherwise the embedded ones. A test that kills them starts
 * embedded ones of its own.
 */
public final class SlipwayInfrastructure {

    private static final String POSTGRES = "slipway.testing.postgres";
    private static final String KAFKA = "slipway.testing.kafka";

    private SlipwayInfrastructure() {}

    /** A fresh, empty database. */
    public static Database newDatabase() {
        return PostgresServer.parse(once(POSTGRES, () -> postgres().text())).newDatabase();
    }

    /** Of the Kafka broker, which makes no topic that nobody asked for. */
    public static String bootstrapServers() {
        return once(KAFKA, SlipwayInfrastructure::kafka);
    }

    /** Quarkus loads this class several times in one JVM; the system properties are there once. */
    private static String once(String property, Supplier<String> start) {
        synchronized (System.getProperties()) {
            String running = System.getProperty(property);
            if (running == null) {
                running = start.get();
                System.setProperty(property, running);
            }
            return running;
        }
    }

    private static PostgresServer postgres() {
        if (Containers.available()) {
            return Containers.postgres();
        }
        Path directory = newDirectory();
        EmbeddedPostgres server = EmbeddedPostgres.start(new EmbeddedPostgres.Settings(directory, 0, Durability.FAST));
        endWithThisJvm(server::close, directory);
        return new PostgresServer("127.0.0.1", server.port(), server.user(), server.password());
    }

    private static String kafka() {
        if (Containers.available()) {
            return Containers.kafka();
        }
        Path directory = newDirectory();
        EmbeddedKafka broker = EmbeddedKafka.start(directory);
        endWithThisJvm(broker::close, directory);
        return broker.bootstrapServers();
    }

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory("slipway-tests-");
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    private static void endWithThisJvm(Runnable end, Path directory) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            end.run();
            delete(directory);
        }));
    }

    private static void delete(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException cannot) {
            // a few files stay in the temporary directory, and no test is the worse for it
        }
    }
}
