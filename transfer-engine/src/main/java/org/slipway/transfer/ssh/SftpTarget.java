package org.slipway.transfer.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slipway.transfer.Failure;
import org.slipway.transfer.Host.Fence;
import org.slipway.transfer.TransferException;

/**
 * Slipway's directory on a host without a shell: the fence, staging by epoch, trash. The layout is the one that the scripts use. There
 * is no lock: two writers may both pass the fence if they look at it at the same moment. What keeps an older one from publishing
 * then is that its staging directory was renamed away, so that its renames find nothing.
 */
final class SftpTarget {
    private static final int KEPT = 3;
    private static final int ATTEMPTS = 5;
    private static final String FOR = "/control/project";

    private final SftpHost host;
    private final Fence fence;
    private final String work;
    private final String name;
    private @Nullable String project;

    SftpTarget(SftpHost host, Fence fence) {
        this.host = host;
        this.fence = fence;
        this.work = host.address().effectiveWorkDirectory();
        this.name = nameOf(fence.epoch());
    }

    static String nameOf(long epoch) {
        return String.format(Locale.ROOT, "%019d", epoch);
    }

    String work() {
        return work;
    }

    /** The name of this epoch's staging directory. */
    String name() {
        return name;
    }

    String staging(String ofName) {
        return work + "/staging/" + ofName;
    }

    String replaced() {
        return work + "/replaced/" + name;
    }

