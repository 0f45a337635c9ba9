package org.slipway.transfer.ssh;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;
import org.slipway.transfer.ContentSource;
import org.slipway.transfer.Host.CopyResult;
import org.slipway.transfer.Host.Fence;
import org.slipway.transfer.Host.Hashing;
import org.slipway.transfer.Listing;
import org.slipway.transfer.Manifest;
import org.slipway.transfer.TransferException;
import org.slipway.transfer.plan.CopyPlan;
import org.slipway.transfer.plan.Decision;
import org.slipway.transfer.plan.Found;

/** One copy to a host with a shell. A small one takes two remote commands: look, then stage and publish. */
final class ShellCopy {
    /** A copy up to here is staged, verified and published by one command. */
    private static final long SMALL_BYTES = 4 << 20;

    private static final int SMALL_FILES = 1000;
    private static final int OWNER_READS = 0400;
    private static final int OWNER_ALL = 0700;
    private static final int SETTLE_ATTEMPTS = 3;

    private final ShellHost host;
    private final Diagnosis diagnosis;
    private final Fence fence;
    private final Pulse pulse;
    private final String staging;

    ShellCopy(ShellHost host, Fence fence, Pulse pulse) {
        this.host = host;
        this.diagnosis = host.diagnosis();
        this.fence = fence;
        this.pulse = pulse;
        this.staging = String.format(Locale.ROOT, "%019d", fence.epoch());
    }

    /** What the target told at first. */
    private record Prepared(
            Map<RelativePath, Found> found,
            Room room,
            CopyPlan.Target target,
            @Nullable String unsettled) {}

    CopyResult copy(Manifest manifest, ContentSource source) throws TransferException {
        host.requireForWriting();
        pulse.ask();
        List<FileEntry> entries = CopyPlan.withParents(manifest.open().next(Integer.MAX_VALUE));
        Prepared prepared = prepare(entries);
        Map<RelativePath, Found> found = prepared.found();
        host.hash(CopyPlan.undecided(entries, found), pulse)
                .forEach((path, hash) -> found.computeIfPresent(path, (p, there) -> there.withSha256(hash)));
        List<Decision> plan = CopyPlan.of(entries, found, prepared.target());
        Release release = Release.of(plan, prepared.target(), !host.tellsFractions());
        release.refuseWhatIsInTheWay(diagnosis, this::isEmptyDirectory);
        long unchanged = plan.stream()
                .filter(d -> d.entry().type() == EntryType.FILE
                        && (d instanceof Decision.Unchanged || d instanceof Decision.AdjustFile))
                .count();
        if (release.isNothing()) {
            pulse.progress(0, 0, 0, 0);
            return new CopyResult(0, 0, unchanged);
        }
        prepared.room().require(release, host.address().effectiveWorkDirectory(), diagnosis);
        send(release, source);
        return new CopyResult(release.files().size(), release.bytes(), unchanged);
    }

    private List<String> arguments(String stagingName, long hashedBytes) throws TransferException {
        return host.targetArguments(fence, stagingName, hashedBytes);
    }

    private Prepared prepare(List<FileEntry> entries) throws TransferException {
        List<RelativePath> opened = List.of();
        for (int attempt = 0; attempt < SETTLE_ATTEMPTS; attempt++) {
            Prepared prepared = look(entries);
            String unsettled = prepared.unsettled();
            if (unsettled == null) {
                List<RelativePath> closed = CopyPlan.closed(entries, prepared.found(), prepared.target());
                if (closed.isEmpty()) {
                    return prepared;
                }
                if (opened.containsAll(closed)) {
                    throw diagnosis.cannotBeOpened(closed);
                }
                open(closed);
                opened = closed;
                attempt--;
            } else if (unsettled.matches("[0-9]{19}")) {
                settle(unsettled);
            } else {
                throw diagnosis.nonsense("a staging directory " + unsettled);
            }
        }
        throw diagnosis.nonsense("an interrupted publication that does not settle");
    }

