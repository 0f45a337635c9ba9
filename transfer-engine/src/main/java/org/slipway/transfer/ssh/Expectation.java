package org.slipway.transfer.ssh;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;
import org.slipway.transfer.Manifest;
import org.slipway.transfer.ManifestFile;
import org.slipway.transfer.TransferException;
import org.slipway.transfer.plan.CopyPlan;
import org.slipway.transfer.plan.Decision;
import org.slipway.transfer.plan.Found;

/** What a target shall show after publication, as far as looking at it without reading tells; on disk, since it may be very much. */
final class Expectation implements AutoCloseable {
    private static final int MOST_NAMED = 1_000;

    private final CopyPlan.Target target;
    private final boolean wholeSeconds;
    private final ManifestFile entries = ManifestFile.create();
    private final List<RelativePath> shut = new ArrayList<>();
    private final List<RelativePath> wrong = new ArrayList<>();

    /**
     * @param wholeSeconds whether this host neither tells nor takes parts of a second
     */
    Expectation(CopyPlan.Target target, boolean wholeSeconds) {
        this.target = target;
        this.wholeSeconds = wholeSeconds;
    }

    void add(Release release) {
        release.changed().stream().map(Decision::entry).forEach(entries::add);
        shut.addAll(release.shut());
    }

    /** What is expected, in the order in which it was added. */
    Manifest.Cursor open() {
        return entries.open();
    }

    /** Compares what a host tells in the order in which it was asked; it says nothing of what is not there. */
    List<RelativePath> wrongOf(StatRecords records) throws IOException, TransferException {
        try (Manifest.Cursor due = open()) {
            records.readAll(seen -> {
                String name = Fields.utf8(seen.name()).orElse("?");
                FileEntry entry = next(due);
                while (!entry.path().value().equals(name)) {
                    missing(entry);
                    entry = next(due);
                }
                compare(entry, seen.what());
            });
            due.forEachRemaining(this::missing);
        }
        return wrong;
    }

    private static FileEntry next(Manifest.Cursor due) throws OddAnswer {
        if (!due.hasNext()) {
            throw new OddAnswer("an answer about something that was not asked for");
        }
        return due.next();
    }

    /** What was found wrong so far, or the beginning of it. */
    List<RelativePath> wrong() {
        return wrong;
    }

    void compare(FileEntry entry, @Nullable Found found) {
        if (found == null) {
            missing(entry);
        } else if (!isAsWanted(entry, found)) {
            note(entry);
        }
    }

    private void missing(FileEntry entry) {
        RelativePath path = entry.path();
        if (shut.stream().noneMatch(directory -> !path.equals(directory) && path.isAtOrBelow(directory))) {
            note(entry);
        }
    }

    private void note(FileEntry entry) {
        if (wrong.size() < MOST_NAMED) {
            wrong.add(entry.path());
        }
    }

    private boolean isAsWanted(FileEntry entry, Found found) {
        return switch (entry.type()) {
            case FILE ->
                found.kind() == Found.Kind.FILE
                        && found.sizeBytes() == entry.sizeBytes()
                        && found.mode() == entry.mode()
                        && isOfTime(found, entry);
            case SYMLINK ->
                found.kind() == Found.Kind.SYMLINK
                        && Objects.equals(found.linkTarget(), entry.linkTarget())
                        && (!target.linkTimes() || isOfTime(found, entry));
            case DIRECTORY ->
                found.kind() == Found.Kind.DIRECTORY
                        && (found.mode() & 01777) == entry.mode()
                        && isOfTime(found, entry);
            case PARENT -> found.kind() == Found.Kind.DIRECTORY;
        };
    }

    private boolean isOfTime(Found found, FileEntry entry) {
        return found.isOfTime(entry.modified())
                || (wholeSeconds
                        && found.modified().getEpochSecond() == entry.modified().getEpochSecond());
    }

    @Override
    public void close() {
        entries.close();
    }
}
