package org.slipway.system;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.slipway.embedded.Await;
import org.slipway.model.message.Topics;

/**
 * Something that is done to a lab and undone, and that is seen to have happened.
 *
 * @param name for reports
 * @param thing what it is done to: two faults of one thing are not done at once
 * @param server the one business server that it is about; empty where it is about all
 * @param strikes does it
 * @param heals undoes it
 * @param fired whether it was seen to happen; asked when it is undone
 * @param shortest the shortest time between both that means something
 * @param longest the longest one in a schedule
 */
record Fault(
        String name,
        String thing,
        Optional<String> server,
        Action strikes,
        Action heals,
        BooleanSupplier fired,
        Duration shortest,
        Duration longest) {

    /** Does something that may fail. */
    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }

    private static final Duration UNTIL_SOMEBODY_IS_THERE = Duration.ofSeconds(5);

    static Fault kill(ServiceProcess process) {
        AtomicBoolean gone = new AtomicBoolean();
        return new Fault(
                "kill -9 of " + process,
                process.instance(),
                Optional.empty(),
                () -> {
                    process.kill();
                    gone.set(!process.isAlive());
                },
                () -> startedAgain(process),
                gone::get,
                Duration.ZERO,
                Duration.ofSeconds(3));
    }

    private static void startedAgain(ServiceProcess process) {
        if (!process.isAlive()) {
            process.start();
        }
    }

    /** Longer than its leases. */
    static Fault pause(ServiceProcess process) {
        AtomicBoolean paused = new AtomicBoolean();
        return new Fault(
                "SIGSTOP of " + process + " past its lease, then SIGCONT",
                process.instance(),
                Optional.empty(),
                () -> {
                    process.pause();
                    paused.set(process.isPaused());
                },
                process::resume,
                paused::get,
                FaultLab.TIMING.lease().plusSeconds(1),
                FaultLab.TIMING.lease().plusSeconds(4));
    }

    static Fault terminate(ServiceProcess process) {
        AtomicBoolean ended = new AtomicBoolean();
        return new Fault(
                "SIGTERM of " + process,
                process.instance(),
                Optional.empty(),
                () -> {
                    process.stop();
                    ended.set(!process.isAlive());
                },
                () -> startedAgain(process),
                ended::get,
                Duration.ZERO,
                Duration.ofSeconds(3));
    }

    static Fault outOfMemory(ServiceProcess process) {
        AtomicBoolean died = new AtomicBoolean();
        return new Fault(
                "OutOfMemoryError in " + process,
                process.instance(),
                Optional.empty(),
                () -> {
                    process.stop();
                    process.launch(List.of("-Xms8m", "-Xmx22m", "-Xmn4m"), Map.of());
                    Await.until(Duration.ofSeconds(90), process + " to die of a full heap", () -> !process.isAlive());
                    died.set(process.readLog().contains("java.lang.OutOfMemoryError"));
                },
                () -> startedAgain(process),
                died::get,
                Duration.ZERO,
                Duration.ZERO);
    }

    /** The wall clock of a process is two hours ahead; its monotonic clock runs as it should. */
    static Fault clockAhead(ServiceProcess process, Path library) {
        AtomicBoolean ahead = new AtomicBoolean();
        return new Fault(
                "the wall clock of " + process + " two hours ahead",
                process.instance(),
                Optional.empty(),
                () -> {
                    process.stop();
                    process.launch(
                            List.of(),
                            Map.of(
                                    "LD_PRELOAD", library.toString(),
                                    "FAKETIME", "+2h",
                                    "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                                    "DONT_FAKE_MONOTONIC", "1"));
                    process.awaitReady();
                    ahead.set(saysItIsLater(process));
                },
                () -> {
                    process.stop();
                    process.start();
                },
                ahead::get,
                Duration.ZERO,
                Duration.ZERO);
    }

    /** Its log is dated by its clock. */
    private static boolean saysItIsLater(ServiceProcess process) {
        java.time.LocalDateTime later =
                java.time.LocalDateTime.now(java.time.ZoneId.systemDefault()).plusMinutes(110);
        return process.readLog()
                .lines()
                .filter(line -> line.matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d,.*"))
                .anyMatch(line -> java.time.LocalDateTime.parse(
                                line.substring(0, 19).replace(' ', 'T'))
                        .isAfter(later));
    }

    static Fault rollingRestart(FaultLab lab) {
        AtomicBoolean all = new AtomicBoolean();
        return new Fault(
                "all processes restarted one after another",
                "every process",
                Optional.empty(),
                () -> {
                    List<Long> before = new ArrayList<>();
                    List<Long> after = new ArrayList<>();
                    for (ServiceProcess process : lab.slipway().processes().toList()) {
                        before.add(process.pid());
                        process.stop();
                        process.start();
                        after.add(process.pid());
                    }
                    after.retainAll(before);
                    all.set(after.isEmpty());
                },
                () -> {},
                all::get,
                Duration.ZERO,
                Duration.ZERO);
    }

    static Fault postgresKilled(FaultLab lab) {
        AtomicBoolean gone = new AtomicBoolean();
        return new Fault(
                "kill -9 of PostgreSQL, then started again",
                "PostgreSQL",
                Optional.empty(),
                () -> {
                    lab.postgres().killHard();
                    gone.set(!lab.postgres().isAlive());
                },
                () -> lab.postgres().restart(),
                gone::get,
                Duration.ZERO,
                Duration.ofSeconds(3));
    }

    static Fault postgresPaused(FaultLab lab) {
        AtomicBoolean silent = new AtomicBoolean();
        return new Fault(
                "SIGSTOP of PostgreSQL and all its backends, then SIGCONT",
                "PostgreSQL",
                Optional.empty(),
                () -> {
                    lab.postgres().pause();
                    silent.set(isStopped(lab.postgres().pid()));
                },
                () -> lab.postgres().resume(),
                silent::get,
                Duration.ofSeconds(1),
                Duration.ofSeconds(6));
    }

    private static boolean isStopped(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).startsWith("T");
    }

    static Fault kafkaKilled(FaultLab lab) {
        AtomicBoolean gone = new AtomicBoolean();
        return new Fault(
                "kill -9 of Kafka, then started again",
                "Kafka",
                Optional.empty(),
                () -> {
                    lab.kafka().killHard();
                    gone.set(!lab.kafka().isAlive());
                },
                () -> lab.kafka().restart(),
                gone::get,
                Duration.ZERO,
                Duration.ofSeconds(4));
    }

    static Fault kafkaDown(FaultLab lab, Duration time) {
        AtomicBoolean gone = new AtomicBoolean();
        return new Fault(
                "Kafka down for " + time.toSeconds() + " s",
                "Kafka",
                Optional.empty(),
                () -> {
                    lab.kafka().stop();
                    gone.set(!lab.kafka().isAlive());
                },
                () -> lab.kafka().restart(),
                gone::get,
                time,
                time);
    }

    static Fault topicDeleted(FaultLab lab) {
        AtomicBoolean deleted = new AtomicBoolean();
        return new Fault(
                "the topic " + Topics.SERVER_TRANSITIONS + " deleted",
                "Kafka",
                Optional.empty(),
                () -> {
                    try (Admin admin = Admin.create(
                            Map.of("bootstrap.servers", lab.slipway().kafka()))) {
                        admin.deleteTopics(List.of(Topics.SERVER_TRANSITIONS))
                                .all()
                                .get();
                        deleted.set(true);
                    } catch (ExecutionException cannot) {
                        throw new IllegalStateException("the topic cannot be deleted", cannot);
                    }
                },
                () -> {},
                deleted::get,
                Duration.ZERO,
                Duration.ZERO);
    }

    /** The processes that serve the connections of a server are killed, as soon as there are some. */
    static Fault sessionsKilled(FleetServer server) {
        AtomicBoolean some = new AtomicBoolean();
        return new Fault(
                "the sshd sessions of " + about(server) + " killed",
                server.name(),
                ofBusiness(server),
                () -> {
                    long until = System.nanoTime() + UNTIL_SOMEBODY_IS_THERE.toNanos();
                    while (!some.get() && System.nanoTime() < until) {
                        some.set(server.openSsh().killSessions() > 0);
                    }
                },
                () -> {},
                some::get,
                Duration.ZERO,
                Duration.ZERO);
    }

    static Fault sshdStopped(FleetServer server) {
        AtomicBoolean refuses = new AtomicBoolean();
        return new Fault(
                "sshd of " + about(server) + " stopped, then started again",
                server.name(),
                ofBusiness(server),
                () -> {
                    server.stop();
                    refuses.set(true);
                },
                server::start,
                refuses::get,
                Duration.ofMillis(500),
                Duration.ofSeconds(5));
    }

    static Fault wire(Wire wire, String to, Optional<String> server, Wire.Mode mode) {
        String does =
                switch (mode) {
                    case GOOD -> throw new IllegalArgumentException("a good wire is no fault");
                    case DROP -> "drops everything silently";
                    case ONE_WAY -> "carries nothing back";
                    case RESET -> "resets every connection";
                    case SLOW -> "carries one byte a second";
                    case BANNER -> "answers with lines without end";
                };
        return new Fault(
                "the network to " + to + " " + does,
                to,
                server,
                () -> wire.be(mode),
                () -> wire.be(Wire.Mode.GOOD),
                () -> wire.struck() > 0,
                Duration.ofSeconds(1),
                Duration.ofSeconds(6));
    }

    static Fault diskFull(FleetServer server) {
        Path filler = server.directory().resolve("filler");
        AtomicBoolean full = new AtomicBoolean();
        return new Fault(
                "the disk of " + about(server) + " full",
                server.name(),
                ofBusiness(server),
                () -> {
                    byte[] block = new byte[64 << 10];
                    try (OutputStream out = Files.newOutputStream(filler)) {
                        while (true) {
                            out.write(block);
                        }
                    } catch (IOException noRoom) {
                        full.set(!FaultLab.canWrite(server.directory()));
                    }
                },
                () -> Files.deleteIfExists(filler),
                full::get,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5));
    }

    /** Its file system is mounted read-only; while somebody has a file open for writing there, that is refused, and tried again. */
    static Fault readOnly(FleetServer server) {
        AtomicBoolean readOnly = new AtomicBoolean();
        String mount = server.directory().toString();
        return new Fault(
                "the disk of " + about(server) + " read-only",
                server.name(),
                ofBusiness(server),
                () -> {
                    long until = System.nanoTime() + UNTIL_SOMEBODY_IS_THERE.toNanos();
                    while (!readOnly.get() && System.nanoTime() < until) {
                        readOnly.set(FaultLab.run("mount", "-o", "remount,ro", mount)
                                && !FaultLab.canWrite(server.directory()));
                    }
                },
                () -> {
                    if (!FaultLab.run("mount", "-o", "remount,rw", mount)) {
                        throw new IllegalStateException(mount + " cannot be made writable again");
                    }
                },
                readOnly::get,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5));
    }

    private static String about(FleetServer server) {
        return switch (server.role()) {
            case DEVELOPMENT -> "the development server";
            case BETA -> "beta";
            case BUSINESS -> server.name();
        };
    }

    /** What happens to beta or to the development server is everybody's. */
    private static Optional<String> ofBusiness(FleetServer server) {
        return server.role() == org.slipway.model.ServerRole.BUSINESS ? Optional.of(server.name()) : Optional.empty();
    }

    /** Everything that schedules choose from, always in the same order. */
    static List<Fault> forSchedules(FaultLab lab) {
        List<Fault> faults = new ArrayList<>();
        lab.slipway().processes().forEach(process -> {
            faults.add(kill(process));
            faults.add(pause(process));
            faults.add(terminate(process));
        });
        faults.add(postgresKilled(lab));
        faults.add(postgresPaused(lab));
        faults.add(kafkaKilled(lab));
        faults.add(kafkaDown(lab, Duration.ofSeconds(5)));
        List<Wire.Mode> streams = List.of(Wire.Mode.DROP, Wire.Mode.ONE_WAY, Wire.Mode.RESET, Wire.Mode.SLOW);
        for (Wire.Mode mode : streams) {
            faults.add(wire(lab.toPostgres(), "PostgreSQL", Optional.empty(), mode));
            faults.add(wire(lab.toKafka(), "Kafka", Optional.empty(), mode));
        }
        lab.fleet().servers().forEach(server -> {
            faults.add(sessionsKilled(server));
            faults.add(sshdStopped(server));
            for (Wire.Mode mode : streams) {
                faults.add(wire(server.wire(), about(server), ofBusiness(server), mode));
            }
            faults.add(wire(server.wire(), about(server), ofBusiness(server), Wire.Mode.BANNER));
        });
        if (lab.hasSmallDisk()) {
            faults.add(diskFull(lab.fleet().web(3)));
            faults.add(readOnly(lab.fleet().web(3)));
        }
        return faults;
    }

    void strike() {
        run(strikes);
    }

    void heal() {
        run(heals);
    }

    private void run(Action action) {
        try {
            action.run();
        } catch (RuntimeException bug) {
            throw bug;
        } catch (IOException cannot) {
            throw new UncheckedIOException(name + " cannot be done", cannot);
        } catch (Exception cannot) {
            throw new IllegalStateException(name + " cannot be done", cannot);
        }
    }
}
