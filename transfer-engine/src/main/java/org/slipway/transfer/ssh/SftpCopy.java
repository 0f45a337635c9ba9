package org.slipway.transfer.ssh;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;
import org.slipway.model.failpoint.Failpoint;
import org.slipway.transfer.ContentSource;
import org.slipway.transfer.Failure;
import org.slipway.transfer.Host.CopyResult;
import org.slipway.transfer.Host.CopyWatcher;
import org.slipway.transfer.Host.Fence;
import org.slipway.transfer.Manifest;
import org.slipway.transfer.TransferException;
import org.slipway.transfer.plan.CopyPlan;
import org.slipway.transfer.plan.Found;

/** One copy to a host without a shell, step by step the same as with one. */
final class SftpCopy {
    private static final Logger LOG = LoggerFactory.getLogger(SftpCopy.class);
    private static final long SMALL_FILE_BYTES = 256 << 10;
    private static final int SYNC_EACH_UP_TO = 200;
    private static final long SYNC_ALWAYS_FROM_BYTES = 1 << 20;
    private static final int OWNER_READS = 0400;
    private static final int OWNER_WRITES = 0300;
    private static final int OWNER_ALL = 0700;

    private final SftpHost host;
    private final Diagnosis diagnosis;
    private final SftpTarget target;
    private final Pulse pulse;
    private final Tally tally;
    private final String project;
    /** What was made so far in the staging directory and in that of what is replaced. */
    private final Set<RelativePath> scaffold = new HashSet<>();

    private final Set<String> keptDirectories = new HashSet<>();
    private int loads;

    SftpCopy(SftpHost host, Fence fence, Pulse pulse) {
        this.host = host;
        this.diagnosis = host.diagnosis();
        this.target = new SftpTarget(host, fence);
        this.pulse = pulse;
        this.tally = new Tally(pulse);
        this.project = host.address().projectDirectory();
    }

    CopyResult copy(Manifest manifest, ContentSource source) throws TransferException {
        pulse.ask();
        try {
            copyOver(manifest, source);
            Failpoint.PUBLISHED.passed();
            tally.tellLast();
            return tally.result();
        } catch (IOException e) {
            throw overtakenOr(host.failedToWrite(e, "copying to " + project, project, target.work()));
        } catch (TransferException e) {
            throw overtakenOr(e);
        }
    }

    /** A newer writer takes the staging directory away, and what is then missed in it looks like damage. */
    private TransferException overtakenOr(TransferException why) {
        return switch (why.failure()) {
            case Failure.RemoteError e -> target.overtaken().orElse(why);
            case Failure.ProtocolError e -> target.overtaken().orElse(why);
            case Failure.ChecksumMismatch e -> target.overtaken().orElse(why);
            default -> why;
        };
    }

