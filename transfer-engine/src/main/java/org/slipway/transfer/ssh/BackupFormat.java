package org.slipway.transfer.ssh;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.slipway.transfer.TransferException;

/** What the ending of a backup file's name says. */
enum BackupFormat {
    PLAIN("cat"),
    GZIP("gzip"),
    ZSTD("zstd");

    private static final int BUFFER_BYTES = 64 << 10;

    private final String tool;

    BackupFormat(String tool) {
        this.tool = tool;
    }

    /** The command that compresses, on a host with a shell. */
    String tool() {
        return tool;
    }

    /** What a host with a shell needs for it, besides what every archive needs. */
    List<String> tools() {
        return this == PLAIN ? List.of() : List.of(tool, "mkfifo");
    }

    static BackupFormat of(String file, Diagnosis diagnosis) throws TransferException {
        if (!file.startsWith("/") || file.chars().anyMatch(c -> c < ' ')) {
            throw diagnosis.directory("The backup file '" + Diagnosis.shown(file) + "' of " + diagnosis.server()
                    + " must be an absolute path without control characters.");
        }
        return ofEnding(file)
                .orElseThrow(() -> diagnosis.directory("The backup file " + file + " of " + diagnosis.server()
                        + " must end with .tar, .tar.gz, .tgz or .tar.zst; change it in the inventory."));
    }

    static Optional<BackupFormat> ofEnding(String file) {
        if (file.endsWith(".tar")) {
            return Optional.of(PLAIN);
        }
        if (file.endsWith(".tar.gz") || file.endsWith(".tgz")) {
            return Optional.of(GZIP);
        }
        return file.endsWith(".tar.zst") ? Optional.of(ZSTD) : Optional.empty();
    }

    OutputStream compress(OutputStream out) throws IOException {
        return switch (this) {
            case PLAIN -> new BufferedOutputStream(out, BUFFER_BYTES);
            case GZIP -> new GZIPOutputStream(new BufferedOutputStream(out, BUFFER_BYTES), BUFFER_BYTES);
            case ZSTD -> new ZstdOutputStream(new BufferedOutputStream(out, BUFFER_BYTES));
        };
    }

    InputStream decompress(InputStream in) throws IOException {
        return switch (this) {
            case PLAIN -> in;
            case GZIP -> new GZIPInputStream(in, BUFFER_BYTES);
            case ZSTD -> new ZstdInputStream(in);
        };
    }
}
