package org.slipway.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;
import org.slipway.simulation.Machine.Version;
import org.slipway.transfer.ContentSource;
import org.slipway.transfer.Failure;
import org.slipway.transfer.Host;
import org.slipway.transfer.Hosts;
import org.slipway.transfer.Listing;
import org.slipway.transfer.Manifest;
import org.slipway.transfer.TransferException;

/** The servers as one process reaches them: in place of the engine's sessions, with what the engine promises. */
final class SimulatedHosts implements Hosts {
    private static final long LONGEST_ANSWER = Duration.ofSeconds(60).toNanos();

    private final Process process;
    private final Map<String, Machine> machines;

    /**
     * @param machines by project directory
     */
    SimulatedHosts(Process process, Map<String, Machine> machines) {
        this.process = process;
        this.machines = machines;
    }

    @Override
    public Host open(HostAddress address) throws TransferException {
        Connected host = new Connected(Objects.requireNonNull(machines.get(address.projectDirectory())));
        host.step(Duration.ofMillis(5), Duration.ofMillis(60));
        return host;
    }

    @Override
    public Host openAnew(HostAddress address) throws TransferException {
        return open(address);
    }

    @Override
    public void close() {}

    private final class Connected implements Host {
        private final Machine machine;
        private final long cuts;
        private boolean broken;

        private Connected(Machine machine) {
            this.machine = machine;
            this.cuts = machine.cuts();
        }

        @Override
        public HostAddress address() {
            return machine.address();
        }

        /** Time on the wire. The thread that fills a content cache is no task: what it does is part of the step of whoever waits for it. */
        private void step(Duration least, Duration most) throws TransferException {
            step(least, most, Mishaps::step);
        }

        private void step(Duration least, Duration most, ObjLongConsumer<Task> wait) throws TransferException {
            Task task = Task.current();
            if (task != null) {
                World world = task.world();
                long length = world.between(least, most);
                if (Mishaps.hostIsSlow()) {
                    world.happened(Fault.HOST_SLOW, machine.toString(), "is slow");
                    length = world.between(Duration.ofSeconds(1), Duration.ofSeconds(8));
                }
                if (Mishaps.hostFails()) {
                    world.happened(Fault.CONNECTION_CUT, process.name(), "the connection to " + machine + " breaks");
                    broken = true;
                }
                wait.accept(task, length);
            }
            requireConnected();
        }

        private void requireConnected() throws TransferException {
            if (broken || machine.unreachable() || machine.cuts() != cuts) {
                throw new TransferException(
                        new Failure.Unreachable(machine.name(), machine.name() + " cannot be reached."));
            }
        }

        private void ask(CopyWatcher watcher) throws TransferException {
            if (!watcher.goOn()) {
                throw new TransferException(new Failure.Stopped(machine.name(), "The work was stopped on request."));
            }
        }

        /** Has the server do something, and waits for it. */
        private void run(Machine.Command command) throws TransferException {
            Task task = Objects.requireNonNull(Task.current());
            step(Duration.ofMillis(1), Duration.ofMillis(20), Mishaps::dangerousStep);
            command.begin();
            task.pause(
                    () -> command.done() || machine.cuts() != cuts, task.world().now() + LONGEST_ANSWER);
            TransferException failure = command.failure();
            if (failure != null) {
                throw failure;
            }
            requireConnected();
            if (!command.done()) {
                throw new TransferException(
                        new Failure.Unreachable(machine.name(), machine.name() + " does not answer."));
            }
        }

        @Override
        public Listing.Gaps list(List<RelativePath> paths, Consumer<FileEntry> taker, CopyWatcher watcher)
                throws TransferException {
            ask(watcher);
            step(Duration.ofMillis(5), Duration.ofMillis(50));
            List<RelativePath> missing = new ArrayList<>();
            for (RelativePath path : paths) {
                Version version = machine.files().get(path);
                if (version == null) {
                    missing.add(path);
                } else {
                    taker.accept(version.entry(path));
                }
            }
            return new Listing.Gaps(missing, List.of());
        }

        @Override
        public boolean hashesByItself() {
            return true;
        }

        @Override
        public Map<RelativePath, String> hash(Collection<FileEntry> files, CopyWatcher watcher)
                throws TransferException {
            ask(watcher);
            step(Duration.ofMillis(5), Duration.ofMillis(100));
            Map<RelativePath, String> hashes = new TreeMap<>();
            for (FileEntry file : files) {
                Version version = machine.files().get(file.path());
                if (version != null) {
                    hashes.put(file.path(), version.sha256());
                }
            }
            return hashes;
        }

