package org.slipway.transfer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;

/**
 * What a release consists of: entries in an order in which a directory comes before what is in it, none twice, every file with its
 * SHA-256. Read as a stream, since there may be very many.
 */
public interface Manifest {

    /** How many entries. */
    long entries();

    /** How many of them are files. */
    long files();

    /** The sum of the sizes of all files, in bytes. */
    long sizeBytes();

    /** Reads it from its beginning. */
    Cursor open();

    /** One way through a manifest. */
    interface Cursor extends Iterator<FileEntry>, AutoCloseable {

        /** The next entries, at most so many; none at the end. */
        default List<FileEntry> next(int most) {
            List<FileEntry> some = new ArrayList<>();
            while (some.size() < most && hasNext()) {
                some.add(next());
            }
            return some;
        }

        /** Never throws. */
        @Override
        default void close() {}
    }

    /**
     * A manifest in memory of these entries, given in any order.
     *
     * @throws IllegalArgumentException when a path is there twice or a file has no hash
     */
    static Manifest of(Collection<FileEntry> entries) {
        Set<RelativePath> seen = new HashSet<>();
        for (FileEntry entry : entries) {
            if (!seen.add(entry.path())) {
                throw new IllegalArgumentException(entry.path() + " is in the manifest twice");
            }
            if (entry.type() == EntryType.FILE && entry.sha256() == null) {
                throw new IllegalArgumentException(entry.path() + " has no hash");
            }
        }
        return new Listed(
                entries.stream().sorted(Comparator.comparing(FileEntry::path)).toList());
    }

    /** One in memory. */
    record Listed(List<FileEntry> all) implements Manifest {
        @Override
        public long entries() {
            return all.size();
        }

        @Override
        public long files() {
            return all.stream().filter(entry -> entry.type() == EntryType.FILE).count();
        }

        @Override
        public long sizeBytes() {
            return all.stream().mapToLong(FileEntry::sizeBytes).sum();
        }

        @Override
        public Cursor open() {
            Iterator<FileEntry> rest = all.iterator();
            return new Cursor() {
                @Override
                public boolean hasNext() {
                    return rest.hasNext();
                }

                @Override
                public FileEntry next() {
                    return rest.next();
                }
            };
        }
    }
}
