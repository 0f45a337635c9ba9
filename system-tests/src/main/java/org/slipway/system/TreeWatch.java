package org.slipway.system;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.slipway.system.History.FenceSeen;
import org.slipway.system.History.FileSeen;
import org.slipway.system.History.PublicationSeen;

/**
 * Reads files on servers again and again, as one who is served by them would, and notes each change: of the files, of the fence, and
 * which epoch began to publish.
 */
public final class TreeWatch implements AutoCloseable {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);
    private static final Clock CLOCK = Clock.systemUTC();

    private final List<FleetServer> servers;
    private final List<String> paths;
    private final Map<String, FileSeen> files = new HashMap<>();
    private final Map<String, Stat> looks = new HashMap<>();
    private final Map<String, FenceSeen> fences = new HashMap<>();
    private final Set<String> published = new HashSet<>();
    private final List<FileSeen> fileChanges = new ArrayList<>();
    private final List<FenceSeen> fenceChanges = new ArrayList<>();
    private final List<PublicationSeen> publications = new ArrayList<>();
    private final Thread reader;
    private volatile boolean closed;

    /** What was seen so far. */
    public record Seen(List<FileSeen> files, List<FenceSeen> fences, List<PublicationSeen> publications) {}

    private TreeWatch(List<FleetServer> servers, List<String> paths) {
        this.servers = List.copyOf(servers);
        this.paths = List.copyOf(paths);
        look();
        // Publications of whoever was there before tell nothing about what comes.
        publications.clear();
        this.reader = Thread.ofPlatform().daemon().name("tree-watch").start(this::run);
    }

    /** Looks until it is closed, at these paths on each of these servers. */
    public static TreeWatch of(List<FleetServer> servers, List<String> paths) {
        return new TreeWatch(servers, paths);
    }

    private void run() {
        while (!closed) {
            look();
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    /** Everything that was seen until now, with a last look. */
    public synchronized Seen seen() {
        look();
        return new Seen(List.copyOf(fileChanges), List.copyOf(fenceChanges), List.copyOf(publications));
    }

    private synchronized void look() {
        for (FleetServer server : servers) {
            for (String path : paths) {
                lookAtFile(server, path);
            }
            lookAtFence(server);
            lookForPublications(server);
        }
    }

    private void lookAtFile(FleetServer server, String path) {
        Path file = server.tree().resolve(path);
        String key = server + "/" + path;
        try {
            // A file that was written since has another time of change, and one that was put in its place another
            // inode.
            Stat now = Stat.of(file);
            if (now.equals(looks.get(key))) {
                return;
            }
            String hash = hash(Files.readAllBytes(file));
            Stat after = Stat.of(file);
            if (after.inode() == now.inode()) {
                looks.put(key, now);
                note(key, new FileSeen(server.name(), path, hash, now.inode(), now.changed(), now()));
            } else {
                // Replaced between the looks: what was read is one of the two, whole, or it is a violation all the
                // same.
                note(key, new FileSeen(server.name(), path, hash, 0, after.changed(), now()));
                looks.remove(key);
            }
        } catch (NoSuchFileException away) {
            looks.remove(key);
            note(key, new FileSeen(server.name(), path, History.ABSENT, 0, now(), now()));
        } catch (IOException cannot) {
            throw new IllegalStateException("cannot watch " + file, cannot);
        }
    }

    private void note(String key, FileSeen seen) {
        FileSeen before = files.get(key);
        if (before != null && before.hash().equals(seen.hash())) {
            if (before.inode() == 0) {
                files.put(key, seen);
                return;
            }
            if (seen.inode() == 0 || before.inode() == seen.inode()) {
                return;
            }
        }
        files.put(key, seen);
        fileChanges.add(seen);
    }

    /** A file that was written since has another time of change, and one that was put in its place another inode. */
    private record Stat(long inode, Instant changed, long sizeBytes) {
        static Stat of(Path file) throws IOException {
            return new Stat(
                    (long) Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS),
                    ((FileTime) Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS)).toInstant(),
                    (long) Files.getAttribute(file, "unix:size", LinkOption.NOFOLLOW_LINKS));
        }
    }

    private static Instant now() {
        return Instant.now(CLOCK);
    }

    private void lookAtFence(FleetServer server) {
        Path file = server.workDirectory().resolve("fence");
        try {
            String text = Files.readString(file);
            long epoch = Long.parseLong(text.substring(0, text.indexOf(' ')));
            FenceSeen before = fences.get(server.name());
            if (before == null || before.epoch() != epoch) {
                FenceSeen raised =
                        new FenceSeen(server.name(), epoch, Stat.of(file).changed());
                fences.put(server.name(), raised);
                fenceChanges.add(raised);
            }
        } catch (NoSuchFileException notYet) {
            // nobody was there
        } catch (IOException cannot) {
            throw new IllegalStateException("cannot watch " + file, cannot);
        }
    }

    /** What a publication replaces is kept in a directory of its epoch, and one that is under way has a mark. */
    private void lookForPublications(FleetServer server) {
        for (Path kept : children(server.workDirectory().resolve("replaced"))) {
            published(server, kept, kept);
        }
        for (Path staged : children(server.workDirectory().resolve("staging"))) {
            published(server, staged, staged.resolve("publishing"));
        }
    }

    private void published(FleetServer server, Path ofEpoch, Path mark) {
        String name = ofEpoch.getFileName().toString();
        if (published.contains(server + "/" + name) || !name.chars().allMatch(Character::isDigit)) {
            return;
        }
        try {
            publications.add(new PublicationSeen(
                    server.name(), Long.parseLong(name), Stat.of(mark).changed()));
            published.add(server + "/" + name);
        } catch (IOException notThere) {
            // not yet, or not any more
        }
    }

    private static List<Path> children(Path directory) {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory)) {
            found.forEach(children::add);
        } catch (IOException | java.nio.file.DirectoryIteratorException notThere) {
            // nobody was there, or it changes just now
        }
        return children;
    }

    /** Of content, as it is noted. */
    static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            reader.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
