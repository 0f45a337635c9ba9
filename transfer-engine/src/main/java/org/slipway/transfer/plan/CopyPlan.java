package org.slipway.transfer.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;
import org.slipway.transfer.plan.Decision.AdjustDirectory;
import org.slipway.transfer.plan.Decision.AdjustFile;
import org.slipway.transfer.plan.Decision.Link;
import org.slipway.transfer.plan.Decision.MakeDirectory;
import org.slipway.transfer.plan.Decision.Refuse;
import org.slipway.transfer.plan.Decision.Replaces;
import org.slipway.transfer.plan.Decision.Send;
import org.slipway.transfer.plan.Decision.Unchanged;

/** Decides for every entry of a manifest what a copy does about it. No input, no output, no clock. */
public final class CopyPlan {
    private static final int OWNER_MAY_CHANGE = 0300;
    private static final int OWNER_MAY_LOOK = 0500;
    private static final int IMPLIED_MODE = 0755;

    /**
     * What matters of the target besides its files.
     *
     * @param uid the number of the user that writes
     * @param device the file system of Slipway's directory, from which files are renamed
     * @param linkTimes whether a symbolic link's modification time can be brought along
     * @param trustTimes whether a file of the wanted size whose time is the wanted one to a fraction of a second is taken for it
     */
    public record Target(long uid, long device, boolean linkTimes, boolean trustTimes) {
        boolean isRoot() {
            return uid == 0;
        }

        /**
         * Whole seconds say nothing: archives, package builds and checkouts give the same one to files of every kind. That two
         * contents of one size were written in the same billionth of a second does not happen by itself.
         */
        private boolean isSettledByTime(FileEntry wanted, Found there) {
            return trustTimes
                    && wanted.modified().getNano() != 0
                    && there.modified().equals(wanted.modified());
        }
    }

    private final List<FileEntry> entries;
    private final Map<RelativePath, Found> found;
    private final Target target;
    private final Map<RelativePath, Decision> decisions = new TreeMap<>();
    private final Set<RelativePath> made;
    private final Set<RelativePath> changed = new HashSet<>();

    private CopyPlan(List<FileEntry> entries, Map<RelativePath, Found> found, Target target, Set<RelativePath> made) {
        this.entries = entries;
        this.found = found;
        this.target = target;
        this.made = made;
    }

    /**
     * The manifest's entries with every directory that leads to them, sorted by path.
     *
     * @throws IllegalArgumentException when an entry lies below one that is no directory
     */
    public static List<FileEntry> withParents(Collection<FileEntry> manifest) {
        return withParents(manifest, new HashMap<>());
    }

    /**
     * The entries of a part of a manifest with every directory that leads to them, sorted by path.
     *
     * @param directories those of the parts before; those of this one are added
     * @throws IllegalArgumentException when an entry lies below one that is no directory
     */
    public static List<FileEntry> withParents(
            Collection<FileEntry> manifest, Map<RelativePath, FileEntry> directories) {
        TreeMap<RelativePath, FileEntry> all = new TreeMap<>();
        manifest.forEach(entry -> all.put(entry.path(), entry));
        for (FileEntry entry : manifest) {
            if ((entry.type() == EntryType.FILE || entry.type() == EntryType.SYMLINK)
                    && directories.containsKey(entry.path())) {
                throw new IllegalArgumentException(entry.path() + " is a directory in an earlier part");
            }
            for (RelativePath parent = entry.path().parent().orElse(null);
                    parent != null;
                    parent = parent.parent().orElse(null)) {
                FileEntry known = all.get(parent);
                if (known == null) {
                    RelativePath implied = parent;
                    FileEntry before = directories.computeIfAbsent(
                            parent,
                            p -> new FileEntry(
                                    implied, EntryType.PARENT, IMPLIED_MODE, entry.modified(), 0, null, null));
                    all.put(parent, before);
                } else if (known.type() == EntryType.FILE || known.type() == EntryType.SYMLINK) {
                    throw new IllegalArgumentException(
                            entry.path() + " lies below " + parent + ", which is no directory");
                } else {
                    break;
                }
            }
        }
        all.values().stream()
                .filter(entry -> entry.type() == EntryType.DIRECTORY || entry.type() == EntryType.PARENT)
                .forEach(entry -> directories.put(entry.path(), entry));
        return List.copyOf(all.values());
    }

