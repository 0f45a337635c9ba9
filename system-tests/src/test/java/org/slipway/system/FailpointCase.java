package org.slipway.system;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slipway.model.Service;
import org.slipway.model.failpoint.Failpoint;

/**
 * One thing done at one step of one service.
 *
 * @param servers what the servers of the project are
 */
record FailpointCase(Service service, Failpoint point, Action action, FleetServer.Kind servers) {

    /** What is done. */
    enum Action {
        HALT("halt"),
        PAUSE("pause"),
        THROW("throw");

        private final String word;

        Action(String word) {
            this.word = word;
        }
    }

    private static final Set<Failpoint> RELAY =
            EnumSet.of(Failpoint.RELAY_READ, Failpoint.RELAY_SENT, Failpoint.RELAY_MARKED);
    /** The steps that are taken in another way where a server has no shell. */
    private static final Set<Failpoint> BY_SFTP = EnumSet.of(
            Failpoint.FENCE_RAISED,
            Failpoint.STAGED,
            Failpoint.VERIFIED,
            Failpoint.ARCHIVE_WRITTEN,
            Failpoint.ARCHIVE_VERIFIED,
            Failpoint.ALLOWED,
            Failpoint.MARKED,
            Failpoint.PUBLISHED,
            Failpoint.ARCHIVE_PLACED);

    /**
     * Every step of every service with every action. The relay is the same code in all of them, and so is the engine for servers without
     * a shell: each of these is gone through in one service.
     */
    static List<FailpointCase> all() {
        List<FailpointCase> all = new ArrayList<>();
        for (Service service : Service.values()) {
            add(
                    all,
                    service,
                    FleetServer.Kind.OPENSSH,
                    point -> point != Failpoint.PUBLISHING
                            && (!RELAY.contains(point) || service == Service.PROD_COORDINATOR));
            add(
                    all,
                    service,
                    FleetServer.Kind.OPENSSH_WITHOUT_SHELL,
                    point ->
                            point == Failpoint.PUBLISHING || BY_SFTP.contains(point) && service != Service.BETA_WORKER);
        }
        return all;
    }

    private static void add(
            List<FailpointCase> all,
            Service service,
            FleetServer.Kind servers,
            java.util.function.Predicate<Failpoint> wanted) {
        Stream.of(Failpoint.values())
                .filter(point -> point.services().contains(service))
                .filter(wanted)
                .flatMap(point -> Arrays.stream(Action.values())
                        .map(action -> new FailpointCase(service, point, action, servers)))
                .forEach(all::add);
    }

    /** What the process is armed with. */
    String setting() {
        return point.nameIn(service) + "=" + action.word;
    }

    /** What the process says before it does it. */
    String fired() {
        return "failpoint " + point.nameIn(service) + " fired: " + action.word;
    }

    boolean ofRelay() {
        return RELAY.contains(point);
    }

    boolean ofSettlement() {
        return point == Failpoint.BEFORE_SETTLEMENT || point == Failpoint.AFTER_SETTLEMENT;
    }

    /** Whether work under a lease is under way at this step, and its outcome not recorded. */
    boolean inWork() {
        return service != Service.CONTROLLER && !ofRelay() && !ofSettlement() && point != Failpoint.AFTER_RECORDING;
    }

    /**
     * As what the journal has an exception at this step; empty where it is no outcome of the work: where there is none yet, or one is
     * recorded, or everything that a server needs had come from beta by then. The cache reads beta on a thread of its own, and tells an
     * error there as one of the source.
     */
    Optional<String> recordedAs() {
        if (!inWork() || point == Failpoint.CLAIMED || point == Failpoint.CONTENTS_CACHED) {
            return Optional.empty();
        }
        return Optional.of(point == Failpoint.BETA_READ_BEGUN ? "REMOTE_ERROR" : "INTERNAL_ERROR");
    }

    Application application() {
        return switch (service) {
            case CONTROLLER -> Application.CONTROLLER;
            case BETA_WORKER -> Application.BETA_WORKER;
            case PROD_COORDINATOR -> Application.PROD_COORDINATOR;
            case SERVER_WORKER -> Application.SERVER_WORKER;
        };
    }

    @Override
    public String toString() {
        return setting() + (servers == FleetServer.Kind.OPENSSH_WITHOUT_SHELL ? " (servers without a shell)" : "");
    }
}