    private Prepared look(List<FileEntry> entries) throws TransferException {
        Iterable<String> names =
                () -> Stream.concat(Stream.of("."), entries.stream().map(entry -> "./" + entry.path()))
                        .iterator();
        try (Exec exec = host.run(Script.PREPARE, pulse, fence.epoch(), arguments(staging, 0), names)) {
            Fields fields = exec.answer();
            String tag = exec.nextTag();
            if ("unsettled".equals(tag)) {
                String name = fields.ascii();
                exec.restOfTags();
                return new Prepared(Map.of(), Room.unknown(), new CopyPlan.Target(0, 0, false), name);
            }
            if (!"room".equals(tag)) {
                throw new EOFException("the answer ends early");
            }
            Room room = Room.parse(fields.ascii());
            exec.expect("devices");
            long device = StatRecords.number(fields.ascii(), 10);
            Map<String, FileEntry> asked = HashMap.newHashMap(entries.size());
            entries.forEach(entry -> asked.put(entry.path().value(), entry));
            Map<RelativePath, Found> found = HashMap.newHashMap(entries.size());
            new StatRecords(exec, fields).readAll(seen -> {
                Found what = seen.what();
                String name = Fields.utf8(seen.name()).orElse("?");
                if (name.equals(".") && what != null) {
                    requireOneFileSystem(what.device(), device);
                    return;
                }
                FileEntry entry = asked.get(name);
                if (entry == null || what == null) {
                    throw new OddAnswer("an answer about something that was not asked for");
                }
                found.put(entry.path(), what);
            });
            boolean gnuTar = host.connection().can("gnu-tar");
            return new Prepared(
                    found, room, new CopyPlan.Target(host.connection().uid(), device, gnuTar), null);
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
    }

    private void requireOneFileSystem(long project, long work) throws TransferException {
        if (project != work) {
            throw diagnosis.directory("On " + diagnosis.server() + " the directories "
                    + host.address().projectDirectory() + " and "
                    + host.address().effectiveWorkDirectory()
                    + " are on different file systems, so files cannot be renamed from one to the other."
                    + " Give the server a work directory beside its project directory.");
        }
    }

    private void open(List<RelativePath> closed) throws TransferException {
        try (Exec exec = host.run(Script.OPEN, pulse, fence.epoch(), arguments(staging, 0), ShellHost.names(closed))) {
            exec.answer();
            exec.restOfTags();
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
    }

    private void settle(String interrupted) throws TransferException {
        try (Exec exec = host.run(Script.PUBLISH, pulse, fence.epoch(), arguments(interrupted, 0), List.of())) {
            new StatRecords(exec, exec.answer()).readAll(seen -> {});
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        } catch (TransferException e) {
            throw diagnosis.unsettled(host.address().effectiveWorkDirectory() + "/staging/" + interrupted, e);
        }
    }

    private boolean isEmptyDirectory(RelativePath path) throws TransferException {
        Listing listing = host.list(List.of(path), Hashing.NONE, pulse.watcher());
        return listing.refused().isEmpty()
                && listing.entries().stream()
                        .noneMatch(entry ->
                                !entry.path().equals(path) && entry.path().isAtOrBelow(path));
    }

    private void send(Release release, ContentSource source) throws TransferException {
        boolean small = release.bytes() <= SMALL_BYTES && release.entryCount() <= SMALL_FILES;
        if (small) {
            sendSmall(release, source);
        } else {
            sendLarge(release, source);
        }
    }

    private void sendSmall(Release release, ContentSource source) throws TransferException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream(1 << 14);
        try {
            writeTar(release, source, tar);
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
        try (Exec exec = Exec.resident(
                host.connection(),
                diagnosis,
                pulse,
                Script.STAGE_AND_PUBLISH,
                fence.epoch(),
                tar.size(),
                arguments(staging, release.bytes()))) {
            tar.writeTo(exec.stdin());
            exec.stdin().flush();
            Fields fields = exec.answer();
            verifyStaged(exec, fields, release);
            pulse.ask();
            exec.stdin().write("go\n".getBytes(StandardCharsets.US_ASCII));
            exec.stdin().flush();
            verifyPublished(exec, fields, release);
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
    }

    private void sendLarge(Release release, ContentSource source) throws TransferException {
        try (Exec exec = Exec.alone(
                host.connection(),
                diagnosis,
                pulse,
                Script.STAGE,
                fence.epoch(),
                Exec.ALL_INPUT,
                arguments(staging, release.bytes()))) {
            TargetPipe pipe = new TargetPipe(exec.stdin());
            try {
                writeTar(release, source, pipe);
                exec.stdin().close();
            } catch (IOException | TransferException e) {
                // When the target took no more, its own words are the reason, not how the source saw it.
                if (pipe.broken()) {
                    exec.answer();
                    exec.restOfTags();
                }
                throw e;
            }
            exec.allowFor(2 * release.bytes());
            Fields fields = exec.answer();
            verifyStaged(exec, fields, release);
            exec.restOfTags();
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
        pulse.ask();
        try (Exec exec = host.run(Script.PUBLISH, pulse, fence.epoch(), arguments(staging, 0), List.of())) {
            exec.allowFor(release.bytes());
            verifyPublished(exec, exec.answer(), release);
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
    }

    private void verifyStaged(Exec exec, Fields fields, Release release) throws IOException, TransferException {
        exec.expect("h");
        Map<RelativePath, String> hashes = HashLines.read(
                fields, release.files().stream().map(FileEntry::path).toList());
        List<RelativePath> wrong = release.files().stream()
                .filter(file -> !Objects.equals(hashes.get(file.path()), file.sha256()))
                .map(FileEntry::path)
                .toList();
        exec.expect("staged");
        if (!wrong.isEmpty()) {
            throw diagnosis.checksum(wrong, "in the staging directory");
        }
    }

    private void verifyPublished(Exec exec, Fields fields, Release release) throws IOException, TransferException {
        Map<String, Decision> due = new HashMap<>();
        release.changed().forEach(decision -> due.put(decision.path().value(), decision));
        List<RelativePath> wrong = new ArrayList<>();
        new StatRecords(exec, fields).readAll(seen -> {
            Decision decision = due.remove(Fields.utf8(seen.name()).orElse("?"));
            if (decision == null) {
                throw new OddAnswer("an answer about something that was not asked for");
            }
            Found found = seen.what();
            if (found == null || !release.isAsWanted(decision, found)) {
                wrong.add(decision.path());
            }
        });
        due.values().stream()
                .map(Decision::path)
                .filter(path -> !release.isShut(path))
                .forEach(wrong::add);
        if (!wrong.isEmpty()) {
            throw diagnosis.checksum(wrong, "in the project directory, after they were published,");
        }
    }

    /** The control lists, then all that is new below {@code new/}. */
    private void writeTar(Release release, ContentSource source, OutputStream out)
            throws IOException, TransferException {
        boolean gnu = host.connection().can("gnu-tar");
        TarStream tar = new TarStream(out, gnu);
        for (Map.Entry<String, List<String>> list : release.controlLists().entrySet()) {
            ByteArrayOutputStream names = new ByteArrayOutputStream();
            for (String name : list.getValue()) {
                names.write(name.getBytes(StandardCharsets.UTF_8));
                names.write(0);
            }
            tar.file("control/" + list.getKey(), 0600, Instant.EPOCH, names.toByteArray());
        }
        if (!release.directoriesToAdjust().isEmpty()) {
            tar.file("control/dirs.tar", 0600, Instant.EPOCH, release.directoryTar(gnu));
        }
        for (FileEntry directory : release.newDirectories()) {
            tar.directory("new/" + directory.path(), directory.mode() | OWNER_ALL, directory.modified());
        }
        for (FileEntry link : release.links()) {
            tar.link("new/" + link.path(), Objects.requireNonNull(link.linkTarget()), link.modified());
        }
        Tally tally = new Tally(release);
        source.read(
                release.files(),
                (file, content) -> {
                    tar.file(
                            "new/" + file.path(),
                            file.mode() | OWNER_READS,
                            file.modified(),
                            file.sizeBytes(),
                            content,
                            tally::bytes);
                    tally.file();
                },
                pulse.watcher());
        tar.finish();
    }

    /** Marks a failure to write as the target's, on its way through the source that is being read. */
    private final class TargetPipe extends OutputStream {
        private final OutputStream out;
        private boolean broken;

        TargetPipe(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (CarriedFailure e) {
                throw e;
            } catch (IOException e) {
                broken = true;
                throw new CarriedFailure(diagnosis.unreachable(e));
            }
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        boolean broken() {
            return broken;
        }
    }

    /** Counts what was sent. */
    private final class Tally {
        private final long filesToDo;
        private final long bytesToDo;
        private long files;
        private long bytes;

        Tally(Release release) {
            filesToDo = release.files().size();
            bytesToDo = release.bytes();
        }

        void bytes(int count) throws CarriedFailure {
            bytes += count;
            tell();
        }

        void file() throws CarriedFailure {
            files++;
            tell();
        }

        private void tell() throws CarriedFailure {
            try {
                pulse.beat();
            } catch (TransferException e) {
                throw new CarriedFailure(e);
            }
            pulse.progress(files, filesToDo, bytes, bytesToDo);
        }
    }
}