    /** The files that the target may have, because it has one of that size, and for which the time does not say: those are hashed there. */
    public static List<FileEntry> undecided(
            Collection<FileEntry> entries, Map<RelativePath, Found> found, Target target) {
        List<FileEntry> undecided = new ArrayList<>();
        for (FileEntry entry : entries) {
            Found there = found.get(entry.path());
            if (entry.type() == EntryType.FILE
                    && there != null
                    && there.kind() == Found.Kind.FILE
                    && there.sizeBytes() == entry.sizeBytes()
                    && there.sha256() == null
                    && !target.isSettledByTime(entry, there)) {
                undecided.add(entry);
            }
        }
        return undecided;
    }

    /** Directories that this user owns and may not look into, although the manifest has something below: open them and look again. */
    public static List<RelativePath> closed(
            Collection<FileEntry> entries, Map<RelativePath, Found> found, Target target) {
        Set<RelativePath> parents = new HashSet<>();
        entries.forEach(entry -> entry.path().parent().ifPresent(parents::add));
        return parents.stream()
                .filter(path -> {
                    Found there = found.get(path);
                    return there != null
                            && there.kind() == Found.Kind.DIRECTORY
                            && !target.isRoot()
                            && there.uid() == target.uid()
                            && (there.mode() & OWNER_MAY_LOOK) != OWNER_MAY_LOOK;
                })
                .sorted()
                .toList();
    }

    /**
     * Decides.
     *
     * @param entries as {@link #withParents} gives them
     * @param found what the target has at their paths; nothing where it has nothing
     */
    public static List<Decision> of(List<FileEntry> entries, Map<RelativePath, Found> found, Target target) {
        return of(entries, found, target, new HashSet<>());
    }

    /**
     * Decides about a part of a manifest.
     *
     * @param made directories that parts before this one make; those of this part are added
     */
    public static List<Decision> of(
            List<FileEntry> entries, Map<RelativePath, Found> found, Target target, Set<RelativePath> made) {
        CopyPlan plan = new CopyPlan(entries, new HashMap<>(found), target, made);
        for (FileEntry entry : entries) {
            plan.decide(entry);
        }
        plan.finishDirectories();
        return List.copyOf(plan.decisions.values());
    }

    private void decide(FileEntry entry) {
        if (made.contains(entry.path())) {
            return;
        }
        RelativePath parent = entry.path().parent().orElse(null);
        boolean inNew = parent != null && made.contains(parent);
        if (parent != null && decisions.get(parent) instanceof Refuse) {
            return;
        }
        Found there = inNew ? null : found.get(entry.path());
        Decision decision =
                switch (entry.type()) {
                    case FILE -> file(entry, there, inNew);
                    case SYMLINK -> link(entry, there, inNew);
                    case DIRECTORY, PARENT -> directory(entry, there, inNew);
                };
        decisions.put(entry.path(), decision);
        switch (decision) {
            case MakeDirectory d -> {
                made.add(d.path());
                noteChange(parent);
            }
            case Send s -> noteChange(parent);
            case Link l -> noteChange(parent);
            case Unchanged u -> {}
            case AdjustFile a -> {}
            case AdjustDirectory a -> {}
            case Refuse r -> {}
        }
    }

    private void noteChange(@Nullable RelativePath directory) {
        if (directory != null) {
            changed.add(directory);
        }
    }

