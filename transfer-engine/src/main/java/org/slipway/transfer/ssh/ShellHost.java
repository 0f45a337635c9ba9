package org.slipway.transfer.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slipway.model.FileEntry;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;
import org.slipway.transfer.ContentSource;
import org.slipway.transfer.Host;
import org.slipway.transfer.Listing;
import org.slipway.transfer.Manifest;
import org.slipway.transfer.TransferException;
import org.slipway.transfer.crypto.NativeCrypto;

/** A host that runs our scripts: POSIX sh with GNU or BusyBox tools. */
final class ShellHost implements Host {
    /** From here on OpenSSL's faster SHA-256 outweighs its slower start. */
    private static final long OPENSSL_FROM_BYTES = 4 << 20;

    private static final List<String> READING_TOOLS = List.of("find", "xargs", "stat", "cat", "head");
    private static final List<String> WRITING_TOOLS = List.of(
            "find", "xargs", "stat", "cat", "head", "tar", "mv", "ln", "cp", "mkdir", "rm", "chmod", "touch", "flock",
            "sync");

    private final HostAddress address;
    private final Connection connection;
    private final Clock clock;
    private final Diagnosis diagnosis;

    ShellHost(HostAddress address, Connection connection, Clock clock) {
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

    Connection connection() {
        return connection;
    }

    /** {@code gnu} where {@code find -printf} works, else {@code stat}. */
    String dialect() {
        return connection.can("find-printf") && connection.can("gnu-cp") ? "gnu" : "stat";
    }

    /** Whether listings tell parts of a second. */
    boolean tellsFractions() {
        return dialect().equals("gnu");
    }

    String hashTool(long bytes) throws TransferException {
        boolean openssl = connection.can("has:openssl");
        if (!openssl && !connection.can("has:sha256sum")) {
            throw diagnosis.missingTool("sha256sum or openssl");
        }
        return openssl && (bytes >= OPENSSL_FROM_BYTES || !connection.can("has:sha256sum")) ? "openssl" : "sha256sum";
    }

    void require(Collection<String> tools) throws TransferException {
        List<String> missing = missing(tools);
        if (!missing.isEmpty()) {
            throw diagnosis.missingTool(String.join(", ", missing));
        }
    }

    private List<String> missing(Collection<String> tools) {
        return tools.stream()
                .distinct()
                .filter(tool -> !connection.can("has:" + tool))
                .toList();
    }

    void requireForWriting() throws TransferException {
        require(WRITING_TOOLS);
    }

    /** Runs a script that takes these names on its standard input. */
    Exec run(Script script, Pulse pulse, long epoch, List<String> arguments, Iterable<String> names)
            throws TransferException {
        Exec exec = Exec.resident(connection, diagnosis, pulse, script, epoch, Exec.lengthOf(names), arguments);
        exec.sendNames(names);
        return exec;
    }

    @Override
    public Listing.Gaps list(List<RelativePath> paths, Consumer<FileEntry> taker, CopyWatcher watcher)
            throws TransferException {
        require(List.of("find", "xargs", "stat", "head"));
        Pulse pulse = new Pulse(address.name(), watcher);
        ListingBuilder builder = new ListingBuilder(paths, taker);
        List<String> arguments = List.of(address.projectDirectory(), dialect());
        try (Exec exec = run(Script.LIST, pulse, 0, arguments, builder.questions())) {
            new StatRecords(exec, exec.answer()).readAll(builder);
            builder.requireEnd();
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
        return builder.gaps();
    }

    @Override
    public boolean hashesByItself() {
        return true;
    }

    @Override
    public Map<RelativePath, String> hash(Collection<FileEntry> files, CopyWatcher watcher) throws TransferException {
        return hash(files, new Pulse(address.name(), watcher));
    }

    /** SHA-256 of files below the project directory; those that cannot be read are left out. */
    Map<RelativePath, String> hash(Collection<FileEntry> files, Pulse pulse) throws TransferException {
        if (files.isEmpty()) {
            return Map.of();
        }
        long bytes = files.stream().mapToLong(FileEntry::sizeBytes).sum();
        List<RelativePath> paths = files.stream().map(FileEntry::path).toList();
        List<String> arguments = List.of(address.projectDirectory(), hashTool(bytes));
        try (Exec exec = run(Script.HASH, pulse, 0, arguments, names(paths))) {
            exec.allowFor(bytes);
            Fields fields = exec.answer();
            exec.expect("h");
            Map<RelativePath, String> hashes = HashLines.read(fields, paths);
            exec.restOfTags();
            return hashes;
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
    }

    /**
     * Sums of the blocks of files, as far as this host can tell them.
     *
     * @param sizes of the files as they were seen before
     */
    Map<RelativePath, BlockSums> blockSums(Map<RelativePath, Long> sizes, Pulse pulse) throws TransferException {
        long bytes = sizes.values().stream().mapToLong(Long::longValue).sum();
        OptionalInt blockBytes = BlockSums.blockBytes(bytes);
        if (sizes.isEmpty() || blockBytes.isEmpty()) {
            return new HashMap<>();
        }
        int block = blockBytes.getAsInt();
        Map<RelativePath, BlockSums> sums = HashMap.newHashMap(sizes.size());
        List<String> arguments = List.of(address.projectDirectory(), Integer.toString(block));
        try (Exec exec = run(Script.BLOCKS, pulse, 0, arguments, names(sizes.keySet()))) {
            exec.allowFor(bytes);
            Fields fields = exec.answer();
            Iterator<RelativePath> due = sizes.keySet().iterator();
            for (String tag = exec.nextTag(); tag != null; tag = exec.nextTag()) {
                if (!tag.equals("blocks") || !due.hasNext()) {
                    throw new OddAnswer("blocks of something that was not asked for");
                }
                RelativePath path = due.next();
                long blocks = StatRecords.number(fields.ascii(), 10);
                long sizeBytes = Objects.requireNonNull(sizes.get(path));
                sums.put(path, BlockSums.read(fields.rest(), blocks, sizeBytes, block));
            }
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
        sums.values().removeIf(BlockSums::isEmpty);
        return sums;
    }

    @Override
    public void read(List<FileEntry> files, Sink sink, CopyWatcher watcher) throws TransferException {
        if (files.isEmpty()) {
            return;
        }
        require(List.of("xargs", "cat", "head"));
        Pulse pulse = new Pulse(address.name(), watcher);
        Iterable<String> names = names(files.stream().map(FileEntry::path).toList());
        boolean packed = connection.packs();
        List<String> arguments = List.of(address.projectDirectory(), packed ? "zstd" : "plain");
        // What is unpacked may read ahead, so nothing may follow it on its channel.
        try (Exec exec = packed
                ? Exec.alone(connection, diagnosis, pulse, Script.READ, 0, Exec.lengthOf(names), arguments)
                : Exec.resident(connection, diagnosis, pulse, Script.READ, 0, Exec.lengthOf(names), arguments)) {
            exec.sendNames(names);
            Fields answer = exec.answer();
            exec.expect("c");
            Fields contents = packed ? exec.unpacked() : answer;
            MessageDigest digest = NativeCrypto.sha256();
            for (FileEntry file : files) {
                exec.contentBegins(file.sizeBytes());
                CheckedContent content = new CheckedContent(contents.rest(), file, diagnosis, digest);
                sink.file(file, content);
                content.finish();
            }
            if (packed) {
                exec.expectEnd(contents);
            } else if (exec.nextTag() != null) {
                throw diagnosis.sourceChanged(files.getLast().path());
            }
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
    }

    static Iterable<String> names(Collection<RelativePath> paths) {
        return () -> paths.stream().map(path -> "./" + path).iterator();
    }

    @Override
    public CopyResult copy(Manifest manifest, ContentSource source, Fence fence, CopyWatcher watcher)
            throws TransferException {
        return new ShellCopy(this, fence, new Pulse(address.name(), watcher)).copy(manifest, source);
    }

    @Override
    public void fenceOff(Fence fence, CopyWatcher watcher) throws TransferException {
        new ShellCopy(this, fence, new Pulse(address.name(), watcher)).fenceOff();
    }

    @Override
    public BackupResult archive(BackupOrder order, Fence fence, CopyWatcher watcher) throws TransferException {
        return new ShellArchive(this, fence, new Pulse(address.name(), watcher)).archive(order);
    }

    @Override
    public List<CheckLine> check(boolean forWriting, @Nullable String backupFile) throws TransferException {
        Pulse pulse = new Pulse(address.name(), CopyWatcher.none());
        Map<String, String> facts = new HashMap<>();
        List<String> arguments = List.of(
                address.projectDirectory(), address.effectiveWorkDirectory(), backupFile == null ? "" : backupFile);
        try (Exec exec = run(Script.CHECK, pulse, 0, arguments, List.of())) {
            Fields fields = exec.answer();
            for (String tag = exec.nextTag(); tag != null; tag = exec.nextTag()) {
                facts.put(fields.ascii(), new String(fields.bytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw diagnosis.unreachable(e);
        }
        return new CheckLines(address, forWriting, facts)
                .connect()
                .add("login-shell", true, "commands run, and what the login shell prints does not disturb them")
                .tools(missingTools(forWriting, backupFile))
                .projectDirectory()
                .writing(clock.instant(), diagnosis)
                .backup(backupFile, diagnosis)
                .lines();
    }

    private List<String> missingTools(boolean forWriting, @Nullable String backupFile) {
        List<String> needed = new ArrayList<>(forWriting ? WRITING_TOOLS : READING_TOOLS);
        if (backupFile != null) {
            needed.addAll(ShellArchive.TOOLS);
            BackupFormat.ofEnding(backupFile).ifPresent(format -> needed.addAll(format.tools()));
        }
        List<String> missing = new ArrayList<>(missing(needed));
        if (!connection.can("has:sha256sum") && !connection.can("has:openssl")) {
            missing.add("sha256sum or openssl");
        }
        return missing;
    }

    /** The number of a load, as its lists carry it. */
    static String load(int number) {
        return String.format(Locale.ROOT, "%06d", number);
    }

    /** The arguments that every script on a target takes, with one load that is not packed. */
    List<String> targetArguments(Fence fence, String stagingName, long hashedBytes) throws TransferException {
        return targetArguments(fence, stagingName, hashedBytes, load(0), false);
    }

    List<String> targetArguments(Fence fence, String stagingName, long hashedBytes, String load, boolean packed)
            throws TransferException {
        return List.of(
                address.projectDirectory(),
                address.effectiveWorkDirectory(),
                Long.toString(fence.epoch()),
                stagingName,
                dialect(),
                connection.copying().verify() ? hashTool(hashedBytes) : "none",
                fence.holder().replaceAll("[^A-Za-z0-9._:@-]", "_"),
                load,
                packed ? "zstd" : "plain",
                connection.copying().durable() ? "sync" : "no",
                connection.can("gnu-tar") ? "gnu-tar" : "tar");
    }

    /** Whether what is staged is hashed by two processes where that is worth it. */
    boolean hashesInShares() {
        return connection.copying().verify() && connection.can("processors");
    }

    @Override
    public void close() {
        // Its session is the pool's, see PooledHost.
    }
}
