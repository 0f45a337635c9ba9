package org.slipway.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.slipway.model.FileEntry;
import org.slipway.transfer.Host.CopyWatcher;

/** Where the contents of files come from: a host, or a cache in front of one. */
public interface ContentSource {

    /**
     * Hands over the content of each of these files, in any order, each once, checked against its size and SHA-256.
     *
     * @param files entries of type {@code FILE} with their hashes
     * @param sink takes each content; called from one thread at a time
     * @param watcher asked often whether to go on, also while nothing comes
     * @throws TransferException when a content cannot be had or is not what the entry says; the sink may then have been
     *     handed a stream that ended with an exception
     */
    void read(List<FileEntry> files, Sink sink, CopyWatcher watcher) throws TransferException;

    /** Takes contents. */
    @FunctionalInterface
    interface Sink {
        /**
         * Takes one content. The stream ends after {@code entry.sizeBytes()} bytes, its last read fails when the content is not what
         * the entry says, and it is closed by the caller.
         *
         * @throws IOException when the content cannot be read: the whole read ends, and is the source's trouble
         * @throws TransferException when the content cannot be taken: the whole read ends with just this
         */
        void file(FileEntry entry, InputStream content) throws IOException, TransferException;
    }
}
