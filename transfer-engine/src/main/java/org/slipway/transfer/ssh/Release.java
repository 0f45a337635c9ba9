package org.slipway.transfer.ssh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;
import org.slipway.transfer.TransferException;
import org.slipway.transfer.plan.Decision;
import org.slipway.transfer.plan.Decision.AdjustDirectory;
import org.slipway.transfer.plan.Decision.AdjustFile;
import org.slipway.transfer.plan.Decision.Link;
import org.slipway.transfer.plan.Decision.MakeDirectory;
import org.slipway.transfer.plan.Decision.Refuse;
import org.slipway.transfer.plan.Decision.Replaces;
import org.slipway.transfer.plan.Decision.Send;
import org.slipway.transfer.plan.Decision.Unchanged;

/** A plan sorted by what is done at once, with the lists that the publishing script works through. */
final class Release {
    private static final int OWNER_LOOKS = 0500;
    private static final Comparator<String> BY_DIRECTORY = Comparator.comparing(
                    (String name) -> name.substring(0, name.lastIndexOf('/')))
            .thenComparing(name -> name);

    private final List<FileEntry> files = new ArrayList<>();
    private final List<FileEntry> links = new ArrayList<>();
    private final List<FileEntry> newDirectories = new ArrayList<>();
    private final List<Decision> directoriesToAdjust = new ArrayList<>();
    private final List<Decision> changed = new ArrayList<>();
    private final List<Refuse> refused = new ArrayList<>();
    private final List<RelativePath> mustBeEmpty = new ArrayList<>();
    private final List<String> moves = new ArrayList<>();
    private final List<String> keep = new ArrayList<>();
    private final List<String> away = new ArrayList<>();
    private final List<String> open = new ArrayList<>();
    private final List<String> modes = new ArrayList<>();
    private final List<String> times = new ArrayList<>();
    private final boolean wholeSeconds;
    private final Set<RelativePath> adjusted;
    private long bytes;
    private long unchangedFiles;

    private Release(boolean wholeSeconds, Set<RelativePath> adjusted) {
        this.wholeSeconds = wholeSeconds;
        this.adjusted = adjusted;
    }

    /**
     * @param wholeSeconds whether this host neither tells nor takes parts of a second
     * @param adjusted the directories that parts before this one adjust; those of this one are added
     */
    static Release of(List<Decision> plan, boolean wholeSeconds, Set<RelativePath> adjusted) {
        Release release = new Release(wholeSeconds, adjusted);
        plan.forEach(release::add);
        return release;
    }

    private void add(Decision decision) {
        String name = "./" + decision.path();
        FileEntry entry = decision.entry();
        if (entry.type() == EntryType.FILE && (decision instanceof Unchanged || decision instanceof AdjustFile)) {
            unchangedFiles++;
        }
        switch (decision) {
            case Unchanged u -> {
                return;
            }
            case Refuse refuse -> {
                refused.add(refuse);
                return;
            }
            case Send send -> {
                files.add(entry);
                bytes += entry.sizeBytes();
                place(name, send.replaces(), send.inNewDirectory(), true);
            }
            case Link link -> {
                links.add(entry);
                place(name, link.replaces(), link.inNewDirectory(), true);
            }
            case MakeDirectory make -> {
                newDirectories.add(entry);
                place(name, make.replaces(), make.inNewDirectory(), false);
                directoriesToAdjust.add(make);
            }
            case AdjustFile adjust -> {
                if (adjust.mode()) {
                    modes.add(octal(entry.mode()) + " " + name);
                }
                if (adjust.time()) {
                    times.add(epochTime(entry.modified()) + " " + name);
                }
            }
            case AdjustDirectory adjust -> {
                if (adjust.open()) {
                    open.add(name);
                }
                if (!adjusted.add(adjust.path())) {
                    return;
                }
                directoriesToAdjust.add(adjust);
            }
        }
        changed.add(decision);
    }

    private void place(String name, Replaces replaces, boolean inNewDirectory, boolean isFile) {
        if (inNewDirectory) {
            return;
        }
        moves.add(name);
        switch (replaces) {
            case NOTHING -> {}
            case FILE_OR_LINK -> keep.add(name);
            case OTHER_KIND -> {
                away.add(name);
                if (isFile) {
                    mustBeEmpty.add(new RelativePath(name.substring(2)));
                } else {
                    keep.add(name);
                }
            }
        }
    }

    static String octal(int mode) {
        return "0" + Integer.toOctalString(mode);
    }

    private String epochTime(Instant time) {
        return wholeSeconds || time.getNano() == 0
                ? "@" + time.getEpochSecond()
                : "@"
                        + BigDecimal.valueOf(time.getEpochSecond())
                                .add(BigDecimal.valueOf(time.getNano(), 9))
                                .toPlainString();
    }

    /** Answers whether a directory of the target holds nothing. */
    interface Emptiness {
        boolean isEmpty(RelativePath directory) throws TransferException;
    }

    void refuseWhatIsInTheWay(Diagnosis diagnosis, Emptiness emptiness) throws TransferException {
        if (!refused.isEmpty()) {
            Refuse first = refused.getFirst();
            throw diagnosis.inTheWay(
                    "On " + diagnosis.server() + " " + first.path() + " " + first.why()
                            + (refused.size() > 1 ? ". In all " + refused.size() + " paths are in the way." : "."),
                    refused.stream().map(Refuse::path).toList());
        }
        List<RelativePath> full = new ArrayList<>();
        for (RelativePath directory : mustBeEmpty) {
            if (!emptiness.isEmpty(directory)) {
                full.add(directory);
            }
        }
        if (!full.isEmpty()) {
            throw diagnosis.inTheWay(
                    "On " + diagnosis.server()
                            + " the release has a file where there is a directory that is not empty: "
                            + Diagnosis.shown(full) + ". Nothing was changed. Move the directory away, then try again.",
                    full);
        }
    }

