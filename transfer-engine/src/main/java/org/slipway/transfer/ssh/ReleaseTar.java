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
import org.slipway.model.FileEntry;

/** One load of a release as the tar stream that the staging script unpacks: lists below {@code control/}, all that is new below {@code new/}. */
final class ReleaseTar {
    private static final int OWNER_READS = 0400;
    private static final int OWNER_ALL = 0700;
    private static final int LIST_MODE = 0600;

    private final TarStream tar;
    private final boolean gnu;
    private final String load;
    private final List<FileEntry> files = new ArrayList<>();

    /**
     * @param load the number of the load, which all its lists carry
     */
    ReleaseTar(OutputStream out, boolean gnu, String load) {
        this.tar = new TarStream(out, gnu);
        this.gnu = gnu;
        this.load = load;
    }

    /** What the publishing script works through, with the directories and links of this part of the release. */
    void part(Release release) throws IOException {
        for (Map.Entry<String, List<String>> list : release.controlLists().entrySet()) {
            list(list.getKey(), list.getValue());
        }
        if (!release.directoriesToAdjust().isEmpty()) {
            tar.file("control/dirs." + load, LIST_MODE, Instant.EPOCH, release.directoryTar(gnu));
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
        tar.file(
                "new/" + file.path(),
                file.mode() | OWNER_READS,
                file.modified(),
                file.sizeBytes(),
                content,
                tally::bytes);
        files.add(file);
        tally.file();
    }

    /** The files so far. */
    List<FileEntry> files() {
        return files;
    }

    /** The names of the files, and the end. */
    void finish() throws IOException {
        list("sent", files.stream().map(file -> "./" + file.path()).toList());
        list(
                "modes",
                files.stream()
                        .filter(file -> (file.mode() & OWNER_READS) == 0)
                        .map(file -> Release.octal(file.mode()) + " ./" + file.path())
                        .sorted()
                        .toList());
        tar.finish();
    }
}
