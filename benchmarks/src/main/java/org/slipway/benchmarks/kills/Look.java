package org.slipway.benchmarks.kills;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slipway.benchmarks.kills.Leftovers.Leftover;
import org.slipway.benchmarks.kills.Standing.Whole;
import org.slipway.system.FleetServer;

/**
 * What was on the servers at one moment.
 *
 * @param standings what each business server serves
 * @param leftovers what belongs there in no way, by the server's name
 */
record Look(List<Standing> standings, SortedMap<String, List<Leftover>> leftovers) {
    /** The SSH server's own, and a gate of the tests: no tool has anything to do with them. */
    private static final Set<String> NOT_LOOKED_AT = Set.of("sshd", "gate");

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    static Look at(Tool tool, Edition before, Edition released) throws IOException {
        List<Standing> standings = new ArrayList<>();
        for (FleetServer server : tool.fleet().business()) {
            Path root = server.tree().resolve(tool.prefix());
            Map<String, String> found = new HashMap<>();
            for (String path : released.hashes().keySet()) {
                Path file = root.resolve(path);
                if (Files.isRegularFile(file)) {
                    found.put(path, Edition.hash(file));
                }
            }
            standings.add(Standing.of(found, before, released));
        }
        tool.note();
        SortedMap<String, List<Leftover>> leftovers = new TreeMap<>();
        for (FleetServer server : tool.places()) {
            Set<String> site = site(server, tool.prefix(), released);
            List<Leftover> left = Leftovers.of(
                    new TreeSet<>(state(server).keySet()), path -> site.contains(path) || tool.keeps(server, path));
            if (!left.isEmpty()) {
                leftovers.put(server.name(), left);
            }
        }
        return new Look(List.copyOf(standings), leftovers);
    }

    /** The files that are served, and the directories that lead to them. */
    private static Set<String> site(FleetServer server, String prefix, Edition edition) throws IOException {
        Set<String> site = new HashSet<>();
        Path top = server.directory();
        Path root = server.tree().resolve(prefix);
        Path real = Files.exists(root) ? root.toRealPath() : root.normalize();
        for (String path : edition.hashes().keySet()) {
            String file = top.relativize(real.resolve(path)).toString();
            for (int end = file.length(); end > 0; end = file.lastIndexOf('/', end - 1)) {
                site.add(file.substring(0, end));
            }
        }
        // Where nothing is served yet, and what every server was set up with.
        site.add(top.relativize(server.tree()).toString());
        site.add(top.relativize(server.backupDirectory()).toString());
        site.add(top.relativize(server.home()).toString());
        return site;
    }

    /** Everything on a server by its path there, with what is different when somebody wrote it anew. */
    private static SortedMap<String, String> state(FleetServer server) throws IOException {
        Path top = server.directory();
        SortedMap<String, String> state = new TreeMap<>();
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) throws IOException {
                if (path.equals(top)) {
                    return FileVisitResult.CONTINUE;
                }
                if (NOT_LOOKED_AT.contains(top.relativize(path).toString())) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return visitFile(path, attributes);
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                state.put(
                        top.relativize(path).toString(),
                        Files.readAttributes(path, "unix:ino,ctime,size", LinkOption.NOFOLLOW_LINKS)
                                .toString());
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException cannot) throws IOException {
                if (cannot instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw cannot;
            }
        });
        return state;
    }

    /** Returns when nothing has changed on any server for so long, or the bound is over. */
    static void awaitQuiet(Tool tool, Duration quiet, Duration bound) throws IOException, InterruptedException {
        long began = System.nanoTime();
        long changed = began;
        List<SortedMap<String, String>> last = List.of();
        while (System.nanoTime() - changed < quiet.toNanos() && System.nanoTime() - began < bound.toNanos()) {
            List<SortedMap<String, String>> now = new ArrayList<>();
            for (FleetServer server : tool.places()) {
                now.add(whenItStands(server));
            }
            if (!now.equals(last)) {
                changed = System.nanoTime();
                last = now;
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    private static SortedMap<String, String> whenItStands(FleetServer server) throws IOException {
        try {
            return state(server);
        } catch (NoSuchFileException changesJustNow) {
            return new TreeMap<>(Map.of("", Long.toString(System.nanoTime())));
        }
    }

    /** Removes what was left, as a person would who knows what it is. */
    void clean(Tool tool) throws IOException, InterruptedException {
        for (FleetServer server : tool.places()) {
            for (Leftover left : leftovers.getOrDefault(server.name(), List.of())) {
                Process rm = new ProcessBuilder(
                                "rm",
                                "-rf",
                                "--",
                                server.directory().resolve(left.path()).toString())
                        .inheritIO()
                        .start();
                if (rm.waitFor() != 0) {
                    throw new IOException("cannot remove " + left + " on " + server);
                }
            }
        }
    }

    long count(Whole whole) {
        return standings.stream().filter(standing -> standing.whole() == whole).count();
    }

    boolean allNew() {
        return count(Whole.ALL_NEW) == standings.size();
    }

    int neither() {
        return standings.stream()
                .mapToInt(standing -> standing.neither().size())
                .sum();
    }

    /** Each different kind of leftover once, with numbers and random parts left out. */
    SortedSet<String> kinds() {
        SortedSet<String> kinds = new TreeSet<>();
        leftovers.values().forEach(all -> all.forEach(one -> kinds.add(kind(one.path()))));
        return kinds;
    }

    /** The path of something that has a new name each time, with a star for what changes. */
    static String kind(String path) {
        return path.replaceAll("releases/[0-9]+", "releases/N")
                .replaceAll("part-[0-9]+", "part-*")
                .replaceAll("page-[0-9]+", "page-*")
                .replaceAll("(\\.html|\\.bin)\\.[A-Za-z0-9]{6}$", "$1.XXXXXX")
                .replaceAll("\\.ansible_tmp[^/]*", ".ansible_tmp*")
                .replaceAll("ansible-tmp-[^/]*", "ansible-tmp-*")
                .replaceAll("[0-9]{5,}", "*");
    }
}