    private Decision file(FileEntry entry, @Nullable Found there, boolean inNew) {
        if (there == null) {
            return new Send(entry, Replaces.NOTHING, inNew);
        }
        return switch (there.kind()) {
            case SYMLINK -> new Send(entry, Replaces.FILE_OR_LINK, inNew);
            case DIRECTORY -> new Send(entry, Replaces.OTHER_KIND, inNew);
            case OTHER -> refuseOther(entry);
            case FILE -> {
                boolean time = there.isOfTime(entry.modified());
                boolean same = there.sizeBytes() == entry.sizeBytes()
                        && (there.sha256() == null
                                ? target.isSettledByTime(entry, there)
                                : there.sha256().equals(entry.sha256()));
                boolean mode = there.mode() == entry.mode();
                if (!same) {
                    yield new Send(entry, Replaces.FILE_OR_LINK, inNew);
                }
                if (mode && time) {
                    yield new Unchanged(entry);
                }
                // Only the owner may set modes and times; a copy of one's own can always take the place.
                yield owns(there) ? new AdjustFile(entry, !mode, !time) : new Send(entry, Replaces.FILE_OR_LINK, inNew);
            }
        };
    }

    private Decision link(FileEntry entry, @Nullable Found there, boolean inNew) {
        if (there == null) {
            return new Link(entry, Replaces.NOTHING, inNew);
        }
        return switch (there.kind()) {
            case FILE -> new Link(entry, Replaces.FILE_OR_LINK, inNew);
            case DIRECTORY -> new Link(entry, Replaces.OTHER_KIND, inNew);
            case OTHER -> refuseOther(entry);
            case SYMLINK ->
                Objects.equals(there.linkTarget(), entry.linkTarget())
                                && (!target.linkTimes() || there.isOfTime(entry.modified()))
                        ? new Unchanged(entry)
                        : new Link(entry, Replaces.FILE_OR_LINK, inNew);
        };
    }

    private Decision directory(FileEntry entry, @Nullable Found there, boolean inNew) {
        if (there == null) {
            return new MakeDirectory(entry, Replaces.NOTHING, inNew);
        }
        return switch (there.kind()) {
            case DIRECTORY -> new Unchanged(entry);
            case FILE -> new MakeDirectory(entry, Replaces.OTHER_KIND, inNew);
            case SYMLINK ->
                entry.type() == EntryType.DIRECTORY
                        ? new MakeDirectory(entry, Replaces.OTHER_KIND, inNew)
                        : new Refuse(
                                entry,
                                "is a symbolic link on the target, and nothing is written through one; replace it by a directory");
            case OTHER -> refuseOther(entry);
        };
    }

    private static Refuse refuseOther(FileEntry entry) {
        return new Refuse(entry, "is neither file, directory nor link on the target; move it away");
    }

    private void finishDirectories() {
        for (FileEntry entry : entries) {
            Found there = found.get(entry.path());
            if (!(decisions.get(entry.path()) instanceof Unchanged)
                    || there == null
                    || there.kind() != Found.Kind.DIRECTORY) {
                continue;
            }
            boolean inside = changed.contains(entry.path());
            boolean wanted = entry.type() == EntryType.DIRECTORY;
            boolean differs = wanted && ((there.mode() & 01777) != entry.mode() || !there.isOfTime(entry.modified()));
            boolean open = inside && !target.isRoot() && (there.mode() & OWNER_MAY_CHANGE) != OWNER_MAY_CHANGE;
            if (inside && there.device() != target.device()) {
                decisions.put(
                        entry.path(),
                        new Refuse(
                                entry,
                                "lies on another file system than Slipway's directory, so files cannot be renamed into it;"
                                        + " give the server a work directory on that file system"));
            } else if ((differs || open) && !owns(there)) {
                decisions.put(
                        entry.path(),
                        new Refuse(
                                entry,
                                "belongs to another user, so its mode and time cannot be set; change its owner"));
            } else if (differs || open || (inside && wanted)) {
                if (owns(there)) {
                    // A target's setgid directory hands its group down on purpose: that bit stays.
                    int mode = wanted ? entry.mode() | (there.mode() & 02000) : there.mode() & 03777;
                    decisions.put(entry.path(), new AdjustDirectory(entry, mode, open));
                }
            }
        }
    }

    private boolean owns(Found there) {
        return target.isRoot() || there.uid() == target.uid();
    }
}