        @Override
        public void read(List<FileEntry> files, Sink sink, CopyWatcher watcher) throws TransferException {
            ask(watcher);
            for (FileEntry file : files) {
                step(Duration.ofMillis(1), Duration.ofMillis(20));
                Version version = machine.files().get(file.path());
                if (version == null || !version.sha256().equals(file.sha256())) {
                    throw new TransferException(new Failure.SourceChanged(
                            machine.name(), "Files changed while they were read.", List.of(file.path())));
                }
                try {
                    sink.file(file, new ByteArrayInputStream(version.bytes()));
                } catch (IOException e) {
                    throw new TransferException(new Failure.RemoteError(machine.name(), String.valueOf(e)), e);
                }
            }
        }

        @Override
        public CopyResult copy(Manifest manifest, ContentSource source, Fence fence, CopyWatcher watcher)
                throws TransferException {
            prepare(fence, watcher);
            List<FileEntry> wanted = files(manifest);
            List<FileEntry> toSend = wanted.stream().filter(this::differs).toList();
            if (machine.full() && !toSend.isEmpty()) {
                throw new TransferException(new Failure.NoSpace(machine.name(), "There is too little room."));
            }
            Map<RelativePath, Version> staged = stage(toSend, source, watcher);
            if (!staged.isEmpty()) {
                ask(watcher);
                watcher.publishing();
                run(machine.new Publish(process, fence.epoch(), staged));
            }
            step(Duration.ofMillis(1), Duration.ofMillis(20));
            List<RelativePath> wrong =
                    wanted.stream().filter(this::differs).map(FileEntry::path).toList();
            if (!wrong.isEmpty()) {
                throw new TransferException(
                        new Failure.ChecksumMismatch(machine.name(), "Files are not what was published.", wrong));
            }
            long bytes = toSend.stream().mapToLong(FileEntry::sizeBytes).sum();
            return new CopyResult(toSend.size(), bytes, wanted.size() - toSend.size());
        }

        /** Raises the fence, and finishes what an earlier writer had begun to publish. */
        private void prepare(Fence fence, CopyWatcher watcher) throws TransferException {
            ask(watcher);
            run(machine.new Raise(process, fence.epoch()));
            watcher.fenceRaised();
            if (machine.halfPublished()) {
                watcher.publishing();
                run(machine.new Settle(process, fence.epoch()));
            }
        }

        @Override
        public void fenceOff(Fence fence, CopyWatcher watcher) throws TransferException {
            if (machine.canBeFencedOff()) {
                prepare(fence, watcher);
            }
        }

        private static List<FileEntry> files(Manifest manifest) {
            try (Manifest.Cursor cursor = manifest.open()) {
                return cursor.next(Integer.MAX_VALUE).stream()
                        .filter(entry -> entry.type() == EntryType.FILE)
                        .toList();
            }
        }

        private boolean differs(FileEntry entry) {
            @Nullable Version version = machine.files().get(entry.path());
            return version == null || !version.sha256().equals(entry.sha256());
        }

        private Map<RelativePath, Version> stage(List<FileEntry> toSend, ContentSource source, CopyWatcher watcher)
                throws TransferException {
            Map<RelativePath, Version> staged = new TreeMap<>();
            if (toSend.isEmpty()) {
                return staged;
            }
            source.read(
                    toSend,
                    (entry, content) -> staged.put(
                            entry.path(), new Version(new String(content.readAllBytes(), UTF_8), entry.modified())),
                    CopyWatcher.none());
            long done = 0;
            for (FileEntry entry : toSend) {
                step(Duration.ofMillis(5), Duration.ofMillis(300));
                ask(watcher);
                watcher.progress(++done, toSend.size(), done, toSend.size());
            }
            if (Mishaps.hostFails()) {
                Task task = Objects.requireNonNull(Task.current());
                task.world().happened(Fault.CONTENT_BROKEN, machine.toString(), "what arrived is not what was sent");
                throw new TransferException(new Failure.ChecksumMismatch(
                        machine.name(),
                        "What arrived is not what was sent.",
                        List.of(toSend.getFirst().path())));
            }
            return staged;
        }

        @Override
        public BackupResult archive(BackupOrder order, Fence fence, CopyWatcher watcher) throws TransferException {
            ask(watcher);
            run(machine.new Raise(process, fence.epoch()));
            watcher.fenceRaised();
            if (machine.full()) {
                throw new TransferException(new Failure.NoSpace(machine.name(), "There is too little room."));
            }
            Map<RelativePath, Version> archived = new TreeMap<>();
            for (Map.Entry<RelativePath, Version> file : new TreeMap<>(machine.files()).entrySet()) {
                step(Duration.ofMillis(5), Duration.ofMillis(200));
                ask(watcher);
                archived.put(file.getKey(), file.getValue());
            }
            step(Duration.ofMillis(5), Duration.ofMillis(500));
            ask(watcher);
            watcher.publishing();
            run(machine.new PlaceBackup(process, fence.epoch(), archived));
            return new BackupResult(order.file(), 1 + archived.size(), "b".repeat(64), archived.size());
        }

        @Override
        public List<CheckLine> check(boolean forWriting, @Nullable String backupFile) {
            return List.of();
        }

        @Override
        public void close() {}
    }
}
