package org.slipway.transfer.ssh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.slipway.model.FileEntry;
import org.slipway.model.RelativePath;

/** One load of a release as the tar stream that the staging script unpacks: lists below {@code control/}, all that is new below {@code new/}. */
final class ReleaseTar {
    private static final int OWNER_READS = 0400;
    private static final int OWNER_ALL = 0700;
    private static final int LIST_MODE = 0600;

    /** What it takes to hash a file of no bytes, as bytes that could be hashed meanwhile. */
    private static final long COST_OF_A_FILE = 16 << 10;

    /** Less than that is hashed before a second process has started. */
    private static final long SHARED_FROM_COST = 16 << 20;

    private final TarStream tar;
    private final boolean gnu;
    private final String load;
    private final boolean inShares;
    private final Map<RelativePath, BlockSums> there;
    private final List<FileEntry> files = new ArrayList<>();
    private final List<FileEntry> patched = new ArrayList<>();

    /**
     * @param load the number of the load, which all its lists carry
     * @param inShares whether the files are hashed by two processes where that is worth it
     * @param there of which files only what differs is sent, with the sums of what is there; each is taken out when it is used
     */
    ReleaseTar(OutputStream out, boolean gnu, String load, boolean inShares, Map<RelativePath, BlockSums> there) {
        this.tar = new TarStream(out, gnu);
        this.gnu = gnu;
        this.load = load;
        this.inShares = inShares;
        this.there = there;
    }

    /** What the publishing script works through, with the directories and links of this part of the release. */
    void part(Release release) throws IOException {
        for (Map.Entry<String, List<String>> list : release.controlLists().entrySet()) {
            list(list.getKey(), list.getValue());
        }
        if (!release.directoriesToAdjust().isEmpty()) {
            tar.file("control/dirs." + load, LIST_MODE, Instant.EPOCH, release.directoryTar(gnu));
            if (!gnu) {
                list("dirmodes", release.directoryModes());
            }
        }
        for (FileEntry directory : release.newDirectories()) {
            tar.directory("new/" + directory.path(), directory.mode() | OWNER_ALL, directory.modified());
        }
        for (FileEntry link : release.links()) {
            tar.link("new/" + link.path(), Objects.requireNonNull(link.linkTarget()), link.modified());
        }
    }

    private void list(String name, List<String> lines) throws IOException {
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        for (String line : lines) {
            names.write(line.getBytes(StandardCharsets.UTF_8));
            names.write(0);
        }
        tar.file("control/" + name + "." + load, LIST_MODE, Instant.EPOCH, names.toByteArray());
    }

    void file(FileEntry file, InputStream content, Tally tally) throws IOException {
        BlockSums sums = there.remove(file.path());
        if (sums == null) {
            tar.file(name(file), mode(file), file.modified(), file.sizeBytes(), content, tally::bytes);
        } else {
            differences(file, content, sums, tally);
        }
        files.add(file);
        tally.file();
    }

    /** The file is put together there out of them and of what is in its place. It comes empty at first, with its mode and time. */
    private void differences(FileEntry file, InputStream content, BlockSums sums, Tally tally) throws IOException {
        tar.file(name(file), mode(file), file.modified(), new byte[0]);
        String pieces = "pieces/" + load + "/" + patched.size() + "/";
        AtomicInteger number = new AtomicInteger();
        Differences.send(
                content,
                file.sizeBytes(),
                sums,
                tally::bytes,
                (sizeBytes, piece) -> tar.file(
                        pieces + number.getAndIncrement(),
                        LIST_MODE,
                        Instant.EPOCH,
                        sizeBytes,
                        piece,
                        TarStream.Counter.NOBODY));
        patched.add(file);
    }

    private static String name(FileEntry file) {
        return "new/" + file.path();
    }

    private static int mode(FileEntry file) {
        return file.mode() | OWNER_READS;
    }

    /** How large the files are that went as differences. */
    long patchedBytes() {
        return patched.stream().mapToLong(FileEntry::sizeBytes).sum();
    }

    /** The files so far. */
    List<FileEntry> files() {
        return files;
    }

    /** The names of the files, of which the last list tells that everything has come, and the end. */
    void finish() throws IOException {
        list(
                "modes",
                files.stream()
                        .filter(file -> (file.mode() & OWNER_READS) == 0)
                        .map(file -> Release.octal(file.mode()) + " ./" + file.path())
                        .sorted()
                        .toList());
        if (!patched.isEmpty()) {
            list("patched", names(patched));
        }
        int share = firstShare();
        if (share < files.size()) {
            list("also", names(files.subList(share, files.size())));
        }
        list("sent", names(files.subList(0, share)));
        tar.finish();
    }

    private static List<String> names(List<FileEntry> files) {
        return files.stream().map(file -> "./" + file.path()).toList();
    }

    /** How many of the files, from the first on, take half of the time of all to hash; all where that is not shared. */
    private int firstShare() {
        long all = files.stream().mapToLong(ReleaseTar::cost).sum();
        if (!inShares || all < SHARED_FROM_COST) {
            return files.size();
        }
        int share = 0;
        for (long cost = 0; cost < all / 2; share++) {
            cost += cost(files.get(share));
        }
        return share;
    }

    private static long cost(FileEntry file) {
        return file.sizeBytes() + COST_OF_A_FILE;
    }
}
