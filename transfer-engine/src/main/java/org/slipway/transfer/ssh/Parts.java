package org.slipway.transfer.ssh;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;
import org.slipway.transfer.Manifest;
import org.slipway.transfer.plan.CopyPlan;
import org.slipway.transfer.plan.Found;

/**
 * A manifest in parts that fit into memory, each with the directories that lead to its entries. What is remembered over all parts is
 * the directories.
 */
final class Parts implements AutoCloseable {
    /** How many entries a part has at most. */
    static final int ENTRIES = 16_384;

    private final Manifest.Cursor rest;
    private final Map<RelativePath, FileEntry> directories = new HashMap<>();
    private final Set<RelativePath> made = new HashSet<>();
    private final Set<RelativePath> adjusted = new HashSet<>();

    Parts(Manifest manifest) {
        this.rest = manifest.open();
    }

    /** The next part, sorted by path. */
    List<FileEntry> next() {
        return CopyPlan.withParents(rest.next(ENTRIES), directories);
    }

    boolean hasNext() {
        return rest.hasNext();
    }

    /** The directories that the parts so far make on the target. */
    Set<RelativePath> made() {
        return made;
    }

    /** The directories whose mode and time the parts so far set; the first one that has a directory does it, and so it comes last. */
    Set<RelativePath> adjusted() {
        return adjusted;
    }

    @Override
    public void close() {
        rest.close();
    }

    /**
     * What a look without hashes says that has to be sent.
     *
     * @param files how many files
     * @param bytes their bytes
     */
    record Need(long files, long bytes) {
        static final Need NONE = new Need(0, 0);

        /** More, where the target has nothing or something of another size. */
        Need plus(List<FileEntry> entries, Map<RelativePath, Found> found) {
            long moreFiles = files;
            long moreBytes = bytes;
            for (FileEntry entry : entries) {
                Found there = found.get(entry.path());
                if (entry.type() == EntryType.FILE
                        && (there == null
                                || there.kind() != Found.Kind.FILE
                                || there.sizeBytes() != entry.sizeBytes())) {
                    moreFiles++;
                    moreBytes += entry.sizeBytes();
                }
            }
            return new Need(moreFiles, moreBytes);
        }
    }
}
