package org.slipway.model;

/** What one line of a manifest is. */
public enum EntryType {
    /** A regular file. */
    FILE,
    /** A directory of the release: its mode and modification time are brought along. */
    DIRECTORY,
    /** A symbolic link: its target is brought along as it is, never followed. */
    SYMLINK,
    /** A directory that only leads to a path of the release: made with its mode where it is missing, otherwise left alone. */
    PARENT
}