    private void copyOver(Manifest manifest, ContentSource source) throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        if (!sftp.can("posix-rename@openssh.com")) {
            throw new TransferException(new Failure.MissingTool(
                    diagnosis.server(),
                    diagnosis.server() + " has no shell, and its SFTP server cannot rename over a file"
                            + " (posix-rename@openssh.com), so nothing can be published there without a gap."
                            + " Allow a shell, or use OpenSSH's SFTP server."));
        }
        host.requireProject();
        prepare();
        Failpoint.FENCE_RAISED.passed();
        CopyPlan.Target traits = traits(sftp);
        try (Parts parts = new Parts(manifest);
                Expectation expected = new Expectation(traits, true)) {
            if (manifest.entries() > Parts.ENTRIES) {
                tally.expect(requireRoomForAll(manifest, traits));
            }
            stageParts(parts, traits, source, expected);
            if (loads == 0) {
                return;
            }
            pulse.askToPublish();
            target.requireFence();
            for (String load : target.loads(target.name())) {
                requireReal(target.readList(target.name(), "through." + load), false);
                requireWritable(load);
                requireFree(load);
            }
            target.mark();
            Failpoint.MARKED.passed();
            publish(target.name(), false);
            verifyPublished(expected);
        }
    }

    void fenceOff() throws TransferException {
        pulse.ask();
        try {
            host.requireProject();
            prepare();
        } catch (IOException e) {
            throw host.failedToWrite(e, "raising the fence in " + target.work(), target.work());
        }
    }

    /** Raises the fence, takes away what older writers staged, and finishes what one was cut off in. */
    private void prepare() throws IOException, TransferException {
        Optional<String> unsettled = target.prepare(pulse);
        pulse.watcher().fenceRaised();
        while (unsettled.isPresent()) {
            settle(unsettled.get());
            unsettled = target.prepare(pulse);
        }
    }

    private void stageParts(Parts parts, CopyPlan.Target traits, ContentSource source, Expectation expected)
            throws IOException, TransferException {
        boolean only = true;
        do {
            List<FileEntry> entries = parts.next();
            only &= !parts.hasNext();
            Release release = plan(entries, traits, parts, only);
            if (!release.isNothing()) {
                Optional<Room> room = host.sftp().room(target.work());
                if (room.isPresent()) {
                    room.get().require(release, target.work(), diagnosis);
                }
                if (only) {
                    tally.expect(new Parts.Need(release.files().size(), release.bytes()));
                }
                expected.add(release);
                stage(release, source);
                Failpoint.STAGED.passed();
                verifyStaged(release);
                Failpoint.VERIFIED.passed();
                keep(release);
                loads++;
            }
        } while (parts.hasNext());
    }

    /** A release in several parts is looked at as a whole first: it is refused before anything of it is staged. */
    private Parts.Need requireRoomForAll(Manifest manifest, CopyPlan.Target traits)
            throws IOException, TransferException {
        Parts.Need need = Parts.Need.NONE;
        try (Parts all = new Parts(manifest)) {
            while (all.hasNext()) {
                List<FileEntry> entries = all.next();
                need = need.plus(entries, lookOpened(entries, traits));
            }
        }
        Optional<Room> room = host.sftp().room(target.work());
        if (room.isPresent()) {
            room.get().require(need, target.work(), diagnosis);
        }
        return need;
    }

    /** A look with every directory opened that its owner may not look into. */
    private Map<RelativePath, Found> lookOpened(List<FileEntry> entries, CopyPlan.Target traits)
            throws IOException, TransferException {
        List<RelativePath> opened = List.of();
        while (true) {
            Map<RelativePath, Found> found = look(entries);
            List<RelativePath> closed = CopyPlan.closed(entries, found, traits);
            if (closed.isEmpty()) {
                return found;
            }
            if (opened.containsAll(closed)) {
                throw diagnosis.cannotBeOpened(closed);
            }
            pulse.watcher().publishing();
            for (RelativePath directory : closed) {
                host.sftp()
                        .setMode(
                                host.path(directory),
                                Objects.requireNonNull(found.get(directory)).mode() | OWNER_ALL);
            }
            opened = closed;
        }
    }

    private Release plan(List<FileEntry> entries, CopyPlan.Target traits, Parts parts, boolean only)
            throws IOException, TransferException {
        Map<RelativePath, Found> all = lookOpened(entries, traits);
        Parts.Need guessed = Parts.Need.NONE.plus(entries, all);
        host.hash(CopyPlan.undecided(entries, all, traits), pulse)
                .forEach((path, hash) -> all.computeIfPresent(path, (p, there) -> there.withSha256(hash)));
        Release release = Release.of(CopyPlan.of(entries, all, traits, parts.made()), true, parts.adjusted());
        release.refuseWhatIsInTheWay(diagnosis, path -> isEmptyDirectory(path));
        tally.unchanged(release.unchangedFiles());
        if (!only) {
            tally.correct(guessed, release);
        }
        return release;
    }

    /** Whoever owns Slipway's own directory is the user that writes. */
    private CopyPlan.Target traits(SftpChannel sftp) throws IOException {
        long uid = sftp.lstat(target.work()).map(SftpChannel.Attributes::uid).orElse(-1L);
        return new CopyPlan.Target(uid, 0, false, false);
    }

    private boolean isEmptyDirectory(RelativePath path) throws TransferException {
        try {
            return host.sftp().readDirectory(host.path(path)).isEmpty();
        } catch (IOException e) {
            throw host.failed(e, "reading " + host.path(path));
        }
    }

    private Map<RelativePath, Found> look(List<FileEntry> entries) throws IOException, TransferException {
        Map<RelativePath, Found> found = new ConcurrentHashMap<>();
        SftpChannel sftp = host.sftp();
        try (Swarm swarm = new Swarm(pulse)) {
            for (FileEntry entry : entries) {
                swarm.submit(() -> {
                    try {
                        Optional<SftpChannel.Attributes> there = sftp.lstat(host.path(entry.path()));
                        if (there.isPresent()) {
                            String link = there.get().isLink()
                                    ? Fields.utf8(sftp.readlink(host.path(entry.path())))
                                            .orElse("")
                                    : null;
                            found.put(entry.path(), SftpHost.found(there.get(), link));
                        }
                    } catch (SftpChannel.StatusException e) {
                        // Below a file, or in a directory that may not be entered: not there as far as this user can
                        // see.
                        found.remove(entry.path());
                    }
                });
            }
            swarm.join();
        }
        return new HashMap<>(found);
    }

    private String staged(String what) {
        return target.staging(target.name()) + "/" + what;
    }

    private void stage(Release release, ContentSource source) throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        String load = ShellHost.load(loads);
        if (loads == 0) {
            target.makeStaging();
        }
        try (Swarm swarm = new Swarm(pulse)) {
            for (Map.Entry<String, List<String>> list : release.controlLists().entrySet()) {
                ByteArrayOutputStream names = new ByteArrayOutputStream();
                for (String name : list.getValue()) {
                    names.write(name.getBytes(StandardCharsets.UTF_8));
                    names.write(0);
                }
                swarm.submit(
                        () -> target.writeSmall(staged("control/" + list.getKey() + "." + load), names.toByteArray()));
            }
            if (!release.directoriesToAdjust().isEmpty()) {
                byte[] directories = release.directoryTar(true);
                swarm.submit(() -> target.writeSmall(staged("control/dirs." + load), directories));
            }
            swarm.join();
        }
        makeScaffold(release);
        boolean syncEach = release.files().size() <= SYNC_EACH_UP_TO;
        try (Swarm swarm = new Swarm(pulse)) {
            for (FileEntry link : release.links()) {
                swarm.submit(
                        () -> sftp.symlink(Objects.requireNonNull(link.linkTarget()), staged("new/" + link.path())));
            }
            source.read(
                    release.files(),
                    (file, content) -> {
                        if (file.sizeBytes() <= SMALL_FILE_BYTES) {
                            byte[] all = content.readAllBytes();
                            swarm.submit(() -> {
                                write(file, new ByteArrayInputStream(all), syncEach);
                                tally.file();
                            });
                        } else {
                            write(file, content, syncEach);
                            tally.file();
                        }
                    },
                    pulse.watcher());
            swarm.join();
        }
    }

    /** Every directory of the staged tree: the new ones, and those that only lead to staged files. */
    private void makeScaffold(Release release) throws IOException, TransferException {
        TreeSet<RelativePath> directories = new TreeSet<>();
        release.newDirectories().forEach(d -> directories.add(d.path()));
        for (List<FileEntry> some : List.of(release.files(), release.links(), release.newDirectories())) {
            for (FileEntry entry : some) {
                for (RelativePath p = entry.path().parent().orElse(null);
                        p != null && directories.add(p);
                        p = p.parent().orElse(null)) {}
            }
        }
        directories.removeAll(scaffold);
        scaffold.addAll(directories);
        int depth = 1;
        for (boolean more = true; more; depth++) {
            int level = depth;
            List<RelativePath> ofLevel = directories.stream()
                    .filter(d -> d.segments().size() == level)
                    .toList();
            more = directories.stream().anyMatch(d -> d.segments().size() > level);
            try (Swarm swarm = new Swarm(pulse)) {
                for (RelativePath directory : ofLevel) {
                    swarm.submit(() -> host.sftp().mkdir(staged("new/" + directory), OWNER_ALL));
                }
                swarm.join();
            }
        }
    }

    private void write(FileEntry file, InputStream content, boolean syncEach) throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        SftpChannel.Handle handle = atTarget(() -> sftp.create(staged("new/" + file.path())));
        try {
            SftpChannel.Writing out = sftp.writing(handle);
            byte[] buffer = new byte[64 << 10];
            for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
                int length = n;
                atTarget(() -> {
                    out.write(buffer, 0, length);
                    return out;
                });
                host.link().pass(n);
                tally.bytes(n);
            }
            atTarget(() -> {
                out.drain();
                sftp.settle(handle, file.mode() | OWNER_READS, file.modified().getEpochSecond());
                if (host.isDurable() && (syncEach || file.sizeBytes() >= SYNC_ALWAYS_FROM_BYTES)) {
                    sftp.sync(handle);
                }
                return out;
            });
        } finally {
            atTarget(() -> {
                sftp.close(handle);
                return handle;
            });
        }
    }

    private interface Step<T> {
        T run() throws IOException;
    }

    /** Names a failure as the target's before it goes through the source that is being read. */
    private <T> T atTarget(Step<T> step) throws TransferException {
        try {
            return step.run();
        } catch (IOException e) {
            throw host.failedToWrite(e, "writing to " + target.work(), target.work());
        }
    }

    private void verifyStaged(Release release) throws IOException, TransferException {
        List<RelativePath> wrong = Collections.synchronizedList(new ArrayList<>());
        try (Swarm swarm = new Swarm(pulse)) {
            for (FileEntry file : release.files()) {
                swarm.submit(() -> {
                    String path = staged("new/" + file.path());
                    if (host.verifies() && !host.hashAt(path).equals(file.contentHash())) {
                        wrong.add(file.path());
                    }
                    if ((file.mode() & OWNER_READS) == 0) {
                        host.sftp().setMode(path, file.mode());
                    }
                });
            }
            swarm.join();
        }
        if (!wrong.isEmpty()) {
            throw diagnosis.checksum(wrong, "in the staging directory");
        }
    }

    /** Hard links to what will be replaced, where the server makes them; without, what is replaced is not kept. */
    private void keep(Release release) throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        if (release.keep().isEmpty() || !sftp.can("hardlink@openssh.com")) {
            return;
        }
        String kept = target.replaced();
        if (keptDirectories.isEmpty()) {
            if (sftp.lstat(kept).isPresent()) {
                target.trash(kept);
            }
            target.makeDirectory(kept);
            keptDirectories.add(".");
        }
        TreeSet<String> directories = new TreeSet<>();
        for (String name : release.keep()) {
            for (int slash = name.indexOf('/', 2); slash > 0; slash = name.indexOf('/', slash + 1)) {
                directories.add(name.substring(2, slash));
            }
        }
        directories.removeAll(keptDirectories);
        keptDirectories.addAll(directories);
        for (String directory : directories) {
            sftp.mkdir(kept + "/" + directory, 0700);
        }
        try (Swarm swarm = new Swarm(pulse)) {
            for (String name : release.keep()) {
                swarm.submit(() -> {
                    try {
                        sftp.hardlink(project + name.substring(1), kept + name.substring(1));
                    } catch (SftpChannel.StatusException e) {
                        // A link to a link, or to another user's file, may be refused: then there is nothing to go back
                        // to for this one.
                        return;
                    }
                });
            }
            swarm.join();
        }
    }

    private void settle(String name) throws IOException, TransferException {
        if (!name.matches("[0-9]{19}")) {
            throw diagnosis.nonsense("a staging directory " + name);
        }
        pulse.watcher().publishing();
        target.takeOver(name);
        try {
            for (String load : target.loads(target.name())) {
                requireReal(target.readList(target.name(), "through." + load), true);
            }
            publish(target.name(), true);
        } catch (IOException e) {
            throw diagnosis.unsettled(
                    target.staging(target.name()), host.failed(e, "finishing a publication that was cut off"));
        } catch (TransferException e) {
            throw diagnosis.unsettled(target.staging(target.name()), e);
        }
    }

    /** Refuses to write through a symbolic link, at whatever level of a path. */
    private void requireReal(List<String> directories, boolean mayBeGone) throws IOException, TransferException {
        List<String> unreal = unreal(directories, mayBeGone);
        if (!unreal.isEmpty()) {
            throw diagnosis.inTheWay(
                    "On " + diagnosis.server() + " " + project
                            + unreal.getFirst().substring(1)
                            + " was taken away or replaced, and nothing is written through a symbolic link.",
                    List.of());
        }
    }

    /** Refuses, while nothing is changed yet, to publish into directories of which some cannot be written. */
    private void requireWritable(String load) throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        Optional<Long> self = sftp.lstat(target.staging(target.name())).map(SftpChannel.Attributes::uid);
        Set<String> opened = Set.copyOf(target.readList(target.name(), "open." + load));
        List<String> closed = Collections.synchronizedList(new ArrayList<>());
        try (Swarm swarm = new Swarm(pulse)) {
            for (String directory : target.readList(target.name(), "into." + load)) {
                swarm.submit(() -> {
                    String path = project + directory.substring(1);
                    Optional<SftpChannel.Attributes> there = sftp.lstat(path);
                    boolean own = there.isPresent()
                            && self.equals(Optional.of(there.get().uid()))
                            && (opened.contains(directory) || (there.get().mode() & OWNER_WRITES) == OWNER_WRITES);
                    if (!own && !SftpTarget.canWriteIn(host, path)) {
                        closed.add(path);
                    }
                });
            }
            swarm.join();
        }
        if (!closed.isEmpty()) {
            if (host.isReadOnly(closed.getFirst())) {
                throw diagnosis.readOnly(closed.getFirst(), "");
            }
            throw diagnosis.directory("On " + diagnosis.server() + " these directories were taken away or may not be"
                    + " written by " + host.address().user() + "; nothing was changed: " + Diagnosis.shown(closed)
                    + ". Give that user the right to, then try again.");
        }
    }

    /** Refuses, while nothing is changed yet, to publish over a directory with something in it that came after the plan was made. */
    private void requireFree(String load) throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        Set<String> givesWay = Set.copyOf(target.readList(target.name(), "away." + load));
        List<String> taken = Collections.synchronizedList(new ArrayList<>());
        try (Swarm swarm = new Swarm(pulse)) {
            for (String move : target.readList(target.name(), "moves." + load)) {
                if (!givesWay.contains(move)) {
                    swarm.submit(() -> {
                        String path = project + move.substring(1);
                        if (sftp.lstat(path)
                                        .filter(SftpChannel.Attributes::isDirectory)
                                        .isPresent()
                                && !sftp.readDirectory(path).isEmpty()) {
                            taken.add(move);
                        }
                    });
                }
            }
            swarm.join();
        }
        if (!taken.isEmpty()) {
            throw diagnosis.inTheWay(
                    "On " + diagnosis.server() + " the directory " + project
                            + taken.getFirst().substring(1)
                            + " is not empty and came in the way meanwhile; nothing was changed. Remove it and try again.",
                    List.of());
        }
    }

    private List<String> unreal(List<String> directories, boolean mayBeGone) throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        List<String> unreal = Collections.synchronizedList(new ArrayList<>());
        try (Swarm swarm = new Swarm(new Pulse(diagnosis.server(), CopyWatcher.none()))) {
            for (String directory : directories) {
                swarm.submit(() -> {
                    Optional<SftpChannel.Attributes> there =
                            directory.equals(".") ? sftp.stat(project) : sftp.lstat(project + directory.substring(1));
                    if (!there.map(SftpChannel.Attributes::isDirectory).orElse(mayBeGone)) {
                        unreal.add(directory);
                    }
                });
            }
            swarm.join();
        }
        return unreal;
    }

    /** Works through the record of a publication; what was done before it was cut off is done no second time. */
    private void publish(String name, boolean again) throws IOException, TransferException {
        List<String> all = target.loads(name);
        for (String load : all) {
            giveWay(name, load);
        }
        Pulse unstoppable = new Pulse(diagnosis.server(), CopyWatcher.none());
        for (String load : all) {
            try (Swarm swarm = new Swarm(unstoppable)) {
                move(name, load, again, swarm);
                swarm.join();
            }
        }
        for (String load : all) {
            try (Swarm swarm = new Swarm(unstoppable)) {
                adjustFiles(name, load, swarm);
                swarm.join();
            }
        }
        for (String load : all.reversed()) {
            adjustDirectories(name, load);
        }
        target.trash(target.staging(name));
        target.prune();
        target.sweep(unstoppable);
    }

    private void giveWay(String name, String load) throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        String staged = target.staging(name) + "/new";
        for (String open : target.readList(name, "open." + load)) {
            sftp.setMode(project + open.substring(1), OWNER_ALL);
        }
        for (String away : target.readList(name, "away." + load)) {
            String path = project + away.substring(1);
            Optional<SftpChannel.Attributes> there = sftp.lstat(path);
            if (there.isPresent() && sftp.lstat(staged + away.substring(1)).isPresent()) {
                if (there.get().isDirectory()) {
                    sftp.rmdir(path);
                } else {
                    sftp.remove(path);
                }
            }
        }
    }

    private void move(String name, String load, boolean again, Swarm swarm) throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        String staged = target.staging(name) + "/new";
        for (String move : target.readList(name, "moves." + load)) {
            swarm.submit(() -> {
                if (!again || sftp.lstat(staged + move.substring(1)).isPresent()) {
                    sftp.rename(staged + move.substring(1), project + move.substring(1));
                    Failpoint.PUBLISHING.passed();
                }
            });
        }
    }

    private void adjustFiles(String name, String load, Swarm swarm) throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        for (String line : target.readList(name, "chmod." + load)) {
            int space = line.indexOf(' ');
            String path = project + line.substring(space + 2);
            swarm.submit(() -> adjust(path, () -> sftp.setMode(path, Integer.parseInt(line.substring(0, space), 8))));
        }
        for (String line : target.readList(name, "touch." + load)) {
            int space = line.indexOf(' ');
            long seconds = Long.parseLong(line.substring(1, space));
            String path = project + line.substring(space + 2);
            swarm.submit(() -> adjust(path, () -> sftp.setTime(path, seconds)));
        }
    }

    private interface Adjustment {
        void make() throws IOException;
    }

    /** What cannot be set shows when the target is looked at, and is no reason to stay unfinished. Nothing is set through a symbolic link. */
    private void adjust(String path, Adjustment adjustment) throws IOException, TransferException {
        if (host.sftp().lstat(path).filter(there -> !there.isLink()).isPresent()) {
            try {
                adjustment.make();
            } catch (SftpChannel.StatusException refused) {
                LOG.debug("{} of {} could not be adjusted", path, diagnosis.server(), refused);
            }
        }
    }

    /** The deepest first: one whose own mode shuts it comes after all below it. */
    private void adjustDirectories(String name, String load) throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        String file = target.staging(name) + "/control/dirs." + load;
        if (sftp.lstat(file).isEmpty()) {
            return;
        }
        if (!unreal(target.readList(name, "adjusted." + load), true).isEmpty()) {
            return;
        }
        List<TarArchiveEntry> directories = new ArrayList<>();
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new ByteArrayInputStream(sftp.readAll(file)), "UTF-8")) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                directories.add(entry);
            }
        }
        for (TarArchiveEntry directory : directories.reversed()) {
            String path = project + "/" + directory.getName().substring(2).replaceAll("/$", "");
            adjust(path, () -> {
                sftp.setTime(path, directory.getLastModifiedTime().toInstant().getEpochSecond());
                sftp.setMode(path, directory.getMode() & 03777);
            });
        }
    }

    private void verifyPublished(Expectation expected) throws IOException, TransferException {
        try (Manifest.Cursor all = expected.open()) {
            while (all.hasNext()) {
                List<FileEntry> some = all.next(Parts.ENTRIES);
                Map<RelativePath, Found> found = look(some);
                some.forEach(entry -> expected.compare(entry, found.get(entry.path())));
            }
        }
        if (!expected.wrong().isEmpty()) {
            throw diagnosis.checksum(expected.wrong(), "in the project directory, after they were published,");
        }
    }
}
