package org.slipway.simulation;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;
import org.slipway.model.ServerRole;
import org.slipway.transfer.Failure;
import org.slipway.transfer.TransferException;

/**
 * A server that releases come from or go to: its files, and the fence, the lock and the unfinished publication in Slipway's directory, with
 * the meaning that {@code Host} promises and docs/decisions/0004 describes. What runs on it runs by itself, not in the process that began it.
 */
final class Machine {
    private static final int MOST_TRIES_TO_LOCK = 200;

    private final World world;
    private final Checker checker;
    private final String project;
    private final ServerRole role;
    private final HostAddress address;
    private final Sabotage sabotage;
    private final Map<RelativePath, Version> files = new TreeMap<>();
    private final List<Command> commands = new ArrayList<>();
    private long fence;
    private @Nullable Publication unfinished;
    private @Nullable Command lockedBy;
    private boolean unreachable;
    private boolean full;
    private long cuts;

    /**
     * @param sabotage what of it is broken on purpose
     */
    Machine(World world, Checker checker, String project, ServerRole role, HostAddress address, Sabotage sabotage) {
        this.world = world;
        this.checker = checker;
        this.project = project;
        this.role = role;
        this.address = address;
        this.sabotage = sabotage;
    }

    /** One content of a file. */
    record Version(String text, Instant modified) {
        byte[] bytes() {
            return text.getBytes(StandardCharsets.UTF_8);
        }

