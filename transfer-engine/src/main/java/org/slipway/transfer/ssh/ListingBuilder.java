package org.slipway.transfer.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;
import org.slipway.transfer.Listing;
import org.slipway.transfer.TransferException;
import org.slipway.transfer.plan.Found;

/** Makes a listing out of what a host tells, and believes it nothing that was not asked for. */
final class ListingBuilder {
    private static final int CARRIED_MODE = 01777;
    private static final int LINK_MODE = 0777;

    private final List<RelativePath> asked;
    private final Set<RelativePath> tops = new TreeSet<>();
    private final Set<RelativePath> parents = new TreeSet<>();
    private final Map<RelativePath, FileEntry> entries = new TreeMap<>();
    private final List<Listing.Refused> refused = new ArrayList<>();
    private final Set<RelativePath> answered = new HashSet<>();

    /** Fills in hashes. */
    interface Hasher {
        Map<RelativePath, String> hash(Collection<FileEntry> files) throws TransferException;
    }

    ListingBuilder(List<RelativePath> asked) {
        this.asked = List.copyOf(asked);
        RelativePath last = null;
        for (RelativePath path : new TreeSet<>(asked)) {
            if (tops.stream().noneMatch(path::isAtOrBelow)) {
                tops.add(path);
                last = path;
            }
        }
        for (RelativePath top : tops) {
            for (RelativePath p = top.parent().orElse(null);
                    p != null;
                    p = p.parent().orElse(null)) {
                parents.add(p);
            }
        }
    }

    /** The asked paths of which none lies below another. */
    Set<RelativePath> tops() {
        return tops;
    }

    /** The directories that lead to them. */
    Set<RelativePath> parents() {
        return parents;
    }

    /** What to ask the script: parents with one slash, asked paths with two, which no path of ours has. */
    List<String> questions() {
        List<String> questions = new ArrayList<>();
        parents.forEach(p -> questions.add("./" + p));
        tops.forEach(p -> questions.add(".//" + p));
        return questions;
    }

    void take(StatRecords.Seen seen) throws IOException {
        String name = Fields.utf8(seen.name()).orElse(null);
        if (name == null) {
            refuse(new String(seen.name(), StandardCharsets.UTF_8), "its name is not UTF-8; rename it");
            return;
        }
        RelativePath path;
        try {
            path = new RelativePath(name);
        } catch (RelativePath.InvalidPathException e) {
            refuse(name, "it is no path of a project: " + e.getMessage());
            return;
        }
        take(path, seen.parent(), seen.what());
    }

    void take(RelativePath path, boolean asParent, @org.jspecify.annotations.Nullable Found found) throws IOException {
        boolean wanted = asParent ? parents.contains(path) : tops.stream().anyMatch(path::isAtOrBelow);
        if (!wanted) {
            throw new IOException(
                    "the listing holds " + Diagnosis.printable(path.value()) + ", which was not asked for");
        }
        answered.add(path);
        if (found == null) {
            refuse(path.value(), "it may not be read; give the SSH user the right to");
            return;
        }
        if (asParent) {
            switch (found.kind()) {
                case DIRECTORY -> put(path, EntryType.PARENT, found);
                case SYMLINK ->
                    refuse(
                            path.value(),
                            "it is a symbolic link, and a path of a release is not followed through one; name the path that it leads to");
                case FILE, OTHER -> {}
            }
            return;
        }
        switch (found.kind()) {
            case FILE -> put(path, EntryType.FILE, found);
            case DIRECTORY -> put(path, EntryType.DIRECTORY, found);
            case SYMLINK -> put(path, EntryType.SYMLINK, found);
            case OTHER ->
                refuse(
                        path.value(),
                        "it is a device, socket or FIFO, or a link whose target is not UTF-8; leave it out of the release");
        }
    }

    private void put(RelativePath path, EntryType type, Found found) {
        entries.put(
                path,
                new FileEntry(
                        path,
                        type,
                        type == EntryType.SYMLINK ? LINK_MODE : found.mode() & CARRIED_MODE,
                        found.modified(),
                        type == EntryType.FILE ? found.sizeBytes() : 0,
                        null,
                        found.linkTarget()));
    }

    void refuse(Listing.Refused thing) {
        refused.add(thing);
    }

    private void refuse(String path, String why) {
        refused.add(new Listing.Refused(Diagnosis.printable(path), why));
    }

    /** What find itself could not read, where it could not be asked beforehand. */
    void refuseUnread(String errors) {
        errors.lines()
                .filter(line -> line.contains("ermission denied"))
                .forEach(line -> refuse(line, "it may not be read; give the SSH user the right to"));
    }

    Listing build(Hasher hasher) throws TransferException {
        List<FileEntry> files = entries.values().stream()
                .filter(entry -> entry.type() == EntryType.FILE)
                .toList();
        Map<RelativePath, String> hashes = hasher.hash(files);
        if (!hashes.isEmpty()) {
            for (FileEntry file : files) {
                String hash = hashes.get(file.path());
                if (hash == null) {
                    refuse(file.path().value(), "it may not be read; give the SSH user the right to");
                    entries.remove(file.path());
                } else {
                    entries.put(file.path(), file.withSha256(hash));
                }
            }
        }
        List<RelativePath> missing = asked.stream()
                .filter(path -> !answered.contains(path)
                        && refused.stream().noneMatch(r -> r.path().equals(Diagnosis.printable(path.value()))))
                .filter(path -> parents.stream().noneMatch(p -> path.isAtOrBelow(p) && isRefused(p)))
                .distinct()
                .toList();
        return new Listing(List.copyOf(entries.values()), missing, refused);
    }

    private boolean isRefused(RelativePath path) {
        return answered.contains(path)
                && !entries.containsKey(path)
                && refused.stream().anyMatch(r -> r.path().equals(Diagnosis.printable(path.value())));
    }
}
