package org.slipway.transfer;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;

/** What a release consists of: entries sorted by path, none twice, every file with its SHA-256. */
public final class Manifest implements Iterable<FileEntry> {
    private final List<FileEntry> entries;

    private Manifest(List<FileEntry> entries) {
        this.entries = entries;
    }

    /**
     * A manifest of these entries, in any order.
     *
     * @throws IllegalArgumentException when a path is there twice or a file has no hash
     */
    public static Manifest of(Collection<FileEntry> entries) {
        Set<RelativePath> seen = new HashSet<>();
        for (FileEntry entry : entries) {
            if (!seen.add(entry.path())) {
                throw new IllegalArgumentException(entry.path() + " is in the manifest twice");
            }
            if (entry.type() == EntryType.FILE && entry.sha256() == null) {
                throw new IllegalArgumentException(entry.path() + " has no hash");
            }
        }
        return new Manifest(
                entries.stream().sorted(Comparator.comparing(FileEntry::path)).toList());
    }

    /** The entries, sorted by path. */
    public List<FileEntry> entries() {
        return entries;
    }

    /** The sum of the sizes of all files, in bytes. */
    public long sizeBytes() {
        return entries.stream().mapToLong(FileEntry::sizeBytes).sum();
    }

    @Override
    public Iterator<FileEntry> iterator() {
        return entries.iterator();
    }
}