        String sha256() {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes()));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        FileEntry entry(RelativePath path) {
            return new FileEntry(path, EntryType.FILE, 0644, modified, bytes().length, null, null);
        }
    }

    /** What is to be renamed into place, and is not yet. From its beginning on it only goes forward. */
    private static final class Publication {
        private final long epoch;
        private final Map<RelativePath, Version> left;

        Publication(long epoch, Map<RelativePath, Version> left) {
            this.epoch = epoch;
            this.left = new TreeMap<>(left);
        }
    }

    String project() {
        return project;
    }

    ServerRole role() {
        return role;
    }

    HostAddress address() {
        return address;
    }

    String name() {
        return address.name();
    }

    Map<RelativePath, Version> files() {
        return files;
    }

    boolean unreachable() {
        return unreachable;
    }

    boolean full() {
        return full;
    }

    boolean halfPublished() {
        return unfinished != null;
    }

    /** Whether it can be fenced off without a copy. */
    boolean canBeFencedOff() {
        return sabotage != Sabotage.NOT_FENCED_OFF;
    }

    /** Changes whenever every connection to it breaks. */
    long cuts() {
        return cuts;
    }

    void write(RelativePath path, Version version) {
        files.put(path, version);
    }

    void becomeUnreachable(long nanos) {
        world.happened(Fault.HOST_UNREACHABLE, toString(), "cannot be reached for " + Trace.seconds(nanos));
        unreachable = true;
        cut();
        world.in(nanos, () -> unreachable = false);
    }

    void restart(long nanos) {
        world.happened(Fault.HOST_RESTARTED, toString(), "loses its power for " + Trace.seconds(nanos));
        unreachable = true;
        cuts++;
        List.copyOf(commands).forEach(Command::end);
        world.in(nanos, () -> unreachable = false);
    }

    void fill(long nanos) {
        world.happened(Fault.HOST_FULL, toString(), "has no room for " + Trace.seconds(nanos));
        full = true;
        world.in(nanos, () -> full = false);
    }

    /** Every connection breaks; a command without its client goes on or ends. */
    void cut() {
        cuts++;
        for (Command command : List.copyOf(commands)) {
            command.orphan();
        }
    }

    void clientGone(Process process) {
        for (Command command : List.copyOf(commands)) {
            if (command.client == process) {
                command.orphan();
            }
        }
    }

    void heal() {
        unreachable = false;
        full = false;
    }

    /** Something that the server does by itself once it was told to. */
    abstract class Command {
        private final Process client;
        private boolean done;
        private boolean ended;
        private boolean holdsLock;
        private int tries;
        private @Nullable TransferException failure;

        Command(Process client) {
            this.client = client;
        }

        void begin() {
            commands.add(this);
            world.in(world.between(1_000_000, 20_000_000), this::goOn);
        }

        boolean done() {
            return done;
        }

        @Nullable TransferException failure() {
            return failure;
        }

        private void goOn() {
            if (ended) {
                return;
            }
            boolean more = holdsLock || lock() ? !done && step() : !done;
            if (more) {
                world.in(holdsLock ? stepLength() : 100_000_000, this::goOn);
            } else {
                done = true;
                end();
            }
        }

        private long stepLength() {
            long length = world.between(1_000_000, 100_000_000);
            return Mishaps.hostIsSlow() ? slow(length) : length;
        }

        private long slow(long length) {
            world.happened(Fault.HOST_SLOW, Machine.this.toString(), "is slow");
            return length * 60;
        }

        private boolean lock() {
            if (lockedBy != null) {
                if (++tries > MOST_TRIES_TO_LOCK) {
                    fail(new Failure.RemoteError(name(), "Another writer holds the lock."));
                }
                return false;
            }
            lockedBy = this;
            holdsLock = true;
            return true;
        }

        void fail(Failure why) {
            failure = new TransferException(why);
            done = true;
        }

        /** One step under the lock; whether there is another. */
        abstract boolean step();

        /** The system gives the lock back with the process. */
        private void end() {
            ended = true;
            commands.remove(this);
            if (holdsLock) {
                lockedBy = null;
                holdsLock = false;
            }
        }

        private void orphan() {
            if (world.happens(0.5)) {
                world.happened(Fault.ORPHANED_COMMAND, Machine.this.toString(), "a command goes on without its client");
            } else {
                end();
            }
        }

        boolean isFencedOff(long epoch) {
            if (fence > epoch && sabotage != Sabotage.NO_FENCE) {
                fail(new Failure.FencedOff(
                        name(), "A newer holder has raised the fence to %d; this one has %d.".formatted(fence, epoch)));
                return true;
            }
            return false;
        }

        /** Renames one file into place; whether there is another. */
        boolean publishOne(Publication publication, long epoch) {
            RelativePath path = publication.left.keySet().iterator().next();
            Version version = publication.left.get(path);
            publication.left.remove(path);
            if (version != null) {
                files.put(path, version);
            }
            world.tell(Machine.this.toString(), "publishes " + path + " under epoch " + epoch);
            checker.published(Machine.this, epoch, publication.epoch);
            if (publication.left.isEmpty()) {
                unfinished = null;
                return false;
            }
            return true;
        }
    }

    /** Raises the fence. */
    final class Raise extends Command {
        private final long epoch;

        Raise(Process client, long epoch) {
            super(client);
            this.epoch = epoch;
        }

        @Override
        boolean step() {
            if (isFencedOff(epoch)) {
                return false;
            }
            if (epoch > fence) {
                fence = epoch;
                world.tell(Machine.this.toString(), "the fence is raised to " + epoch);
            }
            checker.raised(Machine.this, epoch);
            return false;
        }
    }

    /** Finishes what an earlier writer had begun to publish. */
    final class Settle extends Command {
        private final long epoch;

        Settle(Process client, long epoch) {
            super(client);
            this.epoch = epoch;
        }

        @Override
        boolean step() {
            if (isFencedOff(epoch)) {
                return false;
            }
            Publication begun = unfinished;
            return begun != null && publishOne(begun, epoch);
        }
    }

    /** Compares the epoch once more, and renames what was staged into place. */
    final class Publish extends Command {
        private final long epoch;
        private final Publication publication;

        Publish(Process client, long epoch, Map<RelativePath, Version> staged) {
            super(client);
            this.epoch = epoch;
            this.publication = new Publication(epoch, staged);
        }

        @Override
        boolean step() {
            if (unfinished != publication) {
                if (isFencedOff(epoch)) {
                    return false;
                }
                if (publication.left.isEmpty()) {
                    return false;
                }
                unfinished = publication;
                return true;
            }
            return publishOne(publication, epoch);
        }
    }

    /** Moves a verified archive into place. */
    final class PlaceBackup extends Command {
        private final long epoch;
        private final Map<RelativePath, Version> archived;

        PlaceBackup(Process client, long epoch, Map<RelativePath, Version> archived) {
            super(client);
            this.epoch = epoch;
            this.archived = archived;
        }

        @Override
        boolean step() {
            if (!isFencedOff(epoch)) {
                world.tell(Machine.this.toString(), "the backup is in place");
                checker.archived(Machine.this, epoch);
            }
            return false;
        }
    }

    @Override
    public String toString() {
        return project + "/" + name();
    }
}
