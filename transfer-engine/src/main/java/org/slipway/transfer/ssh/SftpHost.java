package org.slipway.transfer.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slipway.model.FileEntry;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;
import org.slipway.transfer.ContentSource;
import org.slipway.transfer.Host;
import org.slipway.transfer.Listing;
import org.slipway.transfer.Manifest;
import org.slipway.transfer.TransferException;
import org.slipway.transfer.crypto.NativeCrypto;
import org.slipway.transfer.plan.Found;

/** A host without a shell: the same work over one SFTP channel. */
final class SftpHost implements Host {
    private static final Logger LOG = LoggerFactory.getLogger(SftpHost.class);
    private static final long SMALL_FILE_BYTES = 256 << 10;
    private static final int FILES_AHEAD = 48;
    private static final int MOST_LINKS = 40;
    private static final int DIRECTORIES_AT_ONCE = 256;
    private static final int BUFFER_BYTES = 64 << 10;

    private final HostAddress address;
    private final Connection connection;
    private final Clock clock;
    private final Diagnosis diagnosis;

    SftpHost(HostAddress address, Connection connection, Clock clock) {
        this.address = address;
        this.connection = connection;
        this.clock = clock;
        this.diagnosis = new Diagnosis(address);
    }

    @Override
    public HostAddress address() {
        return address;
    }

    Diagnosis diagnosis() {
        return diagnosis;
    }

    Link link() {
        return connection.link();
    }

    boolean verifies() {
        return connection.copying().verify();
    }

    boolean isDurable() {
        return connection.copying().durable();
    }

    SftpChannel sftp() throws TransferException {
        return connection.sftp(diagnosis);
    }

    /** What broke, in words; a status of the server is a refusal, anything else a broken connection. */
    TransferException failed(IOException e, String doing) {
        if (e instanceof SftpChannel.StatusException status) {
            String words = status.code() == SftpChannel.PERMISSION_DENIED ? "permission denied" : status.getMessage();
            return diagnosis.fromErrors(doing, String.valueOf(words));
        }
        connection.spoil();
        return diagnosis.unreachable(e);
    }

    /** The same for what was written: SFTP has no word for a file system that is read-only, so it is asked. */
    TransferException failedToWrite(IOException e, String doing, String... directories) {
        if (e instanceof SftpChannel.StatusException status && status.code() == SftpChannel.FAILURE) {
            for (String directory : directories) {
                if (isReadOnly(directory)) {
                    return diagnosis.readOnly(directory, "");
                }
            }
        }
        return failed(e, doing);
    }

    boolean isReadOnly(String directory) {
        try {
            for (String path = directory; !path.isEmpty(); path = path.substring(0, path.lastIndexOf('/'))) {
                if (sftp().stat(path).isPresent()) {
                    return sftp().isReadOnly(path);
                }
            }
        } catch (IOException | TransferException e) {
            LOG.debug("no file system of {} could be asked about", directory, e);
        }
        return false;
    }

    String path(RelativePath path) {
        return address.projectDirectory() + "/" + path;
    }

    @Override
    public Listing.Gaps list(List<RelativePath> paths, Consumer<FileEntry> taker, CopyWatcher watcher)
            throws TransferException {
        Pulse pulse = new Pulse(address.name(), watcher);
        ListingBuilder builder = new ListingBuilder(paths, taker);
        try (Swarm swarm = new Swarm(pulse)) {
            requireProject();
            Tree tree = new Tree(sftp(), swarm);
            for (RelativePath parent : builder.parents()) {
                tree.look(parent, true);
            }
            for (RelativePath top : builder.tops()) {
                tree.look(top, false);
            }
            tree.walk(seen -> builder.take(seen.path(), seen.parent(), seen.found()));
            tree.refused().forEach(builder::refuse);
        } catch (IOException e) {
            throw failed(e, "listing " + address.projectDirectory());
        }
        return builder.gaps();
    }

    @Override
    public boolean hashesByItself() {
        return false;
    }

    @Override
    public Map<RelativePath, String> hash(Collection<FileEntry> files, CopyWatcher watcher) throws TransferException {
        return hash(files, new Pulse(address.name(), watcher));
    }

    void requireProject() throws IOException, TransferException {
        Optional<SftpChannel.Attributes> project = sftp().stat(address.projectDirectory());
        if (project.isEmpty() || !project.get().isDirectory()) {
            throw diagnosis.directory("On " + address.name() + ": the project directory " + address.projectDirectory()
                    + " is missing or is no directory. Make it, or change it in the inventory.");
        }
    }

