package org.slipway.transfer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slipway.model.EntryType;
import org.slipway.model.FileEntry;
import org.slipway.model.HostAddress;
import org.slipway.model.RelativePath;

/**
 * One open host. Over SSH with a shell or, where there is none, over SFTP alone; the caller does not see which.
 *
 * <p>Not for use by several threads at a time. Closing it gives its session back to the pool that it came from.
 */
public interface Host extends ContentSource, AutoCloseable {

    /** Where it is. */
    HostAddress address();

    /** Whether files are hashed, where size and modification time do not say enough. */
    enum Hashing {
        /** No hashes at all. */
        NONE,
        /** SHA-256 of every file. */
        ALL
    }

    /**
     * Lists what is at and below these paths, in as few round trips as the host allows. Links are not followed, nothing is hashed.
     *
     * @param taker is handed every entry as it comes, a directory before what is in it
     * @param watcher asked often whether to go on
     * @return what the listing does not hold
     */
    Listing.Gaps list(List<RelativePath> paths, Consumer<FileEntry> taker, CopyWatcher watcher)
            throws TransferException;

    /** Whether {@link #hash} runs on the host. Where not, every file is read for it. */
    boolean hashesByItself();

    /**
     * The SHA-256 of files of the project directory; those that cannot be read are left out.
     *
     * @param watcher asked often whether to go on
     */
    Map<RelativePath, String> hash(Collection<FileEntry> files, CopyWatcher watcher) throws TransferException;

    /** The same in memory, for what is known to be not too much, sorted by path. A file that cannot be hashed is refused. */
    default Listing list(List<RelativePath> paths, Hashing hashing, CopyWatcher watcher) throws TransferException {
        Map<RelativePath, FileEntry> entries = new TreeMap<>();
        Listing.Gaps gaps = list(paths, entry -> entries.put(entry.path(), entry), watcher);
        List<Listing.Refused> refused = new ArrayList<>(gaps.refused());
        if (hashing == Hashing.ALL) {
            List<FileEntry> files = entries.values().stream()
                    .filter(entry -> entry.type() == EntryType.FILE)
                    .toList();
            Map<RelativePath, String> hashes = hash(files, watcher);
            for (FileEntry file : files) {
                String hash = hashes.get(file.path());
                if (hash == null) {
                    refused.add(Listing.Refused.unreadable(file.path()));
                    entries.remove(file.path());
                } else {
                    entries.put(file.path(), file.withSha256(hash));
                }
            }
        }
        return new Listing(List.copyOf(entries.values()), gaps.missing(), refused);
    }

    /**
     * Brings a manifest's entries to the project directory: plan, room check, stage into Slipway's directory, verify size and
     * SHA-256 there, publish by atomic rename under the fence, verify. What already matches is not sent. A copy that was cut
     * off is finished or undone by the next one.
     *
     * @param manifest what the project directory shall have
     * @param source where contents come from; asked only for what differs
     * @param fence this writer's right to write; raised on the target before the first write
     * @param watcher told of progress, and asked whether to go on
     */
    CopyResult copy(Manifest manifest, ContentSource source, Fence fence, CopyWatcher watcher) throws TransferException;

    /**
     * Raises the fence and finishes a publication that was cut off: from here on nobody who came before publishes anything, or moves an
     * archive into place. Publishes nothing else.
     *
     * @param fence under a higher epoch than everyone who is to be kept out
     * @param watcher asked whether to go on
     */
    void fenceOff(Fence fence, CopyWatcher watcher) throws TransferException;

    /** Archives the whole project directory, reads the archive back in full, and moves it into place. */
    BackupResult archive(BackupOrder order, Fence fence, CopyWatcher watcher) throws TransferException;

    /**
     * Looks whether Slipway can work on this host: directories, rights, tools, room, one file system, the backup's directory. Leaves nothing behind.
     *
     * @param forWriting whether it is to be written (beta, business), not only read (development)
     * @param backupFile where its backup goes, {@code null} where it is not the one that is backed up
     */
    List<CheckLine> check(boolean forWriting, @Nullable String backupFile) throws TransferException;

    /** Gives the session back. Never throws. */
    @Override
    void close();

    /**
     * A writer's right to write to a target. The epoch only ever grows; the target remembers the highest and refuses lower ones.
     *
     * @param holder who writes, for messages, such as {@code server-worker-1}
     * @param epoch the number under which the lease was taken
     */
    record Fence(String holder, long epoch) {}

    /** Is told how far a copy is, and says whether to go on. */
    interface CopyWatcher {
        /** Whether to go on: asked often, and always right before anything is published. {@code false} ends the copy as {@link Failure.Stopped}. */
        boolean goOn();

        /** The fence is raised: nobody with a lower epoch publishes anything any more. */
        default void fenceRaised() {}

        /**
         * The target is about to be told to publish, or to change anything else that is not Slipway's own. From here on only a result says
         * that it has come to its end: whatever else comes of the work, the target may still be doing it.
         */
        default void publishing() {}

        /** Files and bytes that were sent so far, of those to send. Called at most a few times a second. */
        default void progress(long filesDone, long filesToDo, long bytesDone, long bytesToDo) {}

        /** One that always goes on and tells nobody. */
        static CopyWatcher none() {
            return () -> true;
        }
    }

    /**
     * What a copy did.
     *
     * @param filesSent files whose content was sent
     * @param bytesSent their bytes
     * @param filesUnchanged files that already matched
     */
    record CopyResult(long filesSent, long bytesSent, long filesUnchanged) {}

    /**
     * What to archive into.
     *
     * @param file absolute path on the host; {@code .tar}, {@code .tar.gz}, {@code .tgz}, {@code .tar.zst} by its ending
     * @param keep how many earlier ones are kept beside it as {@code file.1} (the latest) to {@code file.keep}
     */
    record BackupOrder(String file, int keep) {}

    /**
     * A verified archive in place.
     *
     * @param file its absolute path
     * @param sizeBytes its size
     * @param sha256 of the archive as it was read back
     * @param entries how many files, directories and links were found in it when it was read back
     */
    record BackupResult(String file, long sizeBytes, String sha256, long entries) {}

    /**
     * One line of a check.
     *
     * @param name what was looked at, such as {@code project-directory}
     * @param ok whether it will do
     * @param message what was found, and where it will not do what to do
     */
    record CheckLine(String name, boolean ok, String message) {}
}