    /**
     * Raises the fence and takes away what older writers staged, unless anything is unfinished for another project directory.
     *
     * @return the name of a staging directory whose publication was cut off
     */
    Optional<String> prepare(Pulse pulse) throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        for (String directory : List.of(work, work + "/staging", work + "/replaced", work + "/trash")) {
            makeDirectory(directory);
        }
        String raised = readFence();
        long stored = epochIn(raised);
        String raisedFor = projectIn(raised);
        boolean ours = raisedFor.equals(project());
        if (!ours) {
            Optional<String> left = left();
            if (left.isPresent()) {
                throw host.diagnosis().taken(left.get(), raisedFor);
            }
        }
        if (stored > fence.epoch()) {
            throw host.diagnosis().fencedOff(fence.epoch(), "epoch " + stored);
        }
        if (stored < fence.epoch() || !ours) {
            String lines =
                    fence.epoch() + " " + fence.holder().replaceAll("[^A-Za-z0-9._:@-]", "_") + "\n" + project() + "\n";
            String aside = work + "/fence." + name;
            removeIfThere(aside);
            writeSmall(aside, lines.getBytes(StandardCharsets.UTF_8));
            sftp.rename(aside, work + "/fence");
            requireFence();
        }
        Optional<String> unsettled = Optional.empty();
        for (SftpChannel.Named old : sftp.readDirectory(work + "/staging")) {
            String oldName = new String(old.name(), StandardCharsets.UTF_8);
            if (sftp.lstat(staging(oldName) + "/publishing").isPresent()) {
                requireOurs(oldName);
                unsettled = Optional.of(oldName);
            } else {
                trash(staging(oldName));
            }
        }
        sweep(pulse);
        return unsettled;
    }

    /** The project directory, where its links lead. */
    String project() throws IOException, TransferException {
        String found = project;
        if (found == null) {
            found = host.resolved(host.address().projectDirectory());
            project = found;
        }
        return found;
    }

    /** The project directory for which the fence was raised last; empty where nobody has raised it. */
    String raisedFor() throws IOException, TransferException {
        return projectIn(readFence());
    }

    /** Something that is staged, and below Slipway's directory. */
    Optional<String> left() throws IOException, TransferException {
        if (host.sftp().lstat(work + "/staging").isEmpty()) {
            return Optional.empty();
        }
        try {
            return host.sftp().readDirectory(work + "/staging").stream()
                    .map(staged -> "staging/" + new String(staged.name(), StandardCharsets.UTF_8))
                    .max(Comparator.naturalOrder());
        } catch (SftpChannel.StatusException e) {
            // Whoever may not look into it is not the one whose it is.
            return Optional.of("staging");
        }
    }

    /**
     * Makes this epoch's staging directory. It tells its project directory itself: without a lock another's may come into being
     * between our look for one and our raising the fence.
     */
    void makeStaging() throws IOException, TransferException {
        for (String directory : List.of("", "/control", "/new")) {
            host.sftp().mkdir(staging(name) + directory, 0700);
        }
        writeSmall(staging(name) + FOR, project().getBytes(StandardCharsets.UTF_8));
    }

    /** Refuses to finish a publication for another project directory. One that a host with a shell staged does not tell; the fence does. */
    private void requireOurs(String stagingName) throws IOException, TransferException {
        String file = staging(stagingName) + FOR;
        if (host.sftp().lstat(file).isPresent()) {
            String owner = new String(host.sftp().readAll(file), StandardCharsets.UTF_8);
            if (!owner.equals(project())) {
                throw host.diagnosis().taken("staging/" + stagingName, owner);
            }
        }
    }

    /** Looks at the fence once more; a newer writer's is higher. */
    void requireFence() throws IOException, TransferException {
        long stored = epochIn(readFence());
        if (stored != fence.epoch()) {
            throw host.diagnosis().fencedOff(fence.epoch(), "epoch " + stored);
        }
    }

    /** That a newer writer has raised the fence, where that can be told. */
    Optional<TransferException> overtaken() {
        try {
            long stored = epochIn(readFence());
            return stored > fence.epoch()
                    ? Optional.of(host.diagnosis().fencedOff(fence.epoch(), "epoch " + stored))
                    : Optional.empty();
        } catch (IOException | TransferException e) {
            return Optional.empty();
        }
    }

    /** {@code null} where nobody has raised it. */
    private @Nullable String readFence() throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        return sftp.lstat(work + "/fence").isEmpty()
                ? null
                : new String(sftp.readAll(work + "/fence"), StandardCharsets.UTF_8);
    }

    private long epochIn(@Nullable String raised) throws TransferException {
        if (raised == null) {
            return 0;
        }
        String epoch = raised.split("[ \n]", 2)[0];
        if (!epoch.matches("[0-9]{1,18}")) {
            throw host.diagnosis()
                    .directory("On " + host.diagnosis().server() + " the file " + work
                            + "/fence is damaged; remove it when nobody writes there.");
        }
        return Long.parseLong(epoch);
    }

    private static String projectIn(@Nullable String raised) {
        if (raised == null) {
            return "";
        }
        int firstLine = raised.indexOf('\n');
        return firstLine < 0 ? "" : raised.substring(firstLine + 1).replaceFirst("\n+$", "");
    }

    void writeSmall(String path, byte[] content) throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        SftpChannel.Handle handle = sftp.create(path);
        try {
            SftpChannel.Writing out = sftp.writing(handle);
            out.write(content);
            out.drain();
            sftp.sync(handle);
        } finally {
            sftp.close(handle);
        }
    }

    void makeDirectory(String path) throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        Optional<SftpChannel.Attributes> there = sftp.lstat(path);
        if (there.isEmpty()) {
            try {
                sftp.mkdir(path, 0700);
            } catch (SftpChannel.StatusException e) {
                TransferException why = host.failedToWrite(e, "making " + path, path);
                if (why.failure() instanceof Failure.ReadOnlyFileSystem) {
                    throw why;
                }
                throw host.diagnosis()
                        .directory("On " + host.diagnosis().server() + " the directory " + path + " cannot be made: "
                                + e.getMessage() + ". Make it and give it to "
                                + host.address().user() + ".");
            }
        } else if (!there.get().isDirectory()) {
            throw host.diagnosis()
                    .directory("On " + host.diagnosis().server() + " " + path + " is no directory; move it away.");
        }
    }

    void removeIfThere(String path) throws IOException, TransferException {
        if (host.sftp().lstat(path).isPresent()) {
            host.sftp().remove(path);
        }
    }

    /** Renames something out of everybody's reach. */
    void trash(String path) throws IOException, TransferException {
        String last = path.substring(path.lastIndexOf('/') + 1);
        for (int attempt = 0; ; attempt++) {
            try {
                host.sftp().rename(path, work + "/trash/" + last + "." + System.nanoTime());
                return;
            } catch (SftpChannel.StatusException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Keeps the latest of what was replaced. */
    void prune() throws IOException, TransferException {
        List<String> names = new ArrayList<>();
        for (SftpChannel.Named kept : host.sftp().readDirectory(work + "/replaced")) {
            names.add(new String(kept.name(), StandardCharsets.UTF_8));
        }
        names.sort(null);
        for (String old : names.subList(0, Math.max(0, names.size() - KEPT))) {
            trash(work + "/replaced/" + old);
        }
    }

    /** Empties the trash. */
    void sweep(Pulse pulse) throws IOException, TransferException {
        deleteInside(work + "/trash", pulse);
    }

    private void deleteInside(String directory, Pulse pulse) throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        List<List<String>> levels = new ArrayList<>();
        List<String> level = List.of(directory);
        while (!level.isEmpty()) {
            List<String> below = Collections.synchronizedList(new ArrayList<>());
            try (Swarm swarm = new Swarm(pulse)) {
                for (String parent : level) {
                    swarm.submit(() -> {
                        List<SftpChannel.Named> children;
                        try {
                            children = sftp.readDirectory(parent);
                        } catch (SftpChannel.StatusException e) {
                            sftp.setMode(parent, 0700);
                            children = sftp.readDirectory(parent);
                        }
                        for (SftpChannel.Named child : children) {
                            String path = parent + "/" + new String(child.name(), StandardCharsets.UTF_8);
                            if (child.attributes().isDirectory()) {
                                below.add(path);
                            } else {
                                remove(sftp, parent, path);
                            }
                        }
                    });
                }
                swarm.join();
            }
            level = List.copyOf(below);
            levels.add(level);
        }
        for (List<String> emptied : levels.reversed()) {
            try (Swarm swarm = new Swarm(pulse)) {
                for (String path : emptied) {
                    swarm.submit(() -> sftp.rmdir(path));
                }
                swarm.join();
            }
        }
    }

    private static void remove(SftpChannel sftp, String parent, String path) throws IOException {
        try {
            sftp.remove(path);
        } catch (SftpChannel.StatusException e) {
            sftp.setMode(parent, 0700);
            sftp.remove(path);
        }
    }

    /**
     * What this user may do.
     *
     * @param inProject make and remove a file in the project directory
     * @param inWork the same in Slipway's
     * @param oneFileSystem rename a file from Slipway's directory to the project's; {@code null} where it may not write in both
     */
    record Rights(
            boolean inProject, boolean inWork, @Nullable Boolean oneFileSystem) {}

    /** SFTP has no words for rights, so they are tried; leaves nothing behind. */
    Rights rights() throws IOException, TransferException {
        boolean made = makeWork();
        try {
            boolean inWork = canWriteIn(host, work);
            if (inWork && canPublish()) {
                return new Rights(true, true, true);
            }
            boolean inProject = canWriteIn(host, host.address().projectDirectory());
            return new Rights(inProject, inWork, inProject && inWork ? false : null);
        } finally {
            if (made) {
                host.sftp().rmdir(work);
            }
        }
    }

    private boolean makeWork() throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        try {
            if (sftp.lstat(work).isPresent()) {
                return false;
            }
            sftp.mkdir(work, 0700);
            return true;
        } catch (SftpChannel.StatusException e) {
            return false;
        }
    }

    private boolean canPublish() throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        String name = probe();
        String published = host.address().projectDirectory() + name;
        sftp.close(sftp.create(work + name));
        try {
            sftp.rename(work + name, published);
        } catch (SftpChannel.StatusException e) {
            sftp.remove(work + name);
            return false;
        }
        sftp.remove(published);
        return true;
    }

    /** Whether this user can make and remove a file in a directory; leaves nothing behind. */
    static boolean canWriteIn(SftpHost host, String directory) throws IOException, TransferException {
        SftpChannel sftp = host.sftp();
        String probe = directory + probe();
        try {
            sftp.close(sftp.create(probe));
            sftp.remove(probe);
            return true;
        } catch (SftpChannel.StatusException e) {
            return false;
        }
    }

    private static String probe() {
        return "/.slipway-check." + System.nanoTime();
    }

    /**
     * Takes over a publication that another writer was cut off in: under this writer's name, so that the other one's renames and its
     * withdrawing of the mark find nothing should it still live. Whoever was overtaken in between does not go on: the next writer may have
     * looked for it before it came under this name.
     */
    void takeOver(String stagingName) throws IOException, TransferException {
        if (!stagingName.equals(name)) {
            host.sftp().rename(staging(stagingName), staging(name));
        }
        requireFence();
    }

    /** Sets the mark from which on a publication only goes forward, unless the fence was raised meanwhile. */
    void mark() throws IOException, TransferException {
        String mark = staging(name) + "/publishing";
        writeSmall(mark, new byte[] {'.'});
        try {
            requireFence();
        } catch (TransferException e) {
            removeIfThere(mark);
            throw e;
        }
    }

    /** The numbers of the loads of a staging directory, in their order; the lists of each carry its number. */
    List<String> loads(String stagingName) throws IOException, TransferException {
        List<String> loads = new ArrayList<>();
        for (SftpChannel.Named list : host.sftp().readDirectory(staging(stagingName) + "/control")) {
            String file = new String(list.name(), StandardCharsets.UTF_8);
            if (file.startsWith("moves.")) {
                loads.add(file.substring("moves.".length()));
            }
        }
        loads.sort(null);
        return loads;
    }

    /** A NUL-separated list of a staging directory; empty when it is not there. */
    List<String> readList(String stagingName, String list) throws IOException, TransferException {
        String path = staging(stagingName) + "/control/" + list;
        if (host.sftp().lstat(path).isEmpty()) {
            return List.of();
        }
        String text = new String(host.sftp().readAll(path), StandardCharsets.UTF_8);
        return text.isEmpty()
                ? List.of()
                : Arrays.asList(text.substring(0, text.length() - 1).split("\0", -1));
    }
}
