package org.slipway.transfer.ssh;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slipway.transfer.BlockInput;
import org.slipway.transfer.TransferException;

/** A small file that others read ahead. Whoever reads it waits for it, and can see before whether that would be so. */
final class Loaded extends BlockInput {
    private final CompletableFuture<byte[]> loading;
    private @Nullable ByteArrayInputStream content;

    Loaded(CompletableFuture<byte[]> loading) {
        this.loading = loading;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        return content().read(into, offset, length);
    }

    @Override
    public int available() throws IOException {
        return loading.isDone() ? content().available() : 0;
    }

    private ByteArrayInputStream content() throws IOException {
        ByteArrayInputStream present = content;
        if (present == null) {
            present = new ByteArrayInputStream(await());
            content = present;
        }
        return present;
    }

    private byte[] await() throws IOException {
        try {
            return loading.get();
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case IOException cause -> cause;
                case TransferException cause -> new CarriedFailure(cause);
                case null, default -> new IOException(e);
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while waiting for a file");
            interrupted.initCause(e);
            throw interrupted;
        }
    }
}