    boolean isNothing() {
        return changed.isEmpty();
    }

    /** Files whose content is sent, in the order of their paths. */
    List<FileEntry> files() {
        return files;
    }

    /** The sum of their sizes. */
    long bytes() {
        return bytes;
    }

    List<FileEntry> links() {
        return links;
    }

    /** Directories that the target does not have, each before what is in it. */
    List<FileEntry> newDirectories() {
        return newDirectories;
    }

    /** Directories whose mode and time are set at the end. */
    List<Decision> directoriesToAdjust() {
        return directoriesToAdjust;
    }

    /** All that is looked at after publication. */
    List<Decision> changed() {
        return changed;
    }

    List<String> moves() {
        return moves;
    }

    List<String> keep() {
        return keep;
    }

    List<String> away() {
        return away;
    }

    int entryCount() {
        return changed.size();
    }

    int finalMode(Decision directory) {
        return directory instanceof AdjustDirectory adjust
                ? adjust.mode()
                : directory.entry().mode();
    }

    Instant finalTime(Decision directory) {
        return directory.entry().modified();
    }

    /** The directories to adjust as a tar archive that holds nothing else; unpacking it sets their modes and times. */
    byte[] directoryTar(boolean pax) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TarStream tar = new TarStream(bytes, pax);
        for (Decision directory : directoriesToAdjust) {
            tar.directory("./" + directory.path(), finalMode(directory), finalTime(directory));
        }
        tar.finish();
        return bytes.toByteArray();
    }

    /** Their modes, what is below before what is above, for a tar that gives only root's directories their modes. */
    List<String> directoryModes() {
        return directoriesToAdjust.reversed().stream()
                .map(directory -> octal(finalMode(directory)) + " ./" + directory.path())
                .toList();
    }

    /** Directories of the release that keep even their owner from looking below. */
    List<RelativePath> shut() {
        return directoriesToAdjust.stream()
                .filter(d -> (finalMode(d) & OWNER_LOOKS) != OWNER_LOOKS)
                .map(Decision::path)
                .toList();
    }

    long unchangedFiles() {
        return unchangedFiles;
    }

    /** The NUL-separated lists of the publishing script, by name; those that would be empty and are optional are left out. */
    Map<String, List<String>> controlLists() {
        Map<String, List<String>> lists = new LinkedHashMap<>();
        lists.put("moves", moves.stream().sorted(BY_DIRECTORY).toList());
        TreeSet<String> into = new TreeSet<>();
        moves.forEach(name -> into.add(name.substring(0, name.lastIndexOf('/'))));
        lists.put("into", List.copyOf(into));
        lists.put("through", List.copyOf(through()));
        lists.put("changed", changed.stream().map(d -> "./" + d.path()).toList());
        putUnlessEmpty(lists, "keep", keep.stream().sorted(BY_DIRECTORY).toList());
        putUnlessEmpty(lists, "away", away);
        putUnlessEmpty(lists, "open", open);
        putUnlessEmpty(lists, "adjusted", List.copyOf(adjusted()));
        putUnlessEmpty(lists, "chmod", modes.stream().sorted().toList());
        putUnlessEmpty(lists, "touch", times.stream().sorted().toList());
        return lists;
    }

    /** How many directories are made in the staging directory only to lead to what is staged. */
    int waysToStaged() {
        SortedSet<String> ways = new TreeSet<>();
        Stream.of(files, links, newDirectories)
                .flatMap(List::stream)
                .forEach(entry -> addParents(ways, "./" + entry.path()));
        newDirectories.forEach(directory -> ways.remove("./" + directory.path()));
        return ways.size();
    }

    /** How many directories lead to what is kept of what is replaced. */
    int waysToKept() {
        SortedSet<String> ways = new TreeSet<>();
        keep.forEach(name -> addParents(ways, name));
        return ways.size();
    }

    /** Every directory, of whatever level, through which something in the project directory is reached before or while it is changed. */
    private SortedSet<String> through() {
        SortedSet<String> through = new TreeSet<>(List.of("."));
        Stream.of(moves, away, open).flatMap(List::stream).forEach(name -> addParents(through, name));
        Stream.of(modes, times)
                .flatMap(List::stream)
                .forEach(line -> addParents(through, line.substring(line.indexOf(' ') + 1)));
        through.addAll(open);
        for (Decision directory : directoriesToAdjust) {
            if (directory instanceof AdjustDirectory) {
                addParents(through, "./" + directory.path());
                through.add("./" + directory.path());
            }
        }
        return through;
    }

    /** Every directory whose mode and time are set at the end, with those that lead to it; some come only with the publication. */
    private SortedSet<String> adjusted() {
        SortedSet<String> adjusted = new TreeSet<>();
        for (Decision directory : directoriesToAdjust) {
            addParents(adjusted, "./" + directory.path());
            adjusted.add("./" + directory.path());
        }
        return adjusted;
    }

    private static void addParents(SortedSet<String> to, String name) {
        for (int slash = name.lastIndexOf('/');
                slash > 0 && to.add(name.substring(0, slash));
                slash = name.lastIndexOf('/', slash - 1)) {}
    }

    private static void putUnlessEmpty(Map<String, List<String>> lists, String name, List<String> list) {
        if (!list.isEmpty()) {
            lists.put(name, list);
        }
    }
}
