package org.slipway.transfer.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;
import org.slipway.transfer.Listing;
import org.slipway.transfer.plan.Found;

/** Makes a listing out of what a host tells, and believes it nothing that was not asked for. */
final class ListingBuilder implements StatRecords.Sink {
    private static final int CARRIED_MODE = 01777;
    private static final int LINK_MODE = 0777;
    private static final Pattern EXIT_STATUS = Pattern.compile("(?<![^\\n])([0-9]{1,3})\\.\\z");

    private final Set<RelativePath> asked;
    private final Set<RelativePath> tops = new LinkedHashSet<>();
    private final Set<RelativePath> parents = new LinkedHashSet<>();
    private final Set<RelativePath> directories = new HashSet<>();
    private final Set<RelativePath> listedLinks = new HashSet<>();
    /** Parents that are refused because they are links, with all that is below. */
    private final Set<RelativePath> links = new HashSet<>();

    private final Consumer<FileEntry> taker;
    private final List<Listing.Refused> refused = new ArrayList<>();
    private final Set<RelativePath> answered = new HashSet<>();
    private boolean complete;

    /**
     * @param taker is handed what is found, as it comes
     */
    ListingBuilder(List<RelativePath> asked, Consumer<FileEntry> taker) {
        this.asked = new LinkedHashSet<>(asked);
        this.taker = taker;
        for (RelativePath path : new TreeSet<>(asked)) {
            if (!isAtOrBelowAny(path, tops)) {
                tops.add(path);
            }
        }
        Set<RelativePath> leading = new TreeSet<>();
        for (RelativePath top : tops) {
            for (RelativePath p = top.parent().orElse(null);
                    p != null && leading.add(p);
                    p = p.parent().orElse(null)) {}
        }
        parents.addAll(leading);
    }

    private static boolean isAtOrBelowAny(RelativePath path, Set<RelativePath> some) {
        for (RelativePath p = path; p != null; p = p.parent().orElse(null)) {
            if (some.contains(p)) {
                return true;
            }
        }
        return false;
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

    @Override
    public void take(StatRecords.Seen seen) throws IOException {
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

    void take(RelativePath path, boolean asParent, @Nullable Found found) throws IOException {
        boolean wanted = asParent ? parents.contains(path) : isAtOrBelowAny(path, tops);
        if (!wanted) {
            throw new OddAnswer("the listing holds " + Diagnosis.printable(path.value()) + ", which was not asked for");
        }
        if (asParent || asked.contains(path)) {
            answered.add(path);
        }
        if (found == null) {
            refuse(Listing.Refused.unreadable(path));
            return;
        }
        if (asParent) {
            switch (found.kind()) {
                case DIRECTORY -> put(path, EntryType.PARENT, found);
                case SYMLINK -> {
                    links.add(path);
                    refuse(
                            path.value(),
                            "it is a symbolic link, and a path of a release is not followed through one; name the path that it leads to");
                }
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

    /** A tree has nothing below a file or link, and a directory comes before what is in it. */
    private void put(RelativePath path, EntryType type, Found found) throws OddAnswer {
        RelativePath above = path.parent().orElse(null);
        if (above != null && isAtOrBelowAny(above, links)) {
            return;
        }
        if (above != null && !directories.contains(above)) {
            throw new OddAnswer(Diagnosis.printable(path.value()) + " below " + Diagnosis.printable(above.value())
                    + ", which is no directory");
        }
        // Told twice, once as a link, a path would lead what is below it out of the project directory.
        boolean twice = directories.contains(path) || listedLinks.contains(path);
        if (twice) {
            throw new OddAnswer(Diagnosis.printable(path.value()) + " twice");
        }
        switch (type) {
            case DIRECTORY, PARENT -> directories.add(path);
            case SYMLINK -> listedLinks.add(path);
            case FILE -> {}
        }
        taker.accept(new FileEntry(
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

    @Override
    public void ended(String words) throws IOException {
        Matcher end = EXIT_STATUS.matcher(words);
        if (!end.find()) {
            throw new OddAnswer("a listing without its end");
        }
        refuseUnread(words.substring(0, end.start()), Integer.parseInt(end.group(1)));
        complete = true;
    }

    /** Whatever find complained about makes the listing incomplete, except that an asked path does not exist. */
    private void refuseUnread(String errors, int status) {
        Set<String> expected = new HashSet<>();
        String rest = errors;
        if (!errors.isEmpty()) {
            for (String question : questions()) {
                for (String why : List.of("No such file or directory", "Not a directory")) {
                    String plain = "find: " + question + ": " + why;
                    expected.add(plain);
                    expected.add("find: '" + quoted(question) + "': " + why);
                    if (question.indexOf('\n') >= 0) {
                        rest = rest.replace(plain + "\n", "");
                    }
                }
            }
        }
        List<String> unexpected =
                rest.lines().filter(line -> !expected.contains(line)).toList();
        for (String line : unexpected) {
            refuse(
                    line,
                    line.contains("ermission denied")
                            ? "it may not be read; give the SSH user the right to"
                            : "so the listing is not whole; mend that, or try again when nobody works there");
        }
        if (status != 0 && errors.isEmpty()) {
            refuse("find", "it ended with status " + status + ", so the listing is not whole");
        }
    }

    /** How GNU tools quote a name in a message where the locale is C. */
    private static String quoted(String name) {
        StringBuilder quoted = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            int special = "'\\\n\t\r\b\f\u000b\u0007".indexOf((char) b);
            if (special >= 0) {
                quoted.append('\\').append("'\\ntrbfva".charAt(special));
            } else if (b >= ' ' && b <= '~') {
                quoted.append((char) b);
            } else {
                quoted.append(String.format(Locale.ROOT, "\\%03o", b & 0xff));
            }
        }
        return quoted.toString();
    }

    /** A script's answer has its end. */
    void requireEnd() throws OddAnswer {
        if (!complete) {
            throw new OddAnswer("a listing without its end");
        }
    }

    /** What was asked and is not among what the taker got. */
    Listing.Gaps gaps() {
        Set<String> names = new HashSet<>();
        refused.forEach(one -> names.add(one.path()));
        Set<RelativePath> blocked = new HashSet<>();
        for (RelativePath parent : parents) {
            if (answered.contains(parent)
                    && !directories.contains(parent)
                    && names.contains(Diagnosis.printable(parent.value()))) {
                blocked.add(parent);
            }
        }
        List<RelativePath> missing = asked.stream()
                .filter(path -> !answered.contains(path) && !names.contains(Diagnosis.printable(path.value())))
                .filter(path -> !isAtOrBelowAny(path, blocked))
                .toList();
        return new Listing.Gaps(missing, refused);
    }
}
