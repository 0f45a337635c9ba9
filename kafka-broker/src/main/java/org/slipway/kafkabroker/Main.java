package org.slipway.kafkabroker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * One broker that is its own controller, on 127.0.0.1. It prints {@value #READY} when clients may connect, and ends when
 * its standard input does, so that it never outlives the process that started it.
 *
 * <p>Arguments: data directory, port for clients, port for the controller, port that clients are told to use.
 */
public final class Main {

    /** The line on standard output that says that clients may connect. */
    public static final String READY = "SLIPWAY-KAFKA-READY";

    private static final int NODE_ID = 1;
    private static final Duration LONGEST_SHUTDOWN = Duration.ofSeconds(8);

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
        int port = Integer.parseInt(arguments[1]);
        int controllerPort = Integer.parseInt(arguments[2]);
        int advertisedPort = Integer.parseInt(arguments[3]);

        // A predecessor whose parent was killed may still be shutting down. The lock is never given back: it ends with
        // the process, after the last write.
        FileChannel lock =
                FileChannel.open(directory.resolve("broker.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        lock.lock();

        Path logs = directory.resolve("logs");
        Properties settings = settings(logs, port, controllerPort, advertisedPort);
        format(logs);
        KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
        server.startup();
        System.out.println(READY);
        System.out.flush();

        waitForEndOfInput();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                Thread.sleep(LONGEST_SHUTDOWN);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(1);
        });
        server.shutdown();
        server.awaitShutdown();
        lock.close();
        Runtime.getRuntime().halt(0);
    }

    private static void waitForEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // what is written does not matter, only that someone is there to write
            }
        } catch (IOException gone) {
            // as good as the end
        }
    }

    private static void format(Path logs) throws Exception {
        if (Files.exists(logs.resolve("meta.properties"))) {
            return;
        }
        new Formatter()
                .setNodeId(NODE_ID)
                .setClusterId(Uuid.randomUuid().toString())
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(logs.toString())
                .addDirectory(logs.toString())
                .setIgnoreFormatted(true)
                .setPrintStream(System.err)
                .run();
    }

    private static Properties settings(Path logs, int port, int controllerPort, int advertisedPort) {
        Properties settings = new Properties();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", Integer.toString(NODE_ID));
        settings.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,CLIENTS:PLAINTEXT");
        settings.put("inter.broker.listener.name", "CLIENTS");
        settings.put("listeners", "CLIENTS://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        settings.put("advertised.listeners", "CLIENTS://127.0.0.1:" + advertisedPort);
        settings.put("log.dirs", logs.toString());

        // One node holds everything, and a service's first consumer waits for nobody.
        settings.put("offsets.topic.num.partitions", "1");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("transaction.state.log.num.partitions", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("broker.heartbeat.interval.ms", "200");
        // A broker that was killed is registered again only when its former self is given up; the default is 9 s.
        settings.put("broker.session.timeout.ms", "2000");
        // A mistyped topic is an error, and nobody's metadata request creates one with the wrong number of partitions.
        settings.put("auto.create.topics.enable", "false");

        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "3");
        settings.put("background.threads", "2");
        settings.put("num.recovery.threads.per.data.dir", "1");
        settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
        settings.put("log.segment.bytes", Integer.toString(64 << 20));
        return settings;
    }
}