    /** SHA-256 of files below the project directory, by reading them back; those that cannot be read are left out. */
    Map<RelativePath, String> hash(Collection<FileEntry> files, Pulse pulse) throws TransferException {
        Map<RelativePath, String> hashes = new ConcurrentHashMap<>();
        try (Swarm swarm = new Swarm(pulse)) {
            for (FileEntry file : files) {
                swarm.submit(() -> hashAt(path(file.path())).ifPresent(hash -> hashes.put(file.path(), hash)));
            }
            swarm.join();
        } catch (IOException e) {
            throw failed(e, "reading files");
        }
        return hashes;
    }

    /** The SHA-256 of one file; empty when it may not be read. */
    Optional<String> hashAt(String path) throws IOException, TransferException {
        MessageDigest digest = NativeCrypto.sha256();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream content = sftp().read(path)) {
            for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
                link().pass(n);
                digest.update(buffer, 0, n);
            }
        } catch (SftpChannel.StatusException e) {
            return Optional.empty();
        }
        return Optional.of(HexFormat.of().formatHex(digest.digest()));
    }

    @Override
    public void read(List<FileEntry> files, Sink sink, CopyWatcher watcher) throws TransferException {
        Pulse pulse = new Pulse(address.name(), watcher);
        ArrayDeque<CompletableFuture<byte[]>> ahead = new ArrayDeque<>();
        MessageDigest digest = NativeCrypto.sha256();
        int next = 0;
        try (Swarm swarm = new Swarm(pulse)) {
            for (int i = 0; i < files.size(); i++) {
                next = Math.max(next, i);
                while (next < files.size()
                        && ahead.size() < FILES_AHEAD
                        && files.get(next).sizeBytes() <= SMALL_FILE_BYTES) {
                    ahead.add(load(files.get(next), swarm));
                    next++;
                }
                FileEntry file = files.get(i);
                CompletableFuture<byte[]> loaded = file.sizeBytes() <= SMALL_FILE_BYTES ? ahead.poll() : null;
                if (loaded != null) {
                    hand(file, new Loaded(loaded), digest, sink);
                } else {
                    next = i + 1;
                    try (InputStream content = sftp().read(path(file.path()))) {
                        hand(file, content, digest, sink);
                    }
                }
            }
        } catch (SftpChannel.StatusException e) {
            throw diagnosis.fromErrors("reading files", String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw failed(e, "reading files");
        }
    }

    /** A file that cannot be read comes as one without content: its hash tells. */
    private CompletableFuture<byte[]> load(FileEntry file, Swarm swarm) throws IOException, TransferException {
        CompletableFuture<byte[]> loaded = new CompletableFuture<>();
        swarm.submit(() -> {
            try (InputStream content = sftp().read(path(file.path()))) {
                byte[] all = content.readNBytes((int) file.sizeBytes() + 1);
                link().pass(all.length);
                loaded.complete(all);
            } catch (SftpChannel.StatusException e) {
                loaded.complete(new byte[0]);
            } catch (IOException | TransferException | RuntimeException e) {
                loaded.completeExceptionally(e);
                throw e;
            }
        });
        return loaded;
    }

    private void hand(FileEntry file, InputStream content, MessageDigest digest, Sink sink)
            throws IOException, TransferException {
        CheckedContent checked = new CheckedContent(content, file, diagnosis, digest);
        sink.file(file, checked);
        checked.finish();
        if (content.read() >= 0) {
            throw diagnosis.sourceChanged(file.path());
        }
    }

    @Override
    public CopyResult copy(Manifest manifest, ContentSource source, Fence fence, CopyWatcher watcher)
            throws TransferException {
        return new SftpCopy(this, fence, new Pulse(address.name(), watcher)).copy(manifest, source);
    }

    @Override
    public void fenceOff(Fence fence, CopyWatcher watcher) throws TransferException {
        new SftpCopy(this, fence, new Pulse(address.name(), watcher)).fenceOff();
    }

    @Override
    public BackupResult archive(BackupOrder order, Fence fence, CopyWatcher watcher) throws TransferException {
        return new SftpArchive(this, fence, new Pulse(address.name(), watcher)).archive(order);
    }

    @Override
    public List<CheckLine> check(boolean forWriting, @Nullable String backupFile) throws TransferException {
        Map<String, String> facts = new HashMap<>();
        try {
            SftpChannel sftp = sftp();
            Optional<SftpChannel.Attributes> project = sftp.stat(address.projectDirectory());
            boolean exists = project.isPresent() && project.get().isDirectory();
            facts.put("project-exists", exists ? "yes" : "no");
            facts.put("project-readable", exists && canList(sftp) ? "yes" : "no");
            if (forWriting && exists) {
                SftpTarget target = new SftpTarget(this, new Fence("check", 0));
                SftpTarget.Rights rights = target.rights();
                facts.put("project-writable", rights.inProject() ? "yes" : "no");
                facts.put("work-usable", rights.inWork() ? "yes" : "no");
                if (rights.oneFileSystem() != null && sftp.can("posix-rename@openssh.com")) {
                    facts.put("one-file-system", rights.oneFileSystem() ? "yes" : "no");
                }
                if (rights.inWork()) {
                    String owner = target.raisedFor();
                    facts.put("work-own", owner.equals(target.project()) ? "yes" : "no");
                    facts.put("work-owner", owner);
                    facts.put("work-left", target.left().orElse(""));
                }
                sftp.room(address.projectDirectory())
                        .ifPresent(room -> facts.put(
                                "room",
                                room.freeBytes() / room.blockBytes() + " " + room.blockBytes() + " "
                                        + (room.freeFiles() == Long.MAX_VALUE ? "0 0" : room.freeFiles() + " 1")));
            }
            if (backupFile != null && backupFile.startsWith("/")) {
                lookAtBackup(sftp, backupFile, facts);
            }
            List<String> missing = new ArrayList<>();
            if (forWriting && !sftp.can("posix-rename@openssh.com")) {
                missing.add("an SFTP server with posix-rename@openssh.com");
            }
            return new CheckLines(address, forWriting, facts)
                    .connect()
                    .add(
                            "login-shell",
                            true,
                            "none: files go over SFTP alone, without a lock on the server; the fence is read right before publication")
                    .tools(missing)
                    .projectDirectory()
                    .writing(clock.instant(), diagnosis)
                    .backup(backupFile, diagnosis)
                    .lines();
        } catch (IOException e) {
            throw failed(e, "looking at " + address.projectDirectory());
        }
    }

    private void lookAtBackup(SftpChannel sftp, String file, Map<String, String> facts)
            throws IOException, TransferException {
        String directory = SftpArchive.directoryOf(file);
        boolean exists =
                sftp.stat(directory).map(SftpChannel.Attributes::isDirectory).orElse(false);
        facts.put("backup-directory", exists ? "yes" : "no");
        if (exists) {
            boolean taken =
                    sftp.stat(file).map(SftpChannel.Attributes::isDirectory).orElse(false);
            facts.put("backup-outside", isInProject(directory) ? "no" : "yes");
            facts.put("backup-writable", !taken && SftpTarget.canWriteIn(this, directory) ? "yes" : "no");
        }
    }

    /** Whether a directory is the project directory or lies in it, whatever symbolic links lead to either. */
    boolean isInProject(String directory) throws IOException, TransferException {
        String project = address.projectDirectory();
        if (sftp().stat(project).isEmpty()) {
            return false;
        }
        return (resolved(directory) + "/").startsWith(resolved(project) + "/");
    }

    /** A path without symbolic links. Not every server follows them when it is asked for the real path. */
    String resolved(String path) throws IOException, TransferException {
        SftpChannel sftp = sftp();
        ArrayDeque<String> rest = new ArrayDeque<>(List.of(sftp.realpath(path).split("/")));
        String done = "";
        int links = 0;
        while (!rest.isEmpty()) {
            String next = rest.removeFirst();
            if (next.equals("..")) {
                done = done.substring(0, Math.max(0, done.lastIndexOf('/')));
            } else if (!next.isEmpty() && !next.equals(".")) {
                String here = done + "/" + next;
                boolean link =
                        sftp.lstat(here).map(SftpChannel.Attributes::isLink).orElse(false);
                if (link && links++ < MOST_LINKS) {
                    String target = Fields.utf8(sftp.readlink(here)).orElse("");
                    done = target.startsWith("/") ? "" : done;
                    List.of(target.split("/")).reversed().forEach(rest::addFirst);
                } else {
                    done = here;
                }
            }
        }
        return done;
    }

    private boolean canList(SftpChannel sftp) throws IOException {
        try {
            sftp.readDirectory(address.projectDirectory());
            return true;
        } catch (SftpChannel.StatusException e) {
            return false;
        }
    }

    @Override
    public void close() {
        // Its session is the pool's, see PooledHost.
    }

    /** What SFTP tells about a file, in the words of the plan. */
    static Found found(SftpChannel.Attributes attributes, @Nullable String linkTarget) {
        Found.Kind kind = attributes.isFile()
                ? Found.Kind.FILE
                : attributes.isDirectory()
                        ? Found.Kind.DIRECTORY
                        : attributes.isLink() && linkTarget != null ? Found.Kind.SYMLINK : Found.Kind.OTHER;
        return new Found(
                kind,
                attributes.mode(),
                Instant.ofEpochSecond(attributes.modified()),
                kind == Found.Kind.FILE ? attributes.size() : 0,
                attributes.uid(),
                0,
                kind == Found.Kind.SYMLINK ? linkTarget : null,
                null);
    }

    /** Looks at paths and everything below them, many directories at a time. */
    final class Tree {
        private final SftpChannel sftp;
        private final Swarm swarm;
        private final List<Seen> seen = new ArrayList<>();
        private final List<Listing.Refused> refused = new ArrayList<>();
        private final List<RelativePath> directories = new ArrayList<>();

        /** One thing; {@code found} is {@code null} where it may not be read. */
        record Seen(
                RelativePath path, boolean parent, @Nullable Found found) {}

        Tree(SftpChannel sftp, Swarm swarm) {
            this.sftp = sftp;
            this.swarm = swarm;
        }

        void look(RelativePath path, boolean asParent) throws IOException, TransferException {
            swarm.submit(() -> {
                Optional<SftpChannel.Attributes> attributes;
                try {
                    attributes = sftp.lstat(path(path));
                } catch (SftpChannel.StatusException e) {
                    // A path below a file is "not a directory", which SFTP calls a failure.
                    attributes = Optional.empty();
                }
                if (attributes.isPresent()) {
                    note(path, asParent, attributes.get());
                }
            });
        }

        /** Everything in the project directory, without that itself. */
        void lookBelowRoot() throws IOException {
            for (SftpChannel.Named child : sftp.readDirectory(address.projectDirectory())) {
                take("", child);
            }
        }

        private void note(RelativePath path, boolean asParent, SftpChannel.Attributes attributes) throws IOException {
            String target =
                    attributes.isLink() ? Fields.utf8(sftp.readlink(path(path))).orElse(null) : null;
            Found found = found(attributes, target);
            synchronized (this) {
                if (found.kind() == Found.Kind.DIRECTORY && !asParent) {
                    directories.add(path);
                }
                seen.add(new Seen(path, asParent, found));
            }
        }

        private void unreadable(RelativePath path) {
            synchronized (this) {
                seen.removeIf(s -> s.path().equals(path));
                seen.add(new Seen(path, false, null));
            }
        }

        /** Goes down level by level, some directories at a time, and hands over what was seen. */
        void walk(Taker taker) throws IOException, TransferException {
            swarm.join();
            handOver(taker);
            List<RelativePath> level = takeDirectories();
            while (!level.isEmpty()) {
                for (int from = 0; from < level.size(); from += DIRECTORIES_AT_ONCE) {
                    for (RelativePath directory :
                            level.subList(from, Math.min(level.size(), from + DIRECTORIES_AT_ONCE))) {
                        swarm.submit(() -> read(directory));
                    }
                    swarm.join();
                    handOver(taker);
                }
                level = takeDirectories();
            }
        }

        private void handOver(Taker taker) throws IOException {
            List<Seen> some;
            synchronized (this) {
                some = seen.stream().sorted(Comparator.comparing(Seen::path)).toList();
                seen.clear();
            }
            for (Seen one : some) {
                taker.take(one);
            }
        }

        /** Takes what was seen, a directory before what is in it. */
        interface Taker {
            void take(Seen seen) throws IOException;
        }

        private synchronized List<RelativePath> takeDirectories() {
            List<RelativePath> taken = List.copyOf(directories);
            directories.clear();
            return taken;
        }

        private void read(RelativePath directory) throws IOException {
            List<SftpChannel.Named> children;
            try {
                children = sftp.readDirectory(path(directory));
            } catch (SftpChannel.StatusException e) {
                unreadable(directory);
                return;
            }
            for (SftpChannel.Named child : children) {
                take(directory + "/", child);
            }
        }

        private void take(String directory, SftpChannel.Named child) throws IOException {
            String name = Fields.utf8(child.name()).orElse(null);
            if (name == null || name.contains("/")) {
                refuse(
                        directory + new String(child.name(), StandardCharsets.UTF_8),
                        "its name is not UTF-8; rename it");
                return;
            }
            try {
                note(new RelativePath(directory + name), false, child.attributes());
            } catch (RelativePath.InvalidPathException e) {
                refuse(directory + name, "it is no path of a project: " + e.getMessage());
            }
        }

        private synchronized void refuse(String path, String why) {
            refused.add(new Listing.Refused(Diagnosis.printable(path), why));
        }

        List<Listing.Refused> refused() {
            return refused;
        }
    }
}
