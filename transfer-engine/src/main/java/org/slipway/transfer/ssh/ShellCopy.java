package org.slipway.transfer.ssh;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;
import org.slipway.model.failpoint.Failpoint;
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
    private static final long LARGE_BYTES = 4 << 20;

    /** The last piece, the directory of the pieces and the one above. */
    private static final int FILES_BESIDE_PIECES = 3;

    private static final int SETTLE_ATTEMPTS = 3;

    private final ShellHost host;
    private final Diagnosis diagnosis;
    private final Fence fence;
    private final Pulse pulse;
    private final Tally tally;
    private final String staging;
    private int loads;
    private @Nullable Load unverified;

    ShellCopy(ShellHost host, Fence fence, Pulse pulse) {
        this.host = host;
        this.diagnosis = host.diagnosis();
        this.fence = fence;
        this.pulse = pulse;
        this.tally = new Tally(pulse);
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
        try (Parts parts = new Parts(manifest)) {
            List<FileEntry> entries = parts.next();
            Prepared prepared = prepare(entries);
            Failpoint.FENCE_RAISED.passed();
            if (parts.hasNext()) {
                tally.expect(requireRoomForAll(manifest, entries, prepared));
            }
            try (Expectation expected = new Expectation(prepared.target(), !host.tellsFractions())) {
                host.connection().endWhenRefused(this::verifyStaged);
                copyParts(parts, entries, prepared, source, expected);
            } finally {
                abandonUnverified();
                host.connection().endWhenRefused(() -> false);
            }
        }
        Failpoint.PUBLISHED.passed();
        tally.tellLast();
        return tally.result();
    }

    void fenceOff() throws TransferException {
        host.requireForWriting();
        pulse.ask();
        prepare(List.of());
    }

    private void copyParts(
            Parts parts, List<FileEntry> first, Prepared firstLook, ContentSource source, Expectation expected)
            throws TransferException {
        List<FileEntry> entries = first;
        Prepared prepared = firstLook;
        for (boolean only = !parts.hasNext(); ; only = false) {
            Parts.Need guessed = Parts.Need.NONE.plus(entries, prepared.found());
            Release release = plan(entries, prepared, parts);
            if (!only) {
                tally.correct(guessed, release);
            }
            if (!release.isNothing()) {
                Load before = unverified;
                Room room = prepared.room().without(before == null ? 0 : before.bytesToCome());
                room.require(release, host.address().effectiveWorkDirectory(), diagnosis);
                expected.add(release);
                if (only) {
                    tally.expect(new Parts.Need(release.files().size(), release.bytes()));
                }
                if (only && release.bytes() <= SMALL_BYTES && release.entryCount() <= SMALL_FILES) {
                    sendSmall(release, source, expected);
                    return;
                }
                stage(release, prepared.found(), room, source);
            }
            if (!parts.hasNext()) {
                break;
            }
            entries = parts.next();
            prepared = lookFurther(entries, parts.made());
        }
        verifyStaged();
        if (loads > 0) {
            publish(expected);
        }
    }

    /** Brings one load into the staging directory, where it is hashed while the next one is sent. */
    private void stage(Release release, Map<RelativePath, Found> found, Room room, ContentSource source)
            throws TransferException {
        Map<RelativePath, BlockSums> there = sumsOfLargeOnes(release, found, room);
        boolean packed = host.connection().packs();
        String number = ShellHost.load(loads++);
        List<String> arguments = host.targetArguments(fence, staging, release.bytes(), number, packed);
        awaitDirectory();
        Load load = new Load(host, pulse, fence.epoch(), arguments, number, packed, there);
        try {
            load.send(release, source, tally);
            Failpoint.STAGED.passed();
            verifyStaged();
            unverified = load;
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        } finally {
            if (unverified != load) {
                load.close();
            }
        }
    }

    /**
     * Over a slow link, of a large file that takes the place of a large one only what differs is sent, if there is room for it beside what it is
     * put together to.
     */
    private Map<RelativePath, BlockSums> sumsOfLargeOnes(Release release, Map<RelativePath, Found> found, Room room)
            throws TransferException {
        Map<RelativePath, Long> large = new LinkedHashMap<>();
        long pieces = 0;
        if (host.connection().sendsDifferences()) {
            for (FileEntry file : release.files()) {
                Found there = found.get(file.path());
                pieces += FILES_BESIDE_PIECES + file.sizeBytes() / Differences.PIECE_BYTES;
                if (there != null
                        && there.kind() == Found.Kind.FILE
                        && Math.min(there.sizeBytes(), file.sizeBytes()) >= LARGE_BYTES
                        && room.holdsDifferences(release, file.sizeBytes(), pieces)) {
                    large.put(file.path(), there.sizeBytes());
                }
            }
        }
        return host.blockSums(large, pulse);
    }

    private void awaitDirectory() throws TransferException {
        Load before = unverified;
        if (before == null) {
            return;
        }
        try {
            var unused = before.awaitDirectory();
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
    }

    /** Whether there was something to verify. */
    private boolean verifyStaged() throws TransferException {
        try (Load load = unverified) {
            if (load != null) {
                unverified = null;
                load.verify();
                Failpoint.VERIFIED.passed();
            }
            return load != null;
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
    }

    private void abandonUnverified() {
        Load load = unverified;
        if (load != null) {
            load.close();
        }
    }

    private Release plan(List<FileEntry> entries, Prepared prepared, Parts parts) throws TransferException {
        Map<RelativePath, Found> found = prepared.found();
        host.hash(CopyPlan.undecided(entries, found, prepared.target()), pulse)
                .forEach((path, hash) -> found.computeIfPresent(path, (p, there) -> there.withSha256(hash)));
        List<Decision> plan = CopyPlan.of(entries, found, prepared.target(), parts.made());
        Release release = Release.of(plan, !host.tellsFractions(), parts.adjusted());
        release.refuseWhatIsInTheWay(diagnosis, this::isEmptyDirectory);
        tally.unchanged(release.unchangedFiles());
        return release;
    }

    /** A release in several parts is looked at as a whole first: it is refused before anything of it is staged. */
    private Parts.Need requireRoomForAll(Manifest manifest, List<FileEntry> first, Prepared firstLook)
            throws TransferException {
        Parts.Need need = Parts.Need.NONE.plus(first, firstLook.found());
        try (Parts all = new Parts(manifest)) {
            all.next();
            Set<RelativePath> absent = new HashSet<>();
            noteAbsent(first, firstLook, absent);
            while (all.hasNext()) {
                List<FileEntry> entries = all.next();
                Prepared look = lookFurther(entries, absent);
                noteAbsent(entries, look, absent);
                need = need.plus(entries, look.found());
            }
        }
        firstLook.room().require(need, host.address().effectiveWorkDirectory(), diagnosis);
        return need;
    }

    private static void noteAbsent(List<FileEntry> entries, Prepared look, Set<RelativePath> absent) {
        entries.stream()
                .filter(entry ->
                        entry.type() == EntryType.DIRECTORY && !look.found().containsKey(entry.path()))
                .forEach(entry -> absent.add(entry.path()));
    }

    private List<String> arguments(String stagingName, long hashedBytes) throws TransferException {
        return host.targetArguments(fence, stagingName, hashedBytes);
    }

    /** Raises the fence, ends publications that were cut off, and looks at the first part. */
    private Prepared prepare(List<FileEntry> entries) throws TransferException {
        for (int attempt = 0; attempt < SETTLE_ATTEMPTS; attempt++) {
            Prepared prepared = lookAndOpen(Script.PREPARE, entries);
            String unsettled = prepared.unsettled();
            if (unsettled == null) {
                return prepared;
            }
            if (!unsettled.matches("[0-9]{19}")) {
                throw diagnosis.nonsense("a staging directory " + unsettled);
            }
            settle(unsettled);
        }
        throw diagnosis.nonsense("an interrupted publication that does not settle");
    }

    /** A look at a later part. What lies in directories that the target does not have is not asked for. */
    private Prepared lookFurther(List<FileEntry> part, Set<RelativePath> absent) throws TransferException {
        return lookAndOpen(
                Script.LOOK,
                part.stream()
                        .filter(entry ->
                                !entry.path().parent().map(absent::contains).orElse(false))
                        .toList());
    }

    /** Looks again as long as there are directories to open, in which there may be more of them. Either script answers only under our own fence. */
    private Prepared lookAndOpen(Script script, List<FileEntry> entries) throws TransferException {
        List<RelativePath> opened = List.of();
        while (true) {
            Prepared prepared = look(script, entries);
            pulse.watcher().fenceRaised();
            List<RelativePath> closed = CopyPlan.closed(entries, prepared.found(), prepared.target());
            if (closed.isEmpty()) {
                return prepared;
            }
            if (opened.containsAll(closed)) {
                throw diagnosis.cannotBeOpened(closed);
            }
            open(closed);
            opened = closed;
        }
    }

    private Prepared look(Script script, List<FileEntry> entries) throws TransferException {
        Iterable<String> names =
                () -> Stream.concat(Stream.of("."), entries.stream().map(entry -> "./" + entry.path()))
                        .iterator();
        try (Exec exec = host.run(script, pulse, fence.epoch(), arguments(staging, 0), names)) {
            Fields fields = exec.answer();
            String tag = exec.nextTag();
            if ("unsettled".equals(tag)) {
                String name = fields.ascii();
                exec.restOfTags();
                return new Prepared(Map.of(), Room.unknown(), new CopyPlan.Target(0, 0, false, false), name);
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
            CopyPlan.Target target = new CopyPlan.Target(
                    host.connection().uid(),
                    device,
                    host.connection().can("gnu-tar"),
                    !host.connection().copying().alwaysHash());
            return new Prepared(found, room, target, null);
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
        pulse.watcher().publishing();
        try (Exec exec = host.run(Script.OPEN, pulse, fence.epoch(), arguments(staging, 0), ShellHost.names(closed))) {
            exec.answer();
            exec.restOfTags();
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
    }

    private void settle(String interrupted) throws TransferException {
        pulse.watcher().publishing();
        try (Exec exec = host.run(Script.PUBLISH, pulse, fence.epoch(), arguments(interrupted, 0), List.of())) {
            Fields fields = exec.answer();
            exec.expect("marked");
            new StatRecords(exec, fields).readAll(seen -> {});
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

    private void sendSmall(Release release, ContentSource source, Expectation expected) throws TransferException {
        ByteArrayOutputStream load = new ByteArrayOutputStream(1 << 14);
        try {
            ReleaseTar tar =
                    new ReleaseTar(load, host.connection().can("gnu-tar"), ShellHost.load(0), false, new HashMap<>());
            tar.part(release);
            source.read(release.files(), (file, content) -> tar.file(file, content, tally), pulse.watcher());
            tar.finish();
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
        try (Exec exec = Exec.resident(
                host.connection(),
                diagnosis,
                pulse,
                Script.STAGE_AND_PUBLISH,
                fence.epoch(),
                load.size(),
                arguments(staging, release.bytes()))) {
            load.writeTo(exec.stdin());
            exec.stdin().flush();
            Failpoint.STAGED.passed();
            Fields fields = Load.awaitDirectory(exec);
            Load.verify(exec, fields, release.files(), host);
            Failpoint.VERIFIED.passed();
            pulse.askToPublish();
            exec.stdin().write("go\n".getBytes(StandardCharsets.US_ASCII));
            exec.stdin().flush();
            verifyPublished(exec, fields, expected);
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
    }

    private void publish(Expectation expected) throws TransferException {
        pulse.askToPublish();
        try (Exec exec = host.run(Script.PUBLISH, pulse, fence.epoch(), arguments(staging, 0), List.of())) {
            exec.allowFor(tally.bytesToDo());
            verifyPublished(exec, exec.answer(), expected);
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
    }

    private void verifyPublished(Exec exec, Fields fields, Expectation expected) throws IOException, TransferException {
        exec.expect("marked");
        Failpoint.MARKED.passed();
        List<RelativePath> wrong = expected.wrongOf(new StatRecords(exec, fields));
        if (!wrong.isEmpty()) {
            throw diagnosis.checksum(wrong, "in the project directory, after they were published,");
        }
    }
}
