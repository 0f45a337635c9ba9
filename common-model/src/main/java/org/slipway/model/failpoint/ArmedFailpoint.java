package org.slipway.model.failpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slipway.model.Service;

/** What one process does at one failpoint, once. */
final class ArmedFailpoint {
    static final String VARIABLE = "SLIPWAY_FAILPOINT";
    static final String PROPERTY = "slipway.failpoint";

    private static final System.Logger LOG = System.getLogger(Failpoint.class.getName());
    private static final int KILLED = 137;

    private final Service service;
    private final Failpoint point;
    private final Action action;
    private final int pass;
    private final AtomicInteger passes = new AtomicInteger();

    private ArmedFailpoint(Service service, Failpoint point, Action action, int pass) {
        this.service = service;
        this.point = point;
        this.action = action;
        this.pass = pass;
    }

    /** What it does. */
    sealed interface Action {
        /** The process is gone at once, as after {@code kill -9}. */
        record Halt() implements Action {
            @Override
            public String toString() {
                return "halt";
            }
        }

        /**
         * All of the process stands still, as after {@code kill -STOP}.
         *
         * @param seconds how long; 0 for as long as nobody outside resumes it
         */
        record Pause(int seconds) implements Action {
            @Override
            public String toString() {
                return seconds == 0 ? "pause" : "pause:" + seconds + "s";
            }
        }

        /** The step ends in a {@link FailpointException}. */
        record Throw() implements Action {
            @Override
            public String toString() {
                return "throw";
            }
        }
    }

    /** What this process was told; {@code null} for nothing. */
    static @Nullable String setting() {
        String property = System.getProperty(PROPERTY);
        String setting = property == null ? System.getenv(VARIABLE) : property;
        return setting == null || setting.isBlank() ? null : setting.strip();
    }

    /** The one of this process; {@code null} for none, and where the setting is refused, which a service is told when it starts. */
    static @Nullable ArmedFailpoint ofThisProcess() {
        String setting = setting();
        try {
            return setting == null ? null : parse(setting, null);
        } catch (IllegalArgumentException refused) {
            return null;
        }
    }

    /**
     * Reads {@code service.step=action} or {@code service.step=action@N}.
     *
     * @param self the service that this process is, {@code null} where that is no matter
     */
    static ArmedFailpoint parse(String setting, @Nullable Service self) {
        Matcher parts = Pattern.compile(
                        "([a-z-]+)\\.([a-z-]+)=(halt|throw|pause(?::([1-9][0-9]{0,3})s)?)(?:@([1-9][0-9]{0,5}))?")
                .matcher(setting);
        if (!parts.matches()) {
            throw refused(
                    setting,
                    "is not of the form service.step=action, where the action is halt, pause, pause:20s or throw, and @3 behind it stands for the third pass",
                    self);
        }
        Service service = Arrays.stream(Service.values())
                .filter(one -> one.wireName().equals(parts.group(1)))
                .filter(one -> self == null || one == self)
                .findFirst()
                .orElseThrow(() -> refused(setting, "is of no failpoint of this service", self));
        Failpoint point = Arrays.stream(Failpoint.values())
                .filter(one ->
                        one.step().equals(parts.group(2)) && one.services().contains(service))
                .findFirst()
                .orElseThrow(() -> refused(setting, "is of no failpoint of this service", self));
        String seconds = parts.group(4);
        Action action =
                switch (parts.group(3).substring(0, 1).toLowerCase(Locale.ROOT)) {
                    case "h" -> new Action.Halt();
                    case "t" -> new Action.Throw();
                    default -> new Action.Pause(seconds == null ? 0 : Integer.parseInt(seconds));
                };
        String pass = parts.group(5);
        return new ArmedFailpoint(service, point, action, pass == null ? 1 : Integer.parseInt(pass));
    }

    private static IllegalArgumentException refused(String setting, String why, @Nullable Service self) {
        String known = Stream.of(Failpoint.values())
                .flatMap(point -> point.services().stream()
                        .filter(service -> self == null || service == self)
                        .map(point::nameIn))
                .sorted()
                .collect(Collectors.joining(", "));
        return new IllegalArgumentException("%s '%s' %s; there are: %s".formatted(VARIABLE, setting, why, known));
    }

    void passed(Failpoint passed) {
        if (passed == point && passes.incrementAndGet() == pass) {
            LOG.log(System.Logger.Level.WARNING, "failpoint {0} fired: {1}", point.nameIn(service), action);
            switch (action) {
                case Action.Halt _ -> Runtime.getRuntime().halt(KILLED);
                case Action.Pause(int seconds) -> pause(seconds);
                case Action.Throw _ -> throw new FailpointException("failpoint " + point.nameIn(service));
            }
        }
    }

    /** Nothing in a JVM can hold all its threads, those of the JVM itself too: the system does, told by a process that is not held. */
    private static void pause(int seconds) {
        String stop = "kill -STOP \"$0\"";
        String self = Long.toString(ProcessHandle.current().pid());
        try {
            new ProcessBuilder(
                            "sh", "-c", seconds == 0 ? stop : stop + "; sleep " + seconds + "; kill -CONT \"$0\"", self)
                    .start()
                    .onExit()
                    .join();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot pause", e);
        }
    }

    @Override
    public String toString() {
        return point.nameIn(service) + "=" + action + (pass == 1 ? "" : "@" + pass);
    }
}
