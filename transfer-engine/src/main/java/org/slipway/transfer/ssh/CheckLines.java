package org.slipway.transfer.ssh;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slipway.model.HostAddress;
import org.slipway.transfer.Host.CheckLine;
import org.slipway.transfer.TransferException;

/** Turns facts about a host into lines that say what to do. */
final class CheckLines {
    private static final long LITTLE_BYTES = 64L << 20;
    private static final Duration CLOCK_SLACK = Duration.ofMinutes(5);

    private final HostAddress address;
    private final boolean forWriting;
    private final Map<String, String> facts;
    private final List<CheckLine> lines = new ArrayList<>();

    CheckLines(HostAddress address, boolean forWriting, Map<String, String> facts) {
        this.address = address;
        this.forWriting = forWriting;
        this.facts = facts;
    }

    CheckLines add(String name, boolean ok, String message) {
        lines.add(new CheckLine(name, ok, message));
        return this;
    }

    CheckLines connect() {
        return add(
                "connect",
                true,
                address.user() + "@" + address.host() + ":" + address.port()
                        + " answers, with a host key that is known");
    }

    CheckLines tools(List<String> missing) {
        return add(
                "tools",
                missing.isEmpty(),
                missing.isEmpty()
                        ? "all tools are there"
                        : "install " + String.join(", ", missing) + " (or put them on the PATH of " + address.user()
                                + ")");
    }

    CheckLines projectDirectory() {
        String directory = address.projectDirectory();
        if (!is("project-exists")) {
            return add("project-directory", false, directory + " does not exist or is no directory; make it");
        }
        if (!is("project-readable")) {
            return add(
                    "project-directory",
                    false,
                    directory + " may not be read by " + address.user() + "; give it the right to");
        }
        if (forWriting && !is("project-writable")) {
            return add(
                    "project-directory",
                    false,
                    directory + " may not be written by " + address.user() + "; give it the right to");
        }
        return add("project-directory", true, directory + (forWriting ? " can be written" : " can be read"));
    }

    /** Everything that matters only where something is written. */
    CheckLines writing(Instant now, Diagnosis diagnosis) {
        if (!forWriting) {
            return this;
        }
        String work = address.effectiveWorkDirectory();
        workDirectory(work, diagnosis);
        if (facts.containsKey("lock")) {
            add(
                    "lock",
                    is("lock"),
                    is("lock")
                            ? "files there can be locked"
                            : "files in " + work
                                    + " cannot be locked with flock; see 'tools', or use a local file system");
        }
        if (facts.containsKey("one-file-system")) {
            add(
                    "one-file-system",
                    is("one-file-system"),
                    is("one-file-system")
                            ? "project and work directory are on one file system"
                            : address.projectDirectory() + " and " + work
                                    + " are on different file systems; name a work directory on that of the project directory");
        }
        room(work);
        clock(now);
        return this;
    }

    /** Where the backup goes, if there is one. */
    CheckLines backup(@Nullable String path, Diagnosis diagnosis) {
        if (path == null) {
            return this;
        }
        String directory = path.lastIndexOf('/') <= 0 ? "/" : path.substring(0, path.lastIndexOf('/'));
        try {
            BackupFormat unused = BackupFormat.of(path, diagnosis);
        } catch (TransferException e) {
            return add("backup", false, e.failure().message());
        }
        if (!is("backup-directory")) {
            return add(
                    "backup",
                    false,
                    directory + " does not exist or is no directory; make it and give it to " + address.user());
        }
        if (!is("backup-outside")) {
            return add(
                    "backup",
                    false,
                    path + " lies inside the project directory and would hold itself; name one outside");
        }
        return add(
                "backup",
                is("backup-writable"),
                is("backup-writable")
                        ? directory + " can be written"
                        : "the backup " + path + " cannot be written by " + address.user()
                                + "; give its directory to that user, and see that no directory has its name");
    }

    private void workDirectory(String work, Diagnosis diagnosis) {
        String owner = facts.getOrDefault("work-owner", "");
        String left = facts.getOrDefault("work-left", "");
        if (!is("work-usable")) {
            add(
                    "work-directory",
                    false,
                    work + " cannot be made or written by " + address.user()
                            + "; make it and give it to that user, or name another work directory");
        } else if (!is("work-own") && !left.isEmpty()) {
            add("work-directory", false, diagnosis.takenWords(left, owner));
        } else if (!is("work-own") && !owner.isEmpty()) {
            add(
                    "work-directory",
                    false,
                    work + " was last used for another project directory (" + Diagnosis.shown(owner)
                            + "). If that is still released to, give one of the two a work directory of its own in the inventory; if it is not, the next copy takes "
                            + work + " over");
        } else {
            add("work-directory", true, work + " can be written");
        }
    }

    private void room(String work) {
        String text = facts.getOrDefault("room", "");
        if (text.isEmpty()) {
            add("room", true, "the host does not tell how much room there is");
            return;
        }
        try {
            Room room = Room.parse(text);
            boolean enough = room.freeBytes() >= LITTLE_BYTES && room.freeFiles() > 1000;
            add(
                    "room",
                    enough,
                    Diagnosis.bytes(room.freeBytes()) + " free in " + work
                            + (enough ? "" : "; make room, a release is staged there in full before it is published"));
        } catch (IOException e) {
            add("room", true, "the host does not tell how much room there is");
        }
    }

    private void clock(Instant now) {
        String text = facts.getOrDefault("clock", "");
        if (text.matches("[0-9]{1,12}")) {
            Duration off = Duration.between(now, Instant.ofEpochSecond(Long.parseLong(text)))
                    .abs();
            boolean ok = off.compareTo(CLOCK_SLACK) <= 0;
            add(
                    "clock",
                    ok,
                    ok
                            ? "the clock is right"
                            : "the clock is off by " + off.toMinutes()
                                    + " minutes; nothing here depends on it, but logs are hard to read: set up time synchronisation");
        }
    }

    private boolean is(String fact) {
        return "yes".equals(facts.get(fact));
    }

    List<CheckLine> lines() {
        return List.copyOf(lines);
    }
}
