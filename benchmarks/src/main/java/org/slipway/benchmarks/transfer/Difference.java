package org.slipway.benchmarks.transfer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slipway.embedded.Trees;

/**
 * How a copy differs from its source.
 *
 * @param contents paths that are missing, too many, or of other content
 * @param attributes paths of which only modes or times differ
 */
record Difference(long contents, long attributes) {
    static final Difference NONE = new Difference(0, 0);

    /** Compares by a tool that took no part: what rsync would do, told by it with checksums and done by nobody. */
    static Difference between(Path source, Path copy) throws IOException, InterruptedException {
        return told(Programs.demand("rsync", "-nrlpt", "--checksum", "--delete", "-i", source + "/", copy + "/"));
    }

    /** Compares in this JVM, where there are so many small copies that a process for each would take minutes. */
    static Difference betweenSmall(Path source, Path copy) {
        return new Difference(Trees.difference(source, copy).size(), 0);
    }

    /** Reads rsync's itemized lines. */
    static Difference told(String itemized) {
        List<String> lines = itemized.lines().filter(line -> !line.isBlank()).toList();
        long attributes = lines.stream().filter(Difference::isOfAttributes).count();
        return new Difference(lines.size() - attributes, attributes);
    }

    /** Such as {@code .f..tp.....}: nothing is transferred, neither checksum nor size differs, nothing is new. */
    private static boolean isOfAttributes(String line) {
        return line.startsWith(".") && line.length() > 4 && line.charAt(2) == '.' && line.charAt(3) == '.';
    }

    Difference and(Difference other) {
        return new Difference(contents + other.contents, attributes + other.attributes);
    }

    boolean isNone() {
        return contents == 0 && attributes == 0;
    }

    @Override
    public String toString() {
        if (isNone()) {
            return "yes";
        }
        return contents == 0
                ? "modes or times differ (" + attributes + ")"
                : "no (" + contents + " paths, " + attributes + " modes or times)";
    }
}
