package org.slipway.benchmarks.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slipway.model.FileEntry;
import org.slipway.transfer.ContentSource;
import org.slipway.transfer.Failure;
import org.slipway.transfer.Host.CopyWatcher;
import org.slipway.transfer.TransferException;

/** Files of this machine, as they are: what the other tools send from. The target checks them against the manifest. */
record LocalContent(Path root) implements ContentSource {

    @Override
    public void read(List<FileEntry> files, Sink sink, CopyWatcher watcher) throws TransferException {
        for (FileEntry file : files) {
            try (InputStream content =
                    Files.newInputStream(root.resolve(file.path().value()))) {
                sink.file(file, content);
            } catch (IOException cannot) {
                if (cannot.getCause() instanceof TransferException why) {
                    throw why;
                }
                throw new TransferException(
                        new Failure.RemoteError("this machine", "cannot pass on " + file.path() + ": " + cannot),
                        cannot);
            }
        }
    }
}
