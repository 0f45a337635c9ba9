package org.slipway.transfer;

import java.util.List;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;

/**
 * What a host has at and below the asked paths.
 *
 * @param entries everything found, sorted by path, with the directories that lead there as {@code PARENT}
 * @param missing asked paths that do not exist, as they were asked
 * @param refused found things that Slipway does not carry, each with why
 */
public record Listing(List<FileEntry> entries, List<RelativePath> missing, List<Refused> refused) {

    public Listing {
        entries = List.copyOf(entries);
        missing = List.copyOf(missing);
        refused = List.copyOf(refused);
    }

    /**
     * Something that is not carried.
     *
     * @param path the path, with unprintable bytes replaced
     * @param why what it is, and what to do
     */
    public record Refused(String path, String why) {

        /** A file or directory that the SSH user may not read. */
        public static Refused unreadable(RelativePath path) {
            return new Refused(
                    path.value().replaceAll("\\p{Cntrl}+", " "), "it may not be read; give the SSH user the right to");
        }
    }

    /**
     * What a listing does not hold.
     *
     * @param missing asked paths that do not exist, as they were asked
     * @param refused found things that Slipway does not carry, each with why
     */
    public record Gaps(List<RelativePath> missing, List<Refused> refused) {
        public Gaps {
            missing = List.copyOf(missing);
            refused = List.copyOf(refused);
        }
    }
}
