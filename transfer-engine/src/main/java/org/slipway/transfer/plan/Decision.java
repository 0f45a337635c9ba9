package org.slipway.transfer.plan;

import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;

/** What is done about one entry of a manifest. */
public sealed interface Decision {

    /** The entry it is about. */
    FileEntry entry();

    /** Its path. */
    default RelativePath path() {
        return entry().path();
    }

    /** What has to give way. */
    enum Replaces {
        /** Nothing is there. */
        NOTHING,
        /** A file or link is renamed over. */
        FILE_OR_LINK,
        /** A file or link makes room for a directory, or an empty directory for a file: for an instant nothing is there. */
        OTHER_KIND
    }

    /** It is there already. */
    record Unchanged(FileEntry entry) implements Decision {}

    /** The content is sent and renamed into place. */
    record Send(FileEntry entry, Replaces replaces, boolean inNewDirectory) implements Decision {}

    /** The link is made aside and renamed into place. */
    record Link(FileEntry entry, Replaces replaces, boolean inNewDirectory) implements Decision {}

    /** The directory is made aside with all that the release has in it, and renamed into place. */
    record MakeDirectory(FileEntry entry, Replaces replaces, boolean inNewDirectory) implements Decision {}

    /** The content is right; mode or time is not. */
    record AdjustFile(FileEntry entry, boolean mode, boolean time) implements Decision {}

    /** Mode or time of a directory is set at the end: it differs, or what is done in the directory changes it. */
    record AdjustDirectory(FileEntry entry, int mode, boolean open) implements Decision {}

    /** It cannot be done. */
    record Refuse(FileEntry entry, String why) implements Decision {}
}
